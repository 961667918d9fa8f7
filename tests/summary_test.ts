// Activation summaries of an embedded model on every device.
import assert from "node:assert/strict";
import type { HostArray } from "../lib/array.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel, type Model } from "../lib/model/model.ts";
import { PRE_EDGES } from "../lib/neuron/activity/bins.ts";
import {
  summariseActivations,
  type SummariseOptions,
  type SummaryArrays,
} from "../lib/neuron/activity/summarise.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES, type TestDevice } from "./devices.ts";
import { SUMMARY_TOLERANCES } from "./tolerances.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const [L, F, N] = [4, 512, 2048];

type Tokens = HostArray<Int32Array>;

/** Relative to the value, absolute below 1: these pass through 0. */
const aboveOne = ({ data }: HostArray) => (i: number) => Math.max(1, Math.abs(Number(data[i])));

function assertNear(found: HostArray, expected: HostArray, { limit, name }: {
  limit: number;
  name: string;
}): void {
  const { worst, detail } = deviation(found, expected, aboveOne(expected));
  assert.ok(worst <= limit, `${name}: ${worst}: ${detail}`);
}

/** The first `width` columns. */
function firstColumns({ data, shape }: HostArray, width: number): HostArray<Float64Array> {
  const own = shape[1]!;
  const kept = Float64Array.from(
    { length: shape[0]! * width },
    (_, i) => Number(data[Math.floor(i / width) * own + i % width]),
  );
  return { data: kept, shape: [shape[0]!, width] };
}

/** A number may be absent from the found ones only if its value is as good as the least of them. */
function assertSameSets(
  found: { values: HostArray; numbers: HostArray },
  expected: { values: HostArray; numbers: HostArray },
  limit: number,
): void {
  const k = expected.numbers.shape[1]!;
  for (let row = 0; row < expected.numbers.shape[0]!; row++) {
    const mine = new Set(Array.from({ length: k }, (_, i) => found.numbers.data[row * k + i]));
    const least = Number(found.values.data[(row + 1) * k - 1]);
    for (let i = row * k; i < (row + 1) * k; i++) {
      if (mine.has(expected.numbers.data[i]!)) continue;
      const value = Number(expected.values.data[i]);
      const apart = Math.abs(value - least) / Math.max(1, Math.abs(value));
      assert.ok(apart <= 2 * limit, `row ${row}: ${value} is not there, the least is ${least}`);
    }
  }
}

/** Counts up to each edge may differ by as many activations as lie within `near` of it. */
async function assertBins(
  model: Model,
  tokens: Tokens,
  { found, expected, near }: { found: HostArray; expected: HostArray; near: number },
): Promise<void> {
  const close = new Int32Array(N * 256);
  for (let layer = 0; layer < L; layer++) {
    const name = `blocks.${layer}.mlp.hook_pre`;
    const { data } = (await runWithHooks(model, tokens, { read: [name] }))[name]!;
    for (let i = 0; i < data.length; i++) {
      const k = Math.round((Number(data[i]) + 10) * 10.2);
      if (Math.abs(Number(data[i]) - PRE_EDGES[k]!) > near) continue;
      close[(layer * F + i % F) * 256 + k]!++;
    }
  }
  let differ = 0;
  for (let row = 0; row < N; row++) {
    let apart = 0;
    for (let k = 0; k < 256; k++) {
      apart += Number(found.data[row * 257 + k]) - Number(expected.data[row * 257 + k]);
      if (apart !== 0) differ++;
      assert.ok(
        Math.abs(apart) <= close[row * 256 + k]!,
        `neuron ${row}, edge ${k}: ${apart} moved`,
      );
    }
  }
  assert.ok(differ < 500, `${differ} of ${N * 256} edges with other counts below`);
}

/**
 * Activations around examples are those of a forward pass at their positions, rounded to float16, and
 * NaN beyond either end of a row; the middle one is the example's own.
 */
async function assertContexts(model: Model, tokens: Tokens, found: SummaryArrays): Promise<void> {
  const [rows, T] = tokens.shape as [number, number];
  const [{ data: contexts, shape }, { data: offsets, shape: [, k] }, { data: values }] = [
    found["max_activating_context"]!,
    found["max_activating_index"]!,
    found["max_activating_value"]!,
  ];
  const [, windows, width] = shape as [number, number, number];
  const reach = (width - 1) / 2;
  let [inside, outside, worst] = [0, 0, 0];
  for (let layer = 0; layer < L; layer++) {
    const hook = `blocks.${layer}.mlp.hook_post`;
    const { data: post } = (await runWithHooks(model, tokens, { read: [hook] }))[hook]!;
    assert.equal(post.length, rows * T * F);
    for (let place = layer * F * windows; place < (layer + 1) * F * windows; place++) {
      const [neuron, i] = [Math.floor(place / windows), place % windows];
      const offset = Number(offsets[neuron * k! + i]);
      const middle = Number(contexts[place * width + reach]);
      const half = Math.max(2 ** -25, 2 ** -11 * Math.abs(middle));
      assert.ok(Math.abs(middle - Number(values[neuron * k! + i])) <= half, `${middle}`);
      for (let d = -reach; d <= reach; d++) {
        const value = Number(contexts[place * width + reach + d]);
        const t = offset % T + d;
        if (t < 0 || t >= T) {
          assert.ok(Number.isNaN(value), `neuron ${neuron}, example ${i}: ${value} beyond its row`);
          outside++;
          continue;
        }
        const direct = Number(post[(offset + d) * F + neuron % F]);
        worst = Math.max(worst, Math.abs(value - direct) / Math.max(1, Math.abs(direct)));
        inside++;
      }
    }
  }
  assert.ok(inside > 0 && outside > 0);
  assert.ok(worst <= SUMMARY_TOLERANCES.context.limit, `${worst} from a forward pass`);
}

async function summarise(
  { open }: TestDevice,
  tokens: Tokens,
  use: (model: Model, arrays: SummaryArrays) => Promise<void>,
  options: SummariseOptions = {},
): Promise<void> {
  await using device = await open();
  await using model = await loadModel(MODEL, device);
  const { pooled } = await summariseActivations(model, { tokens }, options);
  await use(model, pooled);
}

/** All 128 rows against PyTorch's float64. */
async function checkFixture(device: TestDevice, limit: number): Promise<void> {
  const expected = await readSafetensors(FIXTURE);
  const tokens = expected["tokens"] as Tokens;
  await summarise(device, tokens, async (model, found) => {
    await assertBins(model, tokens, {
      found: found["neuron_bin_counts"]!,
      expected: expected["neuron_bin_counts"]!,
      near: SUMMARY_TOLERANCES.edge.limit,
    });
    for (const name of ["pre_mean", "pre_var", "pre_skew", "pre_kurt"]) {
      assertNear(found[name]!, expected[name]!, { limit: SUMMARY_TOLERANCES.moment.limit, name });
    }
    const name = "max_activating_value";
    assertNear(found[name]!, expected[name]!, { limit, name });
    assertSameSets(
      { values: found[name]!, numbers: found["max_activating_index"]! },
      { values: expected[name]!, numbers: expected["max_activating_index"]! },
      limit,
    );
    const [values, numbers] = ["vocab_mean", "vocab_mean_ix"].map((array) =>
      firstColumns(found[array]!, 10)
    ) as [HostArray, HostArray];
    assertNear(values, expected["vocab_mean_top"]!, { limit, name: "vocab_mean" });
    assertSameSets({ values, numbers }, {
      values: expected["vocab_mean_top"]!,
      numbers: expected["vocab_mean_top_ix"]!,
    }, limit);
    assert.deepEqual([...found["vocab_counts"]!.data], [...expected["vocab_counts"]!.data]);
  });
}

for (const name of ["onnx native", "onnx wasm"]) {
  Deno.test(`an activation summary of tiny-gpt2-a is the PyTorch fixture's on ${name}`, () =>
    checkFixture(
      TEST_DEVICES.find((device) => device.name === name)!,
      SUMMARY_TOLERANCES.onnx.limit,
    ));
}

Deno.test("an activation summary of a few rows is the definitions' in float64, and so on every device", async (t) => {
  const { tokens } = await readSafetensors(FIXTURE) as { tokens: Tokens };
  const rows = { data: tokens.data.slice(0, 3 * 128), shape: [3, 128] };
  const [reference, ...others] = TEST_DEVICES as [TestDevice, ...TestDevice[]];
  const windows = { exampleContext: 9, contextExamples: 4 };
  const options = { examples: 7, minCount: 2, vocabTop: 5, ...windows };
  let expected: SummaryArrays = {};
  await summarise(reference, rows, async (model, found) => {
    expected = found;
    const hook = "blocks.2.mlp.hook_post";
    const { data } = (await runWithHooks(model, rows, { read: [hook] }))[hook]!;
    const neuron = 2 * F + 17;
    const own = Array.from({ length: 384 }, (_, i) => Number(data[i * F + 17]));
    const order = [...own.keys()].sort((a, b) => own[b]! - own[a]! || a - b).slice(0, 7);
    const offsets = found["max_activating_index"]!.data.slice(neuron * 7, neuron * 7 + 7);
    assert.deepEqual([...offsets], order);
    const means = [...new Set(rows.data)].flatMap((token) => {
      const values = own.filter((_, i) => rows.data[i] === token);
      const sum = values.reduce((a, b) => a + b, 0);
      return values.length < 2 ? [] : [{ token, mean: sum / (values.length + 1e-3) }];
    }).sort((a, b) => b.mean - a.mean).slice(0, 5);
    const ranked = found["vocab_mean_ix"]!.data.slice(neuron * 5, neuron * 5 + 5);
    assert.deepEqual([...ranked], means.map(({ token }) => token));
    assert.deepEqual(found["max_activating_context"]!.shape, [N, 4, 19]);
    await assertContexts(model, rows, found);
  }, options);
  for (const device of others) {
    if (device.absent) continue;
    await t.step(device.name, () =>
      summarise(device, rows, async (model, found) => {
        await assertContexts(model, rows, found);
        const { limit } = SUMMARY_TOLERANCES[model.device.name];
        for (const name of ["max_activating_value", "vocab_mean", "vocab_max", "pre_kurt"]) {
          assertNear(found[name]!, expected[name]!, { limit, name });
        }
        return assertBins(model, rows, {
          found: found["neuron_bin_counts"]!,
          expected: expected["neuron_bin_counts"]!,
          near: SUMMARY_TOLERANCES.edge.limit,
        });
      }, options));
  }
});
