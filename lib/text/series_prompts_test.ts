import assert from "node:assert/strict";
import { gpt2Tokenizer } from "../../tests/gpt2_tokenizer.ts";
import { openTokenizer, type TextTokenizer } from "../model/tokenizer.ts";
import { drawSeries } from "./series_prompts.ts";
import { centuryOf, twoDigits } from "./years.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");

/** The same tokenizer, but some years are one token at the start of a text. */
function joining(isJoined: (year: number) => boolean): TextTokenizer {
  return {
    ...tokenizer,
    tokens: (text) => tokenizer.tokens(text),
    encode: (text) => {
      const year = /^\d{4}(?=,|$)/.exec(text)?.[0];
      const ids = tokenizer.encode(text);
      return year && isJoined(Number(year)) ? Int32Array.of(7, ...ids.subarray(2)) : ids;
    },
  };
}

Deno.test("drawSeries() writes five years of a century and the start of a sixth", () => {
  const { texts, tokens, years, YY, redrawn, oddNext } = drawSeries(tokenizer, {
    count: 60,
    seed: 5,
  });
  assert.deepEqual([tokens.shape, years.shape, YY.shape], [[60, 16], [60, 5], [60]]);
  assert.deepEqual([redrawn, oddNext], [0, 0]);
  texts.forEach((text, row) => {
    const written = text.split(", ").map(Number);
    const century = written.pop()!;
    assert.deepEqual(written, [...years.data.subarray(5 * row, 5 * row + 5)]);
    assert.deepEqual(new Set(written.map(centuryOf)), new Set([century]));
    assert.equal(YY.data[row], written[4]! % 100);
    assert.deepEqual(tokens.data.subarray(16 * row, 16 * row + 16), tokenizer.encode(text));
  });
  assert.ok(YY.data.every((yy) => yy >= 1 && yy <= 98));
});

Deno.test("drawSeries() draws again what is one token in first place, and nothing else", () => {
  const isJoined = (year: number) => year % 100 < 50;
  const options = { count: 80, seed: 1 };
  const plain = drawSeries(tokenizer, options);
  const { years, redrawn, tokens } = drawSeries(joining(isJoined), options);
  assert.deepEqual(tokens.shape, [80, 16]);
  const firsts = [...years.data].filter((_, i) => i % 5 === 0);
  assert.deepEqual(firsts.filter(isJoined), []);
  const changed = [...years.data.keys()].filter((i) => years.data[i] !== plain.years.data[i]);
  assert.ok(changed.every((i) => i % 5 === 0 && isJoined(plain.years.data[i]!)));
  assert.equal(redrawn, changed.length);
  assert.ok(redrawn > 0);
  changed.forEach((i) => {
    assert.equal(centuryOf(years.data[i]!), centuryOf(plain.years.data[i]!));
  });
});

Deno.test("drawSeries() counts the rows whose next year is written otherwise", () => {
  const isOdd = (text: string) => text.startsWith(" ") && twoDigits(Number(text)) === "60";
  const odd = {
    ...tokenizer,
    tokens: (text: string) => isOdd(text) ? [text] : tokenizer.tokens(text),
    encode: (text: string) => isOdd(text) ? Int32Array.of(7) : tokenizer.encode(text),
  };
  const { YY, oddNext } = drawSeries(odd, { count: 400, seed: 0 });
  assert.equal(oddNext, YY.data.filter((yy) => yy === 59).length);
  assert.ok(oddNext > 0);
  assert.ok(!YY.data.includes(60));
});

Deno.test("drawSeries() refuses a century that no series can start in", () => {
  assert.throws(() => drawSeries(joining(() => true), { count: 1, seed: 0 }), {
    code: "E-PROMPTS",
    message: /^Cannot start a series in "century 1\d": no valid year that is two tokens without/,
  });
});

Deno.test("drawSeries() keeps GPT-2's 1027 out of first place, and leaves it elsewhere", () => {
  const { years, tokens, redrawn, oddNext, YY } = drawSeries(gpt2Tokenizer, {
    count: 4000,
    seed: 0,
  });
  assert.deepEqual(tokens.shape, [4000, 16]);
  const places = [...years.data.keys()].filter((i) => years.data[i] === 1027).map((i) => i % 5);
  assert.ok(places.length > 0 && !places.includes(0));
  // One row in 768 starts with it.
  assert.ok(redrawn > 0 && redrawn < 20, String(redrawn));
  assert.ok(oddNext > 0 && YY.data.every((yy) => yy >= 2 && yy <= 98));
});
