import assert from "node:assert/strict";
import { hostArray } from "../../array.ts";
import { joinLevels, type LevelPart } from "./join_levels.ts";

/** Three rows, of which the first and the last begin alike. */
const [first, second] = [
  { from: 0, to: 2, rows: [0, 1], of: [0, 1, 0] },
  { from: 2, to: 3, rows: [0, 1, 2], of: [0, 1, 2] },
].map((level) => ({
  ...level,
  rows: Int32Array.from(level.rows),
  of: Int32Array.from(level.of),
  parents: new Int32Array(),
})) as [LevelPart["level"], LevelPart["level"]];

Deno.test("joinLevels() gives each row its positions level by level", () => {
  const parts = [
    { level: first, array: hostArray(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [4, 2]) },
    { level: second, array: hostArray(Float64Array.of(10, 11, 20, 21, 30, 31), [3, 2]) },
  ];
  assert.deepEqual(
    joinLevels(parts, { T: 3, outer: 1, width: 2, pad: 0 }),
    Float64Array.of(1, 2, 3, 4, 10, 11, 5, 6, 7, 8, 20, 21, 1, 2, 3, 4, 30, 31),
  );
});

Deno.test("joinLevels() pads the keys that a level does not have, head by head", () => {
  const parts = [
    {
      level: first,
      array: hostArray(Float32Array.from({ length: 16 }, (_, i) => i), [2, 2, 2, 2]),
    },
    {
      level: second,
      array: hostArray(Float32Array.from({ length: 18 }, (_, i) => 100 + i), [3, 2, 1, 3]),
    },
  ];
  const joined = joinLevels(parts, { T: 3, outer: 2, width: 3, pad: -Infinity });
  const row = (place: number) => [...joined.subarray(18 * place, 18 * (place + 1))];
  const pad = -Infinity;
  const heads = (at: number, after: number) =>
    [0, 1].flatMap((head) => {
      const [a, b] = [at + 4 * head, after + 3 * head];
      return [a, a + 1, pad, a + 2, a + 3, pad, b, b + 1, b + 2];
    });
  assert.deepEqual([row(0), row(1), row(2)], [heads(0, 100), heads(8, 106), heads(0, 112)]);
});
