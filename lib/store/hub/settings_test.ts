import { equal, ok, throws } from "node:assert/strict";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { hubSettings, type HubVariable, projectDirectory } from "./settings.ts";

type Environment = Partial<Record<HubVariable, string>>;

Deno.test("hubSettings() finds the cache in the order Python does", () => {
  const all: Environment = {
    HF_HUB_CACHE: "/one",
    HUGGINGFACE_HUB_CACHE: "/two",
    HF_HOME: "/three",
    XDG_CACHE_HOME: "/four",
    HOME: "/five",
    USERPROFILE: "/six",
  };
  const wanted = [
    "/one",
    "/two",
    "/three/hub",
    "/four/huggingface/hub",
    "/five/.cache/huggingface/hub",
    "/six/.cache/huggingface/hub",
  ];
  for (const [i, name] of (Object.keys(all) as HubVariable[]).entries()) {
    equal(hubSettings({}, all).cacheDir, resolve(wanted[i]!));
    delete all[name];
  }
  equal(
    hubSettings({}, all).cacheDir,
    join(projectDirectory()!, "cache", "results", "huggingface", "hub"),
  );
  equal(hubSettings({ cacheDir: "/here" }, { HF_HUB_CACHE: "/one" }).cacheDir, resolve("/here"));
  equal(hubSettings({}, { HF_HOME: "~/hf", HOME: "/me" }).cacheDir, resolve("/me/hf/hub"));
});

Deno.test("hubSettings() is offline for the words Python takes, HF_HUB_OFFLINE before the other", () => {
  for (const word of ["1", "on", "YES", "True"]) {
    ok(hubSettings({}, { HF_HUB_OFFLINE: word }).offline);
  }
  for (const word of ["0", "off", "no", "2"]) {
    ok(!hubSettings({}, { HF_HUB_OFFLINE: word }).offline);
  }
  ok(hubSettings({}, { TRANSFORMERS_OFFLINE: "1" }).offline);
  ok(!hubSettings({}, { HF_HUB_OFFLINE: "0", TRANSFORMERS_OFFLINE: "1" }).offline);
  ok(!hubSettings({ offline: false }, { HF_HUB_OFFLINE: "1" }).offline);
  ok(!hubSettings({}, { HF_HUB_DISABLE_PROGRESS_BARS: "1" }).progressBars);
  ok(!hubSettings({}, { HF_HUB_DISABLE_SYMLINKS: "true" }).symlinks);
});

Deno.test("hubSettings() checks the endpoint and the token without printing the token", () => {
  equal(hubSettings({}, {}).endpoint, "https://huggingface.co");
  equal(hubSettings({}, { HF_ENDPOINT: "https://hf.example//" }).endpoint, "https://hf.example");
  for (const HF_ENDPOINT of ["hf.example", "ftp://hf.example", "file:///etc"]) {
    throws(() => hubSettings({}, { HF_ENDPOINT }), { code: "E-USAGE" });
  }
  equal(hubSettings({}, { HF_TOKEN: "hf_x" }).token, "hf_x");
  equal(hubSettings({ token: "" }, { HF_TOKEN: "hf_x" }).token, undefined);
  throws(() => hubSettings({}, { HF_TOKEN: "hf_se\ncret" }), (error: Error & { code: string }) => {
    return error.code === "E-USAGE" && !error.message.includes("hf_");
  });
});

Deno.test({
  name: "hubSettings() uses its defaults when no variable may be read",
  permissions: { env: false, read: true, sys: true },
  fn() {
    const { endpoint, cacheDir, offline } = hubSettings();
    equal(endpoint, "https://huggingface.co");
    ok(!offline);
    ok(!cacheDir.startsWith(join(homedir(), ".cache")));
  },
});
