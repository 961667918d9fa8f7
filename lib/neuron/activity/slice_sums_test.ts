import assert from "node:assert/strict";
import fc from "fast-check";
import { binOf } from "./bins.ts";
import type { LargestList } from "./largest.ts";
import { countTokens, tokenSlots } from "./token_slots.ts";
import { type ChosenActivations, sumRows } from "./testing.ts";

const V = 7;
const EXAMPLES = 3;
const MAXIMA = 4;
const RANK = {
  ...{ vocabTop: MAXIMA, minCount: 0, examples: EXAMPLES, originalExtremes: false },
  ...{ exampleContext: 2, contextExamples: 2, subsetContextExamples: 1 },
};
const WHOLE = { ...RANK, vocabTop: -1 };
const NAMES = [
  ...["bins", "powers", "shift", "values", "numbers", "contexts"] as const,
  ...["sum", "max", "maxValues", "maxTokens"] as const,
];

/** Rows of tokens with activations, a few of them not finite. */
const chosen = fc.record({
  rows: fc.integer({ min: 1, max: 7 }),
  T: fc.integer({ min: 1, max: 5 }),
  // Beyond and not a multiple of the neurons and positions that are turned at once.
  width: fc.integer({ min: 1, max: 20 }),
  seed: fc.nat(),
  broken: fc.boolean(),
}).map(({ rows, T, width, seed, broken }): ChosenActivations => {
  let state = seed + 1;
  const next = () => (state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9 | 0) >>> 8;
  const ids = Int32Array.from({ length: rows * T }, () => next() % V);
  const values = () =>
    Float32Array.from({ length: rows * T * width }, () => next() % 3000 / 100 - 12);
  const [pre, post] = [values(), values()];
  if (broken) [pre[0], post[next() % post.length]] = [NaN, Infinity];
  return { tokens: { data: ids, shape: [rows, T] }, pre, post, width };
});

const allRows = ({ tokens }: ChosenActivations) => [...Array(tokens.shape[0]!).keys()];
const slotsOf = ({ tokens }: ChosenActivations, rows: Iterable<number>) =>
  tokenSlots(countTokens(tokens, rows, V));

const ranks = fc.constantFrom(RANK, WHOLE);

Deno.test("SliceSums.add() gives the same bits wherever rows are cut into blocks", () => {
  fc.assert(
    fc.property(chosen, ranks, fc.integer({ min: 1, max: 7 }), (given, rank, rowsPerBlock) => {
      const rows = allRows(given);
      const options = { slots: slotsOf(given, rows), rank };
      const whole = sumRows(given, rows, { ...options, rowsPerBlock: rows.length });
      const cut = sumRows(given, rows, { ...options, rowsPerBlock });
      for (const name of NAMES) assert.deepEqual(cut[name], whole[name], name);
    }),
  );
});

/** The tokens of the largest maxima, of equal ones the lower id. */
function assertListed(list: LargestList, maxima: readonly { token: number; max: number }[]): void {
  const sorted = maxima.filter(({ max }) => max > -Infinity)
    .sort((a, b) => b.max - a.max || a.token - b.token);
  const places = Array.from({ length: MAXIMA }, (_, i) => sorted[i]);
  assert.deepEqual([...list.numbers], places.map((place) => place?.token ?? -1));
  assert.deepEqual([...list.values], places.map((place) => place?.max ?? -Infinity));
}

Deno.test("SliceSums.add() sums what the definitions say, and nothing that is not finite", () => {
  fc.assert(fc.property(chosen, ranks, (given, rank) => {
    const { tokens: { data: ids }, pre, post, width } = given;
    const slots = slotsOf(given, allRows(given));
    const sums = sumRows(given, allRows(given), { slots, rank, rowsPerBlock: 2 });
    for (let f = 0; f < width; f++) {
      const kept = [...ids.keys()].filter((k) =>
        Number.isFinite(pre[k * width + f]) && Number.isFinite(post[k * width + f])
      );
      const bins = new Int32Array(257);
      for (const k of kept) bins[binOf(pre[k * width + f]!)]!++;
      assert.deepEqual(sums.bins.subarray(f * 257, (f + 1) * 257), bins);
      const sorted = kept.toSorted((a, b) => post[b * width + f]! - post[a * width + f]! || a - b);
      const numbers = Array.from({ length: EXAMPLES }, (_, i) => sorted[i] ?? -1);
      assert.deepEqual([...sums.examplesOf(f).numbers], numbers);
      const byToken = sums.byToken(f);
      const maxima = [...slots.tokens].map((token, slot) => {
        const values = kept.filter((k) => ids[k] === token).map((k) => post[k * width + f]!);
        assert.equal(byToken.sum[slot], values.reduce((a, b) => a + b, 0));
        return { token, max: Math.max(-Infinity, ...values) };
      });
      if (rank === WHOLE) assert.deepEqual([...byToken.max], maxima.map(({ max }) => max));
      else assertListed(byToken.maxima, maxima);
    }
  }));
});

Deno.test("SliceSums.merge() makes the sums of all rows from those of parts", () => {
  fc.assert(fc.property(chosen, ranks, fc.nat(), (given, rank, labels) => {
    const rows = allRows(given);
    const pooledSlots = slotsOf(given, rows);
    const options = { rank, rowsPerBlock: 3 };
    const expected = sumRows(given, rows, { ...options, slots: pooledSlots });
    const pooled = sumRows(given, [], { ...options, slots: pooledSlots });
    for (const part of [1, 0]) {
      const own = rows.filter((row) => (labels >> row & 1) === part);
      const slots = slotsOf(given, own);
      const sums = sumRows(given, own, { ...options, slots, shift: pooled.shift });
      pooled.merge(sums, slots.tokens.map((token) => pooledSlots.slotOf[token]!));
    }
    const exact = [
      "bins",
      "values",
      "numbers",
      "contexts",
      "max",
      "maxValues",
      "maxTokens",
    ] as const;
    for (const name of exact) {
      assert.deepEqual(pooled[name], expected[name], name);
    }
    expected.sum.forEach((sum, i) => {
      const apart = Math.abs(sum - pooled.sum[i]!);
      assert.ok(apart <= 1e-12 * Math.max(1, Math.abs(sum)), `${sum} against ${pooled.sum[i]}`);
    });
  }));
});

Deno.test("SliceSums of a part of a layer are those of the layer", () => {
  fc.assert(fc.property(chosen, fc.nat(19), (given, drawn) => {
    const from = drawn % given.width;
    const options = { slots: slotsOf(given, allRows(given)), rank: RANK, rowsPerBlock: 2 };
    const whole = sumRows(given, allRows(given), options);
    const part = sumRows(given, allRows(given), { ...options, from });
    for (const name of NAMES) {
      const perNeuron = whole[name].length / given.width;
      assert.deepEqual(part[name], whole[name].slice(from * perNeuron), name);
    }
  }));
});
