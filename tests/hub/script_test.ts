import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HUB_ENVIRONMENT } from "neurite/lib/store/hub/mod.ts";
import { blobPath, cachedRepo, fileBytes } from "neurite/lib/store/hub/cache.ts";
import { partialPath } from "neurite/lib/store/hub/cache_partial.ts";
import { COMMIT_A, sha256 } from "./hub_server.ts";
import { openSandbox, type Sandbox, smallModel } from "./sandbox.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/fetch_model.ts", import.meta.url));

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** The script as its first line says, with no environment but the given. */
async function command(box: Sandbox, args: string[], env: Record<string, string>) {
  const shebang = (await Deno.readTextFile(SCRIPT)).split("\n", 1)[0]!;
  const flags = shebang.split(" deno run ")[1]!.split(" ");
  const inherited = ["PATH", "HOME", "DENO_DIR", "LD_LIBRARY_PATH", "TMPDIR"];
  const kept = inherited.map((name) => [name, Deno.env.get(name)]).filter(([, value]) => value);
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--cached-only", ...flags, SCRIPT, ...args],
    clearEnv: true,
    env: {
      ...Object.fromEntries(kept),
      HF_ENDPOINT: box.hub.endpoint,
      HF_HUB_CACHE: box.cacheDir,
      NO_COLOR: "1",
      ...env,
    },
    stdout: "piped",
    stderr: "piped",
  });
}

async function run(
  box: Sandbox,
  args: string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  const { code, stdout, stderr } = await (await command(box, args, env)).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test("fetch_model.ts grants the variables that are read, of the Hub's by their prefix", async () => {
  const [shebang = ""] = (await Deno.readTextFile(SCRIPT)).split("\n");
  const granted = /--allow-env=(\S+)/.exec(shebang)?.[1]?.split(",") ?? [];
  const others = HUB_ENVIRONMENT.filter((name) => !name.startsWith("HF_"));
  deepEqual(granted.toSorted(), ["HF_*", ...others].toSorted());
});

Deno.test("fetch_model.ts prints the directory, exit 0, and links under its own permissions", async () => {
  const id = "stanford-crfm/alias-gpt2-small-x21";
  await using box = await openSandbox({ repos: { [id]: { ...smallModel(), gated: true } } });
  const { code, stdout, stderr } = await run(box, ["stanford-gpt2-small-a"], { HF_TOKEN: "hf_me" });
  equal(code, 0, stderr);
  const repo = `${box.cacheDir}/models--stanford-crfm--alias-gpt2-small-x21`;
  equal(stdout, `${repo}/snapshots/${COMMIT_A}\n`);
  match(await Deno.readLink(`${stdout.trim()}/config.json`), /^\.\.\/\.\.\/blobs\/[0-9a-f]{40}$/);

  const again = await run(box, ["stanford-gpt2-small-a", "--json"], { HF_HUB_OFFLINE: "1" });
  equal(again.code, 0, again.stderr);
  const document = JSON.parse(again.stdout);
  equal(document.schema, "neurite.fetch_model/1");
  equal(document.directory, stdout.trim());
  equal(document.receivedBytes, 0);
});

Deno.test("fetch_model.ts --dry-run prints the files and touches nothing", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  const { code, stdout } = await run(box, ["--dry-run", "org/model"]);
  equal(code, 0);
  match(stdout, /model\.safetensors +48\.8 KiB +to fetch/);
  deepEqual(await Array.fromAsync(Deno.readDir(box.cacheDir)), []);
});

Deno.test("fetch_model.ts exits 2 for what is no name and 4 for what cannot be had", async () => {
  await using box = await openSandbox({ repos: { "org/model": smallModel() } });
  const none = await run(box, []);
  equal(none.code, 2);
  match(none.stderr, /error\[E-USAGE\] Cannot fetch "model": no name given/);

  const unknown = await run(box, ["org/nobody"]);
  equal(unknown.code, 4);
  equal(unknown.stdout, "");
  match(unknown.stderr, /error\[E-HUB\] Cannot open repository "org\/nobody".*\nHint: /);

  const offline = await run(box, ["org/model"], { TRANSFORMERS_OFFLINE: "yes" });
  equal(offline.code, 4);
  match(offline.stderr, /error\[E-HUB-OFFLINE\].*no config\.json, model\.safetensors in/);
});

Deno.test("fetch_model.ts --list prints every alias", async () => {
  await using box = await openSandbox({ repos: {} });
  const { code, stdout } = await run(box, ["--list"]);
  equal(code, 0);
  match(stdout, /pythia-160m-seed3 +EleutherAI\/pythia-160m-seed3/);
  match(stdout, /tiny-gpt2-e +in the project/);
  equal(box.hub.requests.length, 0);
});

Deno.test({
  name: "fetch_model.ts goes on after it was interrupted or killed",
  // Windows has neither signal.
  ignore: Deno.build.os === "windows",
  async fn() {
    const weights = smallModel().files["model.safetensors"] as Uint8Array;
    for (const [signal, exitCode] of [["SIGINT", 130], ["SIGKILL", 137]] as const) {
      await using box = await openSandbox({ repos: { "org/model": smallModel() } });
      const partial = partialPath(blobPath(cachedRepo(box.cacheDir, "org/model"), sha256(weights)));
      const origin = "storage";
      box.hub.fail({ path: /safetensors$/, origin, fault: { kind: "stall", afterBytes: 30_000 } });
      await using child = (await command(box, ["org/model"], {})).spawn();
      while (await fileBytes(partial) !== 30_000) await new Promise((done) => setTimeout(done, 20));
      child.kill(signal);
      equal((await child.output()).code, exitCode);
      const { code, stderr } = await run(box, ["org/model"]);
      equal(code, 0, stderr);
      equal(box.hub.downloads("model.safetensors").at(-1)!.range, "bytes=30000-");
    }
  },
});
