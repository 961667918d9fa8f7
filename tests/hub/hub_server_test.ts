import { deepEqual, equal } from "node:assert/strict";
import { listFiles, modelInfo, pathsInfo } from "@huggingface/hub";
import { COMMIT_A, gitSha1, HubServer, sha256 } from "./hub_server.ts";
import { smallModel } from "./sandbox.ts";

Deno.test("HubServer answers the Hub's own client library as the Hub does", async () => {
  const model = smallModel();
  await using hub = new HubServer({ repos: { "org/model": model }, pageSize: 3 });
  const where = { repo: "org/model", hubUrl: hub.endpoint } as const;

  const info = await modelInfo({
    name: "org/model",
    revision: "main",
    hubUrl: hub.endpoint,
    additionalFields: ["sha"],
  });
  equal(info.sha, COMMIT_A);
  equal(info.name, "org/model");

  const listed = await Array.fromAsync(listFiles({ ...where, recursive: true }));
  const files = listed.filter(({ type }) => type === "file").map(({ path }) => path);
  deepEqual(files.sort(), Object.keys(model.files).sort());

  const weights = model.files["model.safetensors"] as Uint8Array;
  const paths = ["model.safetensors", "config.json", "absent.json"];
  const [config, large, ...none] = await pathsInfo({ ...where, paths });
  equal(config?.oid, gitSha1(new TextEncoder().encode(model.files["config.json"] as string)));
  equal(large?.lfs?.oid, sha256(weights));
  deepEqual(none, []);
});

Deno.test("HubServer gives the headers Python reads from a HEAD request", async () => {
  const model = smallModel();
  await using hub = new HubServer({ repos: { "org/model": model } });
  const head = async (name: string) => {
    const url = `${hub.endpoint}/org/model/resolve/main/${name}`;
    const response = await fetch(url, { method: "HEAD", redirect: "manual" });
    return [response.status, Object.fromEntries(response.headers)] as const;
  };

  const [smallStatus, small] = await head("config.json");
  equal(smallStatus, 200);
  equal(small["x-repo-commit"], COMMIT_A);
  equal(small["content-length"], String((model.files["config.json"] as string).length));

  const [largeStatus, large] = await head("model.safetensors");
  equal(largeStatus, 302);
  const weights = model.files["model.safetensors"] as Uint8Array;
  equal(large["x-linked-etag"], `"${sha256(weights)}"`);
  equal(large["x-linked-size"], String(weights.length));

  const [absentStatus, absent] = await head("absent.json");
  equal(absentStatus, 404);
  equal(absent["x-error-code"], "EntryNotFound");
});
