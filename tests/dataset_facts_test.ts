/**
 * What is known of the greater-than dataset with GPT-2's tokenizer (spec/greater_than sections 1 and
 * 6), each counted there by running the original.
 */
import assert from "node:assert/strict";
import { NOUNS } from "../lib/text/nouns.ts";
import { makeYearPrompts, orderedYearPrompts } from "../lib/text/year_prompts.ts";
import { centuryOf, twoTokenYears, validYears, yearTokenIds } from "../lib/text/years.ts";
import { gpt2Tokenizer } from "./gpt2_tokenizer.ts";

const EXAMPLE = [50256, 383, 1175, 15436, 422, 262, 614, 1596, 2624, 284, 262, 614, 1596];

/** From `first` to `last`, both included. */
function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Raw and kept years, the first and last YY kept, and the YY of 02..98 that are not. */
const CENTURIES: Record<number, [number, number, [number, number], number[]]> = {
  10: [76, 74, [21, 98], [...span(2, 20), 24, 50, 70, 80]],
  11: [55, 53, [10, 88], [
    ...span(2, 9),
    11,
    ...span(13, 18),
    ...span(20, 29),
    ...span(51, 59),
    ...span(89, 98),
  ]],
  12: [98, 96, [2, 98], [80]],
  13: [91, 89, [10, 98], span(2, 9)],
  14: [98, 96, [2, 98], [40]],
  15: [91, 89, [10, 98], span(2, 9)],
  16: [99, 97, [2, 98], []],
  17: [99, 97, [2, 98], []],
  18: [79, 77, [2, 92], [
    ...[30, 40, 50, 60, 61, 62, 63, 65, 70, 80, 86, 88, 89, 90],
    ...span(93, 98),
  ]],
};

Deno.test("GPT-2's tokenizer gives the ids of the example", () => {
  const text = "<|endoftext|> The war lasted from the year 1732 to the year 17";
  assert.deepEqual([...gpt2Tokenizer.encode(text)], EXAMPLE);
  assert.equal(gpt2Tokenizer.decode(EXAMPLE), text);
  assert.deepEqual(gpt2Tokenizer.tokens(" 1732"), ["Ġ17", "32"]);
  const bare = text.replace("<|endoftext|> ", "");
  assert.deepEqual([...gpt2Tokenizer.encode(bare).subarray(1)], EXAMPLE.slice(2));
});

Deno.test("validYears() of GPT-2 are 768 of 786 from 1000 to 1899, by century", () => {
  const raw = twoTokenYears(gpt2Tokenizer, 1000, 1900);
  const kept = validYears(gpt2Tokenizer, 1000, 1900);
  assert.deepEqual([raw.length, kept.length], [786, 768]);
  for (const [century, [rawCount, keptCount, ends, gaps]] of Object.entries(CENTURIES)) {
    const of = (years: number[]) => years.filter((year) => centuryOf(year) === Number(century));
    const YY = of(kept).map((year) => year % 100);
    assert.deepEqual([of(raw).length, YY.length], [rawCount, keptCount], century);
    assert.deepEqual([YY[0], YY.at(-1)], ends, century);
    assert.deepEqual(span(2, 98).filter((year) => !YY.includes(year)), gaps, century);
  }
});

Deno.test("validYears() of GPT-2 leave 5 to 9 years for each YY from 02 to 98", () => {
  const pools = Map.groupBy(validYears(gpt2Tokenizer, 1000, 1900), (year) => year % 100);
  assert.deepEqual([...pools.keys()].sort((a, b) => a - b), span(2, 98));
  const sizes = span(2, 98).map((yy) => pools.get(yy)!.length);
  assert.deepEqual(sizes.slice(0, 8), Array(8).fill(5));
  assert.deepEqual([Math.min(...sizes), Math.max(...sizes)], [5, 9]);
});

Deno.test("validYears() of GPT-2 are as many as counted in wider ranges", () => {
  const counts = (start: number, end: number) => [
    twoTokenYears(gpt2Tokenizer, start, end).length,
    validYears(gpt2Tokenizer, start, end).length,
  ];
  assert.deepEqual(counts(1000, 2150), [863, 841]);
  assert.deepEqual(counts(1000, 10_000), [4680, 4502]);
  const all = twoTokenYears(gpt2Tokenizer, 1000, 10_000);
  assert.deepEqual([all[0], all.at(-1)], [1020, 9988]);
});

Deno.test("yearTokenIds() of GPT-2 are the original's", () => {
  const ids = [...yearTokenIds(gpt2Tokenizer)];
  assert.deepEqual(
    ids.slice(0, 12),
    [405, 486, 2999, 3070, 3023, 2713, 3312, 2998, 2919, 2931, 940, 1157],
  );
  assert.deepEqual(ids.slice(-3), [5607, 4089, 2079]);
  assert.deepEqual([Math.min(...ids), Math.max(...ids), new Set(ids).size], [405, 6659, 100]);
});

Deno.test("each of NOUNS is one token of GPT-2 after a space", () => {
  assert.deepEqual(NOUNS.filter((noun) => gpt2Tokenizer.encode(` ${noun}`).length !== 1), []);
});

Deno.test("makeYearPrompts() has bad prompts that differ in the year, and in 1001 twice", () => {
  const { goodTokens, badTokens, YY, yearTokenIds } = makeYearPrompts(gpt2Tokenizer, {
    count: 2000,
    balanced: false,
  });
  assert.deepEqual([...gpt2Tokenizer.encode(" 1001")], [1802, 16]);
  assert.deepEqual(goodTokens.shape, [2000, 13]);
  let tens = 0;
  YY.data.forEach((yy, n) => {
    const good = [...goodTokens.data.subarray(n * 13, n * 13 + 13)];
    const bad = [...badTokens.data.subarray(n * 13, n * 13 + 13)];
    assert.equal(good[8], yearTokenIds.data[yy]);
    // 838 is " 10".
    const ten = good[12] === 838;
    tens += Number(ten);
    assert.deepEqual(good.flatMap((id, t) => id === bad[t] ? [] : [t]), ten ? [7, 8] : [8]);
    assert.deepEqual(bad.slice(7, 9), ten ? [1802, 16] : [good[7], 486]);
  });
  assert.ok(tens > 0);
});

Deno.test("makeYearPrompts() of 200 and of 490 cycle YY", () => {
  for (const [count, often, rest, until] of [[200, 3, 2, 7], [490, 6, 5, 6]] as const) {
    const { YY } = makeYearPrompts(gpt2Tokenizer, { count });
    const counts = span(2, 98).map((yy) => YY.data.filter((each) => each === yy).length);
    assert.deepEqual(counts, span(2, 98).map((yy) => yy <= until ? often : rest));
  }
});

Deno.test("makeYearPrompts() draws century 10 as often as the original", () => {
  const valid = validYears(gpt2Tokenizer, 1000, 1900);
  const tens = (years: number[]) => years.filter((year) => centuryOf(year) === 10).length;
  const pools = [...Map.groupBy(valid, (year) => year % 100).values()];
  const expected = {
    uniform: tens(valid) / valid.length,
    balanced: pools.reduce((sum, pool) => sum + tens(pool) / pool.length, 0) / pools.length,
  };
  assert.equal(expected.uniform.toFixed(3), "0.096");
  assert.equal(expected.balanced.toFixed(3), "0.092");
  for (const [name, share] of Object.entries(expected)) {
    const balanced = name === "balanced";
    const { goodTokens: { data } } = makeYearPrompts(gpt2Tokenizer, { count: 9700, balanced });
    const drawn = span(0, 9699).filter((n) => data[n * 13 + 12] === 838).length / 9700;
    // Four standard errors of a binomial share.
    const slack = 4 * Math.sqrt(share * (1 - share) / 9700);
    assert.ok(Math.abs(drawn - share) < slack, `${name} ${drawn}, expected ${share} ± ${slack}`);
  }
});

Deno.test("orderedYearPrompts() of GPT-2 are 1702 to 1798, with and without the end of text", () => {
  for (const [endOfText, T] of [[true, 13], [false, 12]] as const) {
    const { goodTokens, YY } = orderedYearPrompts(gpt2Tokenizer, { endOfText });
    assert.deepEqual([goodTokens.shape, [...YY.data]], [[97, T], span(2, 98)]);
    for (let n = 0; n < 97; n++) {
      const row = goodTokens.data.subarray(n * T, n * T + T);
      const year = `from the year ${1702 + n} to the year 17`;
      assert.ok(gpt2Tokenizer.decode(row).endsWith(year), `row ${n}`);
    }
  }
});

Deno.test("orderedYearPrompts() names the year that GPT-2 does not allow", () => {
  const refused: [number, string][] = [[10, "1002"], [12, "1280"], [15, "1502"], [18, "1830"]];
  for (const [century, year] of refused) {
    assert.throws(() => orderedYearPrompts(gpt2Tokenizer, { century }), {
      code: "E-PROMPTS",
      message:
        `Cannot order years with "${year}": not two tokens, or the first or last such year ` +
        `of its century, expected each year from ${century}02 to ${century}98 valid for this tokenizer`,
    });
  }
});
