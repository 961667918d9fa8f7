import assert from "node:assert/strict";
import { yearPosition } from "./year_position.ts";

const ints = (rows: number[][]) => ({
  data: Int32Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length],
});
/** Token of year y is 100 + y. */
const yearTokenIds = { data: Int32Array.from({ length: 100 }, (_, y) => 100 + y), shape: [100] };

function position(good: number[][], bad: number[][], written: number[]): number {
  return yearPosition(
    { goodTokens: ints(good), badTokens: ints(bad), yearTokenIds, written },
    "task 3",
  );
}

Deno.test("yearPosition() is where good prompts hold their year and bad ones do not", () => {
  const good = [[1, 120, 2, 120, 17], [1, 130, 2, 130, 17]];
  const bad = [[1, 120, 5, 101, 17], [1, 130, 5, 101, 17]];
  assert.equal(position(good, bad, [20, 30]), 3);
});

Deno.test("yearPosition() refuses rows whose years stand at different positions", () => {
  const good = [[1, 120, 2], [1, 2, 130]];
  const bad = [[1, 101, 2], [1, 2, 101]];
  assert.throws(() => position(good, bad, [20, 30]), {
    code: "E-PROMPTS",
    message: /^Cannot find the year in the prompts of "task 3": no position at which all 2 good/,
  });
});

Deno.test("yearPosition() refuses a bad prompt that is the good one", () => {
  assert.throws(() => position([[1, 120, 2]], [[1, 120, 2]], [20]), { code: "E-PROMPTS" });
});

Deno.test("yearPosition() looks before the last position, where the answer is read", () => {
  assert.throws(() => position([[1, 2, 120]], [[1, 2, 101]], [20]), { code: "E-PROMPTS" });
});

Deno.test("yearPosition() looks for what is written, not for another year", () => {
  assert.throws(() => position([[1, 121, 2]], [[1, 101, 2]], [20]), { code: "E-PROMPTS" });
  assert.equal(position([[1, 121, 2]], [[1, 101, 2]], [21]), 1);
});
