import assert from "node:assert/strict";
import type { StreamedArray } from "../../store/format/safetensors_stream.ts";
import { commonArrays, neuronArrays } from "./outputs.ts";
import type { RankOptions } from "./setup.ts";
import { type ChosenActivations, sumRows } from "./testing.ts";
import { countTokens, tokenSlots } from "./token_slots.ts";

const RANK: RankOptions = { vocabTop: 3, minCount: 0, examples: 4, originalExtremes: false };

/** One neuron over five tokens; token ids 0 and 3 of five never occur. */
const GIVEN: ChosenActivations = {
  tokens: { data: Int32Array.of(1, 1, 2, 4, 4), shape: [1, 5] },
  pre: Float32Array.of(0, 1, 2, 3, 4),
  post: Float32Array.of(2, 4, -1, -2, NaN),
  width: 1,
};

async function numbers(array: StreamedArray | undefined): Promise<number[]> {
  const bytes: number[] = [];
  for await (const chunk of array!.chunks()) bytes.push(...chunk);
  const { buffer } = Uint8Array.from(bytes);
  const types = { F16: Float16Array, F32: Float32Array, I32: Int32Array };
  return [...new types[array!.type as keyof typeof types](buffer)];
}

async function arrays(rank: Partial<RankOptions>, names: readonly string[]) {
  const slots = tokenSlots(countTokens(GIVEN.tokens, [0], 5));
  const options = { ...RANK, ...rank };
  const sums = sumRows(GIVEN, [0], { slots, rank: options, rowsPerBlock: 1 });
  const found = neuronArrays([sums], { slots, rank: options, windows: 2 });
  return await Promise.all(names.map((name) => numbers(found[name])));
}

const MEAN_1 = Math.fround(6 / 2.001);

Deno.test("neuronArrays() has no example that was not seen", async () => {
  const [values, offsets] = await arrays({}, ["max_activating_value", "max_activating_index"]);
  assert.deepEqual([values, offsets], [[4, 2, -1, -2], [1, 0, 2, 3]]);
  const five = await arrays({ examples: 5 }, ["max_activating_value", "max_activating_index"]);
  assert.deepEqual(five, [[4, 2, -1, -2, NaN], [1, 0, 2, 3, -1]]);
});

Deno.test("neuronArrays() with the original's extremes has zeros of the first token", async () => {
  const names = ["max_activating_value", "max_activating_index", "vocab_max", "vocab_max_ix"];
  const found = await arrays({ originalExtremes: true }, names);
  assert.deepEqual(found, [[4, 2, 0, 0], [1, 0, 0, 0], [4, 0, 0], [1, 0, 2]]);
});

Deno.test("neuronArrays() has the activations around as many examples as are asked for", async () => {
  const context = { exampleContext: 2, contextExamples: 3 };
  assert.deepEqual(await arrays(context, ["max_activating_context"]), [
    [...[NaN, 2, 4, -1, -2], ...[NaN, NaN, 2, 4, -1]],
  ]);
  const negative = { ...context, examples: 1, originalExtremes: true };
  const slots = tokenSlots(countTokens(GIVEN.tokens, [0], 5));
  const rank = { ...RANK, ...negative };
  const post = GIVEN.post.map((value) => -Math.abs(value));
  const sums = sumRows({ ...GIVEN, post }, [0], { slots, rank, rowsPerBlock: 1 });
  const found = neuronArrays([sums], { slots, rank, windows: 1 });
  const { shape } = found["max_activating_context"]!;
  assert.deepEqual(shape, [1, 1, 5]);
  // Its index is 0 for want of a positive one: what is around token 0 is not around an example.
  assert.deepEqual(await numbers(found["max_activating_context"]), Array(5).fill(NaN));
  assert.ok(!("max_activating_context" in neuronArrays([sums], { slots, rank, windows: 0 })));
});

Deno.test("neuronArrays() ranks tokens by mean and maximum, of a least count", async () => {
  const names = ["vocab_mean", "vocab_mean_ix", "vocab_max", "vocab_max_ix"];
  assert.deepEqual(await arrays({}, names), [[MEAN_1, 0, 0], [1, 0, 3], [4, -1, -2], [1, 2, 4]]);
  const seen = await arrays({ minCount: 1 }, names);
  const means = [MEAN_1, Math.fround(-2 / 2.001), Math.fround(-1 / 1.001)];
  // The NaN of token 4 is left out of its sum and not of its count.
  assert.deepEqual(seen, [[means[0], means[2], means[1]].toSorted((a, b) => b! - a!), [1, 2, 4], [
    4,
    -1,
    -2,
  ], [1, 2, 4]]);
  const twice = await arrays({ minCount: 2 }, names);
  assert.deepEqual(twice, [[means[0], means[1], NaN], [1, 4, -1], [4, -1, -2], [1, 2, 4]]);
});

Deno.test("neuronArrays() gives all tokens when asked, NaN for those that never occur", async () => {
  const names = ["vocab_mean", "vocab_max"];
  const found = await arrays({ vocabTop: -1 }, names);
  assert.deepEqual(found, [[NaN, 3, -1, NaN, -1], [NaN, 4, -1, NaN, -2]]);
  const original = await arrays({ vocabTop: -1, originalExtremes: true }, ["vocab_max"]);
  assert.deepEqual(original, [[0, 4, 0, 0, 0]]);
  const none = neuronArrays([], {
    slots: tokenSlots(new Int32Array(5)),
    rank: { ...RANK, vocabTop: 0 },
    windows: 0,
  });
  assert.ok(!("vocab_mean" in none));
});

Deno.test("commonArrays() has the edges and the count of every token", async () => {
  const found = commonArrays(tokenSlots(countTokens(GIVEN.tokens, [0], 5)));
  assert.deepEqual(await numbers(found["vocab_counts"]), [0, 2, 1, 0, 2]);
  assert.deepEqual((await numbers(found["neuron_bin_edges"])).length, 256);
});
