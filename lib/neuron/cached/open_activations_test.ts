import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../../array.ts";
import { people } from "../../cli/log.ts";
import { encodeSafetensors, readSafetensors } from "../../store/format/safetensors.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { readRun } from "../../store/run/read_run.ts";
import { ACTIVATIONS_RUN, openActivations } from "./open_activations.ts";
import { madeTokens, makeCache, openTestModel } from "./testing.ts";

people.quiet = true;

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TOKENS: HostArray<Int32Array> = { data: Int32Array.of(1, 2, 3, 4), shape: [2, 2] };
const METADATA = { model: "m", location: "mlp.hook_pre", aggregation: "none", precision: "32" };
const ARRAYS: Record<string, HostArray> = {
  activations: { data: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), shape: [2, 4] },
  layer: { data: Int32Array.of(0, 1), shape: [2] },
  neuron: { data: Int32Array.of(5, 6), shape: [2] },
  loss: { data: Float32Array.of(1, 0, 2, 0), shape: [2, 2] },
};

interface Made {
  readonly arrays?: Record<string, HostArray | undefined>;
  readonly metadata?: Record<string, string>;
  readonly tokens?: HostArray;
  readonly script?: string;
}

/** A finished run of these files. */
async function makeRun(folder: string, { arrays, metadata, tokens, script }: Made = {}) {
  const identity = { script: script ?? ACTIVATIONS_RUN.script, options: {}, inputs: [] };
  await using run = await openRun(folder, identity);
  const all = Object.entries({ ...ARRAYS, ...arrays }).filter(([, array]) => array !== undefined);
  const kept = Object.fromEntries(all) as Record<string, HostArray>;
  await run.writeFile(
    "arrays.safetensors",
    encodeSafetensors(kept, { ...METADATA, ...metadata }),
  );
  await run.writeFile("tokens.safetensors", encodeSafetensors({ tokens: tokens ?? TOKENS }));
  await run.finish({ argv: [], options: {}, seeds: {} });
}

Deno.test("openActivations() reads a neuron at its place, from a folder or a run", () =>
  inFolder(async (folder) => {
    await makeRun(folder);
    await using cached = await openActivations(folder);
    assert.deepEqual([...await cached.read(1)], [4, 5, 6, 7]);
    assert.deepEqual(cached.neurons[1], { layer: 1, neuron: 6 });
    assert.deepEqual(cached.tokens, TOKENS);
    assert.equal(cached.subsets, undefined);
    assert.deepEqual(await cached.loss(), ARRAYS.loss);
    for (const place of [-1, 2, 0.5, NaN]) await assert.rejects(cached.read(place), RangeError);
    await using other = await openActivations(await readRun(folder));
    assert.deepEqual([...await other.read(0)], [0, 1, 2, 3]);
  }));

const DAMAGES: Record<string, [Made, string, RegExp]> = {
  "another script's": [{ script: "universal_neurons/weights" }, "E-FILE-MISSING", /a run of univ/],
  "no location": [{ metadata: { location: "mlp" } }, "E-FILE-CORRUPT", /"mlp" as location/],
  "other bits": [
    { metadata: { precision: "16" } },
    "E-FILE-CORRUPT",
    /activations F32 .*F16 \[2, 4/,
  ],
  "an aggregation": [
    { metadata: { aggregation: "mean" } },
    "E-FILE-CORRUPT",
    /expected F32 \[2, 2\]/,
  ],
  "fewer neurons": [
    { arrays: { neuron: { data: Int32Array.of(5), shape: [1] } } },
    "E-FILE-CORRUPT",
    /2 layers, 1 neurons/,
  ],
  "no layers": [{ arrays: { layer: undefined } }, "E-SAFETENSORS", /without tensor "layer"/],
  "layers that are no numbers": [
    { arrays: { layer: { data: Float32Array.of(0, 1), shape: [2] } } },
    "E-FILE-CORRUPT",
    /layer \[2\], expected int32 \[n\]/,
  ],
  "other tokens": [
    { tokens: { data: Int32Array.of(1, 2), shape: [1, 2] } },
    "E-FILE-CORRUPT",
    /activations F32 \[2, 4\], expected F32 \[2, 2\]/,
  ],
  "no scales": [
    {
      metadata: { precision: "8" },
      arrays: { activations: { data: new Uint8Array(8), shape: [2, 4] } },
    },
    "E-SAFETENSORS",
    /without tensor "scale"/,
  ],
};

Deno.test("openActivations() refuses files that do not fit each other", async (t) => {
  for (const [title, [made, code, message]] of Object.entries(DAMAGES)) {
    await t.step(title, () =>
      inFolder(async (folder) => {
        await makeRun(folder, made);
        await assert.rejects(openActivations(folder), { code, message });
      }));
  }
});

Deno.test("openActivations() names the command that makes what is not there", () =>
  inFolder(async (folder) => {
    const hint = /deno task un:activations makes it/;
    await assert.rejects(openActivations(folder), { code: "E-FILE-MISSING", hint });
    await makeRun(folder, { arrays: { loss: { data: Float32Array.of(1), shape: [1] } } });
    await using cached = await openActivations(folder);
    await assert.rejects(cached.loss(), { code: "E-FILE-CORRUPT", message: /as the tokens/ });
    await assert.rejects(cached.rank(), { code: "E-FILE-MISSING", hint: /without --no-rank/ });
    await Deno.truncate(join(folder, "arrays.safetensors"), 100);
    await assert.rejects(openActivations(folder), { code: "E-FILE-CORRUPT", message: /100 bytes/ });
  }));

Deno.test("openActivations() gives the labels of the rows", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    const tokens = madeTokens(3, 4);
    const subsets = { names: ["web", "code"], ofRow: Int32Array.of(1, 0, 1) };
    await makeCache(folder, test, { tokens, setup: { corpus: { tokens, subsets } } });
    await using cached = await openActivations(folder);
    assert.deepEqual(cached.subsets, subsets);
    const { subset } = await readSafetensors(join(folder, "tokens.safetensors"));
    assert.deepEqual([...subset!.data], [1, 0, 1]);
  }));
