import assert from "node:assert/strict";
import fc from "fast-check";
import { promptPositions } from "./prompt_positions.ts";

const ints = (rows: number[][]) => ({
  data: Int32Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length],
});
/** Token of year y is 100 + y. */
const yearTokenIds = { data: Int32Array.from({ length: 100 }, (_, y) => 100 + y), shape: [100] };

function positions(good: number[][], bad: number[][], years: number[]) {
  return promptPositions({
    goodTokens: ints(good),
    badTokens: ints(bad),
    YY: { data: Int32Array.from(years), shape: [years.length] },
    yearTokenIds,
  });
}

Deno.test("promptPositions() passes over a year that the bad prompt holds as well", () => {
  // `1733, 1745, 1733, 17` beside `1733, 1745, 1701, 17`.
  const good = [[17, 133, 17, 145, 17, 133, 17]];
  const bad = [[17, 133, 17, 145, 17, 101, 17]];
  assert.deepEqual(positions(good, bad, [33]), { END: 6, YY: 5 });
});

Deno.test("promptPositions() wants every bad prompt to differ at the position", () => {
  const good = [[1, 120, 120, 17], [1, 130, 130, 17]];
  const bad = [[1, 101, 101, 17], [1, 130, 101, 17]];
  assert.deepEqual(positions(good, bad, [20, 30]), { END: 3, YY: 2 });
});

Deno.test("promptPositions() refuses prompts without a common position, and looks before END", () => {
  const refuses = (good: number[][], bad: number[][], years: number[]) =>
    assert.throws(() => positions(good, bad, years), {
      code: "E-PROMPTS",
      message:
        /no position at which all \d good prompts, and no bad one, hold their own start year/,
      hint: "see docs/prompts.md for what a prompt file holds",
    });
  refuses([[1, 120, 2], [120, 1, 2]], [[1, 101, 2], [101, 1, 2]], [20, 20]);
  refuses([[1, 120, 2]], [[1, 120, 3]], [20]);
  refuses([[1, 2, 120]], [[1, 2, 101]], [20]);
});

Deno.test("promptPositions() is a position at which every pair differs and the year stands", () => {
  const token = fc.constantFrom(101, 120, 130);
  const pair = fc.tuple(fc.array(token, { minLength: 4, maxLength: 4 }), fc.constantFrom(20, 30));
  fc.assert(fc.property(fc.array(pair, { minLength: 1, maxLength: 4 }), fc.infiniteStream(token), (
    pairs,
    stream,
  ) => {
    const good = pairs.map(([row]) => row);
    const bad = good.map((row) => row.map(() => stream.next().value!));
    const years = pairs.map(([, year]) => year);
    const serves = (t: number) =>
      good.every((row, n) => row[t] === 100 + years[n]! && bad[n]![t] !== row[t]);
    const expected = [0, 1, 2].find(serves);
    if (expected === undefined) assert.throws(() => positions(good, bad, years));
    else assert.equal(positions(good, bad, years).YY, expected);
  }));
});
