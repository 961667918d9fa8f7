import assert from "node:assert/strict";
import fc from "fast-check";
import { type HeadInputs, mixHead } from "./head_mixing.ts";

/** Two prompts, three positions, two heads of width 1. */
const SITE = { count: 2, length: 3, index: 2, head: 1, nHead: 2, dHead: 1, scale: 1 };
const KEYS = Float64Array.of(9, 0, 9, 0, 9, 0, 9, 0, 9, 0, 9, 0);
const VALUES = Float64Array.of(9, 3, 9, 6, 9, 9, 9, 30, 9, 60, 9, 90);
const NONE: ReadonlyMap<number, Float64Array> = new Map();

function mix(inputs: Partial<Parameters<typeof mixHead>[0]>, site: Partial<typeof SITE> = {}) {
  const unchanged = { keys: KEYS, values: VALUES, changedKeys: NONE, changedValues: NONE };
  const query = new Float64Array(2).fill(1);
  return [...mixHead({ query, ...unchanged, ...inputs }, { ...SITE, ...site })];
}

Deno.test("mixHead() averages the head's own values up to its position when keys are equal", () => {
  assert.deepEqual(mix({}), [6, 60]);
  assert.deepEqual(mix({}, { index: 1 }), [4.5, 45]);
  assert.deepEqual(mix({}, { index: 0 }), [3, 30]);
  assert.deepEqual(mix({}, { head: 0 }), [9, 9]);
});

Deno.test("mixHead() takes changed values in their place, by row or by prompt", () => {
  const byPrompt = new Map([[1, Float64Array.of(0, 0)]]);
  assert.deepEqual(mix({ changedValues: byPrompt }), [4, 40]);
  const byRow = new Map([[2, Float64Array.of(0, 0, 9, 90)]]);
  assert.deepEqual(mix({ changedValues: byRow }), [3, 30, 6, 60]);
  assert.deepEqual(mix({ changedValues: new Map([...byPrompt, ...byRow]) }), [1, 10, 4, 40]);
});

Deno.test("mixHead() weighs by the scaled product of query and changed key", () => {
  // exp(ln 2 · scale · query) is the weight of position 1 beside 1 at the two others.
  const changedKeys = new Map([[1, Float64Array.of(Math.log(2), Math.log(2))]]);
  const near = (actual: number[], wanted: number[]) =>
    wanted.forEach((value, i) => assert.ok(Math.abs(actual[i]! - value) < 1e-12, `${actual}`));
  near(mix({ changedKeys, changedValues: new Map([[1, Float64Array.of(0, 0)]]) }), [3, 30]);
  near(mix({ changedKeys }, { scale: 2 }), [(3 + 4 * 6 + 9) / 6, (30 + 4 * 60 + 90) / 6]);
  near(mix({ changedKeys, query: Float64Array.of(0, 2) }), [6, (30 + 4 * 60 + 90) / 6]);
});

/** The softmax of every row over every position, by its definition. */
function mixAll(row: number, [T, K]: readonly [number, number], inputs: HeadInputs): number[] {
  const read = (kind: "key" | "value", t: number, i: number) => {
    const changed = (kind === "key" ? inputs.changedKeys : inputs.changedValues).get(t);
    if (changed) return changed[(row * K + i) % changed.length]!;
    return (kind === "key" ? inputs.keys : inputs.values)[(row % 2 * T + t) * K + i]!;
  };
  const each = Array.from({ length: K }, (_, i) => i);
  const weights = Array.from({ length: T }, (_, t) =>
    Math.exp(each.reduce((dot, i) => {
      return dot + inputs.query[(row * K + i) % inputs.query.length]! * read("key", t, i);
    }, 0)));
  const sum = weights.reduce((a, b) => a + b);
  return each.map((i) =>
    weights.reduce((z, weight, t) => z + weight / sum * read("value", t, i), 0)
  );
}

Deno.test("mixHead() is the softmax over all positions, whichever are changed", () => {
  const [T, K] = [4, 3];
  const numbers = (length: number) =>
    fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: length, maxLength: length })
      .map((values) => Float64Array.from(values));
  const changes = (rows: number) =>
    fc.dictionary(fc.constantFrom("0", "1", "2", "3"), numbers(rows * K))
      .map((of) => new Map(Object.entries(of).map(([t, values]) => [Number(t), values])));
  fc.assert(fc.property(
    fc.record({
      query: fc.oneof(numbers(2 * K), numbers(6 * K)),
      keys: numbers(2 * T * K),
      values: numbers(2 * T * K),
      changedKeys: changes(6),
      changedValues: fc.oneof(changes(2), changes(6)),
    }),
    (inputs) => {
      const site = { count: 2, length: T, index: T - 1, head: 0, nHead: 1, dHead: K, scale: 1 };
      const z = mixHead(inputs, site);
      for (let row = 0; row < z.length / K; row++) {
        mixAll(row, [T, K], inputs).forEach((value, i) => {
          assert.ok(Math.abs(z[row * K + i]! - value) < 1e-12, `row ${row}: ${value}`);
        });
      }
    },
  ));
});
