import assert from "node:assert/strict";
import { elementCount } from "../array.ts";
import { NeuriteError } from "../errors.ts";
import { normal } from "../../tests/random.ts";
import { plainForward, type Rows } from "../../tests/plain_model.ts";
import { openCheckpoint } from "./checkpoint/checkpoint.ts";
import { openWeights, type WeightSource } from "./checkpoint/weights.ts";
import type { ModelConfig } from "./config/config.ts";
import { readConfig } from "./config/read_config.ts";
import { type FoldedWeights, foldWeights } from "./folding.ts";

const MODELS = ["gpt2-hub-style", "gpt2-crfm-style", "pythia-style", "neox-sequential-style"]
  .map((name) => `tests/fixtures/checkpoints/${name}`);

/** A model's shapes with random weights far from neutral: nothing centred, no gain 1, no bias 0. */
function randomWeights({ names, isTied, shape }: WeightSource, seed: number): WeightSource {
  const data = new Map(names.map((name, i) => {
    const extents = shape(name);
    const spread = extents.length === 1 ? 0.5 : 1 / Math.sqrt(extents[0]!);
    const values = normal(extents, seed + i, spread).data;
    return [name, values.map((value) => value + (name.endsWith(".w") ? 1 : 0.1))];
  }));
  return { names, isTied, shape, read: (name) => Promise.resolve(data.get(name)!.slice()) };
}

async function openModel(directory: string, seed: number) {
  const config = await readConfig(directory);
  await using checkpoint = await openCheckpoint(directory);
  const opened = openWeights(checkpoint, config);
  const weights = randomWeights({
    names: opened.names,
    isTied: opened.isTied,
    shape: (name) => opened.shape(name),
    read: (name) => opened.read(name),
  }, seed);
  return { config, weights };
}

/** Folded weights under all names of the raw ones: neutral layer norms, no value bias. */
async function complete(folded: FoldedWeights, raw: WeightSource) {
  const weights = new Map<string, Float64Array>();
  for (const name of raw.names) {
    weights.set(
      name,
      new Float64Array(elementCount(raw.shape(name))).fill(name.endsWith(".w") ? 1 : 0),
    );
  }
  for (const name of folded.names) weights.set(name, await folded.read(name));
  return weights;
}

function logProbs(logits: Rows): Rows {
  return logits.map((row) => {
    const most = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
    return row.map((value) => value - most - Math.log(total));
  });
}

function apart(a: Rows, b: Rows): number {
  return Math.max(...a.flatMap((row, t) => Array.from(row, (x, i) => Math.abs(x - b[t]![i]!))));
}

function tokenRow({ vocabSize }: ModelConfig): number[] {
  return Array.from({ length: 9 }, (_, t) => (7 + 31 * t) % vocabSize);
}

for (const directory of MODELS) {
  Deno.test(`foldWeights() keeps log-probabilities and activations of ${directory}`, async () => {
    const { config, weights } = await openModel(directory, 11);
    const raw = new Map<string, Float32Array>();
    for (const name of weights.names) raw.set(name, await weights.read(name));
    const ids = tokenRow(config);
    const before = plainForward(ids, config, raw);
    const after = plainForward(ids, config, await complete(foldWeights(weights), weights));
    const worst = apart(logProbs(before.logits), logProbs(after.logits));
    assert.ok(worst < 1e-12, `log-probabilities move by ${worst}`);
    before.hidden.forEach((rows, layer) => {
      const moved = apart(rows, after.hidden[layer]!);
      assert.ok(moved < 1e-12, `activations of layer ${layer} move by ${moved}`);
    });
  });

  Deno.test(`foldWeights() leaves nothing uncentred in ${directory}`, async () => {
    const { config: { dModel: D }, weights } = await openModel(directory, 12);
    const folded = foldWeights(weights);
    const zero = (sums: Iterable<number>, what: string) => {
      for (const sum of sums) assert.ok(Math.abs(sum) < 1e-12, `${what}: ${sum}`);
    };
    for (const name of folded.names) {
      const data = await folded.read(name);
      const width = folded.shape(name).at(-1)!;
      const rows = Array.from(
        { length: data.length / width },
        (_, r) => data.subarray(r * width, (r + 1) * width),
      );
      const overRows = () => rows[0]!.map((_, j) => rows.reduce((sum, row) => sum + row[j]!, 0));
      const overColumns = () => rows.map((row) => row.reduce((a, b) => a + b, 0));
      if (/W_(Q|K|V|in|U)$/.test(name)) zero(overRows(), `${name} over rows`);
      if (/W_(E|pos|O|out|U)$|b_(O|out|U)$/.test(name)) zero(overColumns(), `${name} over columns`);
      assert.equal(data.length, elementCount(folded.shape(name)), name);
    }
    assert.equal(folded.shape("blocks.0.mlp.W_out")[1], D);
  });
}

Deno.test("rows() gives the rows that read() gives when they are asked for in parts", async () => {
  const { config: { dModel: D, vocabSize: V }, weights } = await openModel(MODELS[0]!, 13);
  const folded = foldWeights(weights);
  for (const name of ["embed.W_E", "unembed.W_U"] as const) {
    const whole = await folded.read(name);
    const rows = await folded.rows(name);
    assert.deepEqual(rows(3, 5), whole.slice(3 * D, 8 * D));
    assert.deepEqual(rows(V - 1, 1), whole.slice((V - 1) * D));
  }
});

Deno.test("foldWeights() refuses weights that are not finite, and names that are not there", async () => {
  const { weights } = await openModel(MODELS[0]!, 14);
  const broken = foldWeights({
    ...weights,
    read: async (name) => {
      const data = await weights.read(name);
      if (name === "blocks.1.mlp.W_in") data[5] = NaN;
      return data;
    },
  });
  await assert.rejects(
    broken.read("blocks.1.mlp.b_in"),
    (error) =>
      error instanceof NeuriteError && error.code === "E-CHECKPOINT" &&
      /"blocks\.1\.mlp\.W_in": NaN or infinite in 1 of/.test(error.message),
  );
  await assert.rejects(broken.read("blocks.1.mlp.W_on"), /nearest is "blocks\.1\.mlp\.W_in"/);
  assert.throws(() => broken.shape("blocks.1.attn.b_V"), /no folded weight/);
});
