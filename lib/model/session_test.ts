import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import type { HostArray } from "../array.ts";
import { warningCount } from "../cli/log.ts";
import { writeAtomic } from "../store/atomic.ts";
import { encodeSafetensors, readSafetensors } from "../store/format/safetensors.ts";
import { runWithHooks } from "./forward/forward.ts";
import { openSession } from "./session.ts";

const FIXTURE = "tests/fixtures/checkpoints/gpt2-hub-style";

/** Runs `body` and returns what people were told. */
async function toldDuring(body: () => Promise<void>): Promise<string> {
  const { stderr } = Deno;
  const decoder = new TextDecoder();
  let told = "";
  const write = (bytes: Uint8Array) => {
    told += decoder.decode(bytes);
    return bytes.length;
  };
  Object.defineProperty(stderr, "writeSync", { value: write, configurable: true });
  try {
    await body();
  } finally {
    Reflect.deleteProperty(stderr, "writeSync");
  }
  return told;
}

Deno.test("openSession() opens the device, says so, and loads the model once when asked", async () => {
  const told = await toldDuring(async () => {
    await using session = await openSession({ model: FIXTURE, device: "reference" });
    assert.equal(resolve(session.directory), resolve(FIXTURE));
    assert.equal(session.label, "./gpt2-hub-style");
    const [model, again] = await Promise.all([session.model(), session.model()]);
    assert.equal(model, again);
    assert.equal(model.device, session.device);
  });
  assert.match(told, /^device reference: float64 .* \(asked for by name\)$/m);
  const loaded = told.match(/^model {2}.*$/gm);
  assert.equal(loaded?.length, 1, told);
  assert.match(loaded![0]!, /: 2 layers, 2 heads, d_model 32, 300 tokens, .*B as float32$/);
});

Deno.test("a session names an embedded model as it was asked for", async () => {
  await toldDuring(async () => {
    await using session = await openSession({ model: "tiny-gpt2-b", device: "reference" });
    assert.equal(session.label, "tiny-gpt2-b");
    assert.equal(resolve(session.directory), resolve("cache/models/tiny-gpt2-b"));
    const inputs = await session.inputs();
    assert.deepEqual(
      inputs.map(({ name }) => name).sort(),
      ["model/config.json", "model/model.safetensors", "model/tokenizer.json"],
    );
    for (const { sha256, bytes, path } of inputs) {
      assert.match(sha256, /^[0-9a-f]{64}$/);
      assert.equal(bytes, (await Deno.stat(path)).size);
    }
  });
});

Deno.test("a session's witness speaks when it is asked for results, and only then", async () => {
  const told = await toldDuring(async () => {
    await using session = await openSession({ model: FIXTURE, device: "reference" });
    const tokens = { data: Int32Array.of(1, 2, 3), shape: [1, 3] };
    const options = { read: ["logits"] };
    const results = await runWithHooks(await session.model(), tokens, options);
    await session.witness({ tokens, options, results }, { count: 0, seed: 0 });
    await session.witness({ tokens, options, results }, { count: 4, seed: 0 });
  });
  assert.deepEqual(told.match(/^witness.*deviation/gm), [
    "witness: 4 results recomputed in float64, largest deviation",
  ]);
});

Deno.test("a session warns of weights that are not finite", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const arrays: Record<string, HostArray> = await readSafetensors(
      join(FIXTURE, "model.safetensors"),
    );
    const [name] = Object.keys(arrays).filter((key) => key.endsWith("wte.weight"));
    [arrays[name!]!.data[3], arrays[name!]!.data[4]] = [NaN, Infinity];
    await writeAtomic(join(folder, "model.safetensors"), encodeSafetensors(arrays));
    await Deno.copyFile(join(FIXTURE, "config.json"), join(folder, "config.json"));
    const before = warningCount();
    const told = await toldDuring(async () => {
      await using session = await openSession({ model: folder, device: "reference" });
      await session.model();
    });
    assert.match(told, /warning.* "embed\.W_E" .*\b2\b/);
    assert.equal(warningCount(), before + 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a session that could not load its model says why and still closes", async () => {
  await toldDuring(async () => {
    const folder = await Deno.makeTempDir();
    try {
      await Deno.copyFile(join(FIXTURE, "config.json"), join(folder, "config.json"));
      await Deno.writeTextFile(join(folder, "model.safetensors"), "no weights");
      await using session = await openSession({ model: folder, device: "reference" });
      await assert.rejects(session.model(), { code: "E-SAFETENSORS" });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
