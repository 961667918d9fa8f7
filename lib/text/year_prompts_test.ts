import assert from "node:assert/strict";
import { openTokenizer, type TextTokenizer } from "../model/tokenizer.ts";
import { NOUNS } from "./nouns.ts";
import { makeYearPrompts, orderedYearPrompts, yearSentence } from "./year_prompts.ts";
import { validYears } from "./years.ts";

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

/** Splits at spaces, and years by a rule; ids are in the order of meeting. */
function splitting(splitYear: (year: string) => string[]): TextTokenizer {
  const vocab = new Map<string, number>();
  const idOf = (token: string) => {
    if (!vocab.has(token)) vocab.set(token, vocab.size);
    return vocab.get(token)!;
  };
  const tokens = (text: string) =>
    text.match(/ ?[^ ]+/g)!.flatMap((word) => /^ \d{4}$/.test(word) ? splitYear(word) : [word]);
  return {
    files: [],
    tokens,
    encode: (text) => Int32Array.from(tokens(text), idOf),
    decode: () => "",
    idOf,
  };
}

const halves = (year: string) => [year.slice(0, 3), year.slice(3)];

Deno.test("makeYearPrompts() of 490 has 02 to 06 six times and the others five times", () => {
  const counts = new Map<number, number>();
  const { YY } = makeYearPrompts(tokenizer);
  for (const yy of YY.data) counts.set(yy, (counts.get(yy) ?? 0) + 1);
  assert.equal(YY.data.length, 490);
  for (let yy = 2; yy <= 98; yy++) assert.equal(counts.get(yy), yy <= 6 ? 6 : 5, `YY ${yy}`);
});

Deno.test("makeYearPrompts() draws valid years of every century and the listed nouns", () => {
  const text = tokenizer.decode(makeYearPrompts(tokenizer, { count: 970 }).goodTokens.data);
  const sentence = /The (\w+) lasted from the year (\d{4}) to the year (\d\d)(?!\d)/g;
  const drawn = [...text.matchAll(sentence)].map(([, noun, year, century]) => {
    assert.equal(Math.floor(Number(year) / 100), Number(century));
    return { noun: noun!, year: Number(year) };
  });
  assert.equal(drawn.length, 970);
  const valid = new Set(validYears(tokenizer, 1000, 1900));
  for (const { year, noun } of drawn) assert.ok(valid.has(year) && NOUNS.includes(noun), `${year}`);
  assert.equal(new Set(drawn.map(({ year }) => Math.floor(year / 100))).size, 9);
  assert.ok(new Set(drawn.map(({ noun }) => noun)).size > 100);
});

Deno.test("makeYearPrompts() can leave out the end-of-text token", () => {
  const wanted = { count: 20, seed: 4 };
  const [rows, bare] = [true, false].map((endOfText) =>
    makeYearPrompts(tokenizer, { ...wanted, endOfText }).goodTokens
  );
  assert.deepEqual(bare!.shape, [20, 12]);
  for (let n = 0; n < 20; n++) {
    const [end, the, ...rest] = rows!.data.subarray(n * 13, (n + 1) * 13);
    const [first, ...others] = bare!.data.subarray(n * 12, (n + 1) * 12);
    assert.deepEqual(others, rest);
    assert.deepEqual([end, the, first], [0, tokenizer.idOf("ĠThe"), tokenizer.idOf("The")]);
  }
});

Deno.test("makeYearPrompts() keeps a bad year that is split elsewhere, as GPT-2's 1001", () => {
  const tokenizer = splitting((year) => year === " 1001" ? [" 100", "1"] : halves(year));
  const { goodTokens, badTokens } = makeYearPrompts(tokenizer, { count: 40, years: [1000, 1100] });
  assert.deepEqual(badTokens.shape, goodTokens.shape);
  const T = goodTokens.shape[1]!;
  const row = [...goodTokens.data.subarray(0, T)];
  const different = row.flatMap((id, t) => id === badTokens.data[t] ? [] : [t]);
  assert.deepEqual(different, [7, 8]);
});

Deno.test("makeYearPrompts() refuses bad prompts that are all longer than the good ones", () => {
  const tokenizer = splitting((year) => year === " 1701" ? [" 17", "0", "1"] : halves(year));
  assert.throws(() => makeYearPrompts(tokenizer, { count: 10, years: [1700, 1800] }), {
    code: "E-PROMPTS",
    message: /^Cannot tokenize prompt ".*1701 to the year 17": 14 tokens, expected 13 tokens, as/,
  });
});

Deno.test("makeYearPrompts() refuses a tokenizer that splits some noun", () => {
  const inner = splitting(halves);
  const tokenizer = {
    ...inner,
    encode: (text: string) => inner.encode(text.replace("voyage", "voy age")),
  };
  assert.throws(() => makeYearPrompts(tokenizer), { code: "E-PROMPTS", message: /14 tokens/ });
});

Deno.test("makeYearPrompts() refuses a tokenizer without two-digit tokens", () => {
  const inner = splitting(halves);
  const encode = (text: string) => /^\d\d$/.test(text) ? Int32Array.of(1, 2) : inner.encode(text);
  assert.throws(() => makeYearPrompts({ ...inner, encode }), { code: "E-TOKENIZER" });
});

Deno.test("yearSentence() writes the sentence of the paper", () => {
  assert.equal(
    yearSentence("war", 17, "32"),
    "The war lasted from the year 1732 to the year 17",
  );
});

Deno.test("orderedYearPrompts() has each year of its century once, with nouns by the seed", () => {
  const make = (seed: number, century: number) =>
    orderedYearPrompts(tokenizer, { seed, century, endOfText: false });
  const { goodTokens, badTokens, YY } = make(2, 12);
  assert.deepEqual([goodTokens.shape, badTokens.shape], [[97, 12], [97, 12]]);
  assert.deepEqual([...YY.data], Array.from({ length: 97 }, (_, n) => n + 2));
  assert.match(tokenizer.decode(goodTokens.data.subarray(0, 12)), /year 1202 to the year 12$/);
  assert.deepEqual(make(2, 12).goodTokens, goodTokens);
  assert.notDeepEqual(make(3, 12).goodTokens, goodTokens);
});

Deno.test("orderedYearPrompts() refuses a century with a year missing, and names it", () => {
  const tokenizer = splitting((year) =>
    year === " 1750" ? [year] : [year.slice(0, 3), year.slice(3)]
  );
  assert.throws(() => orderedYearPrompts(tokenizer), {
    code: "E-PROMPTS",
    message: /^Cannot order years with "1750": .* expected each year from 1702 to 1798 valid/,
  });
});
