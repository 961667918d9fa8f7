import assert from "node:assert/strict";
import { openTokenizer } from "../model/tokenizer.ts";
import { makeYearPrompts } from "./year_prompts.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");

Deno.test("makeYearPrompts() cycles YY from 02 to 98 when balanced", () => {
  const { YY, goodTokens, badTokens } = makeYearPrompts(tokenizer, { count: 200 });
  assert.deepEqual([...YY.data], Array.from({ length: 200 }, (_, i) => 2 + i % 97));
  assert.deepEqual(goodTokens.shape, [200, 13]);
  assert.deepEqual(badTokens.shape, [200, 13]);
});

Deno.test("makeYearPrompts() changes the start year and nothing else in the bad prompt", () => {
  const { YY, goodTokens, badTokens, yearTokenIds } = makeYearPrompts(tokenizer, { count: 97 });
  const [N, T] = goodTokens.shape as [number, number];
  for (let n = 0; n < N; n++) {
    const good = goodTokens.data.subarray(n * T, (n + 1) * T);
    const bad = badTokens.data.subarray(n * T, (n + 1) * T);
    const different = [...good.keys()].filter((t) => good[t] !== bad[t]);
    assert.deepEqual(different, [8], `prompt ${n}`);
    assert.equal(bad[8], yearTokenIds.data[1]);
    assert.equal(good[8], yearTokenIds.data[YY.data[n]!]);
    assert.equal(good[7], good[12], "the century stands twice");
  }
});

Deno.test("makeYearPrompts() writes the sentence of the paper", () => {
  const { goodTokens, badTokens } = makeYearPrompts(tokenizer, { count: 1, years: [1700, 1800] });
  const pattern = /^<\|endoftext\|> The [a-z]+ lasted from the year 17(\d\d) to the year 17$/;
  assert.equal(pattern.exec(tokenizer.decode(goodTokens.data))?.[1], "02");
  assert.equal(pattern.exec(tokenizer.decode(badTokens.data))?.[1], "01");
});

Deno.test("makeYearPrompts() gives the same prompts when the seed is the same", () => {
  const draw = (seed: number, balanced: boolean) =>
    makeYearPrompts(tokenizer, { count: 60, seed, balanced }).goodTokens.data;
  for (const balanced of [true, false]) {
    assert.deepEqual(draw(3, balanced), draw(3, balanced));
    assert.notDeepEqual(draw(3, balanced), draw(4, balanced));
  }
});

Deno.test("makeYearPrompts() draws only 02 to 98 when years are uniform", () => {
  const { YY } = makeYearPrompts(tokenizer, { count: 3000, balanced: false });
  const seen = [...new Set(YY.data)].sort((a, b) => a - b);
  assert.equal(seen.length, 97);
  assert.deepEqual([seen[0], seen.at(-1)], [2, 98]);
});

Deno.test("makeYearPrompts() refuses a range without valid years", () => {
  assert.throws(() => makeYearPrompts(tokenizer, { years: [1700, 1701] }), { code: "E-PROMPTS" });
  assert.throws(() => makeYearPrompts(tokenizer, { count: 0 }), { code: "E-PROMPTS" });
});
