import assert from "node:assert/strict";
import { positionLabels, previousLabels, withSubsets } from "./sequence_labelling.ts";

const LABELS = {
  name: "sequence",
  codes: Int32Array.of(0, 1, 2, 2, 1, 0),
  groups: 3,
  features: [{ name: "f", family: "x", holds: Uint8Array.of(0, 1, 0) }],
};

function held({ codes, features }: typeof LABELS, name: string): number[] {
  const { holds } = features.find((feature) => feature.name === name)!;
  return Array.from(codes, (code) => holds[code] ?? 0);
}

Deno.test("previousLabels() starts every row anew, and leaks over rows only as the original", () => {
  assert.deepEqual(held(LABELS, "f"), [0, 1, 0, 0, 1, 0]);
  const own = previousLabels(LABELS, 3) as typeof LABELS;
  assert.equal(own.name, "prev_sequence");
  assert.deepEqual(held(own, "f"), [0, 0, 1, 0, 0, 1]);
  assert.ok(own.codes.every((code) => code < own.groups));
  const flipped = { ...LABELS, codes: LABELS.codes.toReversed().fill(1, 5) };
  const original = previousLabels(flipped, 3, { originalShift: true }) as typeof LABELS;
  assert.deepEqual(held(flipped, "f"), [0, 1, 0, 0, 1, 1]);
  assert.deepEqual(held(original, "f"), [1, 0, 1, 0, 0, 1], "around the end, over the rows");
});

Deno.test("withSubsets() keeps what held and adds a column for each subset's rows", () => {
  const labels = withSubsets(LABELS, { names: ["a", "b", "c"], ofRow: Int32Array.of(2, 0) });
  const found = labels as typeof LABELS;
  assert.deepEqual(held(found, "f"), held(LABELS, "f"));
  assert.deepEqual(held(found, "is_subset_a"), [0, 0, 0, 1, 1, 1]);
  assert.deepEqual(held(found, "is_subset_b"), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(held(found, "is_subset_c"), [1, 1, 1, 0, 0, 0]);
  assert.deepEqual(labels.features.slice(1).map(({ family }) => family), Array(3).fill("context"));
});

Deno.test("positionLabels() are of the subsets where there are no tags, and none without either", () => {
  const tokens = { data: new Int32Array(6), shape: [2, 3] };
  const subsets = { names: ["a", "b"], ofRow: Int32Array.of(1, 0) };
  const labels = positionLabels(undefined, { tokens, subsets }) as typeof LABELS;
  assert.deepEqual(held(labels, "is_subset_a"), [0, 0, 0, 1, 1, 1]);
  assert.deepEqual(positionLabels(undefined, { tokens }).features, []);
});
