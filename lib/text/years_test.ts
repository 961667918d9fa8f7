import assert from "node:assert/strict";
import fc from "fast-check";
import type { TextTokenizer } from "../model/tokenizer.ts";
import { centuryOf, twoDigits, twoTokenYears, validYears, yearTokenIds } from "./years.ts";

/** Splits a year after its century, except the years it is told to keep whole or to cut elsewhere. */
function splitting(odd: Record<number, string[]> = {}): TextTokenizer {
  const tokens = (text: string) => {
    const year = Number(text);
    return odd[year] ?? [text.slice(0, -2), text.slice(-2)];
  };
  return {
    files: [],
    tokens,
    encode: (text) => Int32Array.of(Number(text)),
    decode: () => "",
    idOf: () => undefined,
  };
}

Deno.test("centuryOf() and twoDigits() split a year as it is written", () => {
  assert.deepEqual([1000, 1732, 1899].map(centuryOf), [10, 17, 18]);
  assert.deepEqual([1700, 1707, 1732].map(twoDigits), ["00", "07", "32"]);
});

Deno.test("twoTokenYears() keeps what is two tokens, the second of two characters", () => {
  const tokenizer = splitting({ 1701: ["1701"], 1702: ["1", "702"], 1703: ["17", "0", "3"] });
  assert.deepEqual(twoTokenYears(tokenizer, 1700, 1706), [1700, 1704, 1705]);
});

Deno.test("validYears() drops the first and last kept year of each century", () => {
  const tokenizer = splitting({ 1700: ["1700"], 1703: ["1703"], 1800: ["1800"] });
  const years = validYears(tokenizer, 1697, 1804);
  assert.deepEqual(years.filter((year) => year < 1710), [
    1698,
    1702,
    1704,
    1705,
    1706,
    1707,
    1708,
    1709,
  ]);
  assert.deepEqual(years.filter((year) => year > 1795), [1796, 1797, 1798, 1802]);
});

Deno.test("validYears() of any gaps is each century's kept years without its ends", () => {
  const gaps = fc.uniqueArray(fc.integer({ min: 1680, max: 1930 }), { maxLength: 240 });
  fc.assert(fc.property(gaps, (odd) => {
    const tokenizer = splitting(Object.fromEntries(odd.map((year) => [year, [String(year)]])));
    const kept = Array.from({ length: 251 }, (_, i) => 1680 + i).filter((y) => !odd.includes(y));
    const expected = [...Map.groupBy(kept, centuryOf).values()]
      .flatMap((century) => century.slice(1, -1));
    assert.deepEqual(validYears(tokenizer, 1680, 1931), expected);
  }));
});

Deno.test("validYears() is empty for a century of one or two years, and for no years", () => {
  assert.deepEqual(validYears(splitting(), 1710, 1712), []);
  assert.deepEqual(validYears(splitting(), 1710, 1710), []);
  assert.deepEqual(validYears(splitting(), 1710, 1700), []);
  assert.deepEqual(validYears(splitting(), 1710, 1713), [1711]);
});

Deno.test("yearTokenIds() gives the ids of 00 to 99, in order", () => {
  assert.deepEqual([...yearTokenIds(splitting())], Array.from({ length: 100 }, (_, year) => year));
});

Deno.test("yearTokenIds() refuses a tokenizer that splits two digits", () => {
  const tokenizer = { ...splitting(), encode: () => Int32Array.of(1, 2) };
  assert.throws(() => yearTokenIds(tokenizer), { code: "E-TOKENIZER" });
});
