import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import { ExactSums } from "./exact_sums.ts";

function part(
  identity: string,
  blocks: Readonly<Record<number, number>>,
  shift = 0.1,
): ExactSums {
  const sums = new ExactSums(identity);
  sums.fix("shift", Float64Array.of(shift));
  for (const [block, value] of Object.entries(blocks)) {
    sums.add("x", [2], Float32Array.of(value, -value / 3));
    sums.countBlock(Number(block));
  }
  return sums;
}

function bytes(sums: ExactSums): Uint8Array {
  return Uint8Array.from([...encodeSafetensors(sums.toArrays())].flatMap((chunk) => [...chunk]));
}

Deno.test("ExactSums.merge() gives the bytes of one walk when blocks are shared out in any way", () => {
  const value = fc.float({ min: -1e4, max: 1e4, noNaN: true });
  const blocks = fc.array(fc.tuple(value, fc.nat({ max: 3 })), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(blocks, fc.boolean(), (given, isReversed) => {
    const whole = part("run", Object.fromEntries(given.map(([x], i) => [i, x])));
    const shards = [0, 1, 2, 3].map((shard) =>
      Object.fromEntries(given.flatMap(([x, of], i) => of === shard ? [[i, x]] : []))
    ).map((shard) => part("run", shard));
    const merged = ExactSums.merge(isReversed ? shards.toReversed() : shards);
    assert.deepEqual(bytes(merged), bytes(whole));
  }));
});

Deno.test("ExactSums.fromArrays() gives what toArrays() gave when it is written and read", () => {
  const sums = part("run", { 0: 1.7, 1: 2, 5: -8 });
  const again = ExactSums.fromArrays("run", sums.toArrays());
  assert.deepEqual(again.blocks(), [0, 2, 5, 6]);
  assert.deepEqual(bytes(again), bytes(sums));
});

Deno.test("ExactSums.merge() refuses parts when they do not belong together", () => {
  const error = { name: "NeuriteError", code: "E-SHARD" };
  assert.throws(() => ExactSums.merge([part("a", { 0: 1 }), part("b", { 1: 1 })]), error);
  assert.throws(() => ExactSums.merge([part("a", { 0: 1 }), part("a", { 0: 1 })]), error);
  const shifted = part("a", { 1: 1 }, 0.2);
  assert.throws(() => ExactSums.merge([part("a", { 0: 1 }), shifted]), error);
  const more = part("a", { 1: 1 });
  more.add("y", [1], Float64Array.of(1));
  assert.throws(() => ExactSums.merge([part("a", { 0: 1 }), more]), error);
});

Deno.test("fix() keeps an array that is given again and refuses another", () => {
  const sums = part("a", { 0: 1 });
  sums.fix("shift", Float64Array.of(0.1));
  const error = { name: "NeuriteError", code: "E-SHARD" };
  assert.throws(() => sums.fix("shift", Float64Array.of(0.2)), error);
  assert.throws(() => sums.fix("shift", Float64Array.of(0.1, 0.1)), error);
});

Deno.test("ExactSums.fromArrays() refuses arrays when they are no such state", () => {
  const error = { name: "NeuriteError", code: "E-SHARD" };
  const blocks = (...data: number[]) => ({
    blocks: { data: Int32Array.from(data), shape: [data.length / 2, 2] },
  });
  assert.throws(() => ExactSums.fromArrays("a", {}), error);
  assert.throws(() => ExactSums.fromArrays("a", blocks(3, 2)), error);
  assert.throws(() => ExactSums.fromArrays("a", blocks(0, 2, 1, 3)), error);
  assert.throws(() => ExactSums.fromArrays("a", blocks(0, 2 ** 31 - 1)), error);
  const other = { data: Float32Array.of(1), shape: [1] };
  assert.throws(() => ExactSums.fromArrays("a", { ...blocks(0, 1), "sum:x": other }), error);
});

Deno.test("isExact() is false when a sum left the range of the grid", () => {
  const sums = part("run", { 0: 1 });
  assert.ok(sums.isExact("x"));
  sums.add("x", [2], Float32Array.of(1e12, 0));
  assert.ok(!sums.isExact("x"));
  assert.ok(sums.isExact("y"));
});
