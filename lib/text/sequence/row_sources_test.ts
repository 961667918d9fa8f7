import assert from "node:assert/strict";
import type { TextTokenizer } from "../../model/tokenizer.ts";
import { rowSources } from "./row_sources.ts";

/** One token for the years named, two for the others. */
function keepingWhole(...years: string[]): TextTokenizer {
  return {
    files: [],
    tokens: () => [],
    encode: (text) => years.includes(text.slice(1)) ? Int32Array.of(1) : Int32Array.of(1, 2),
    decode: () => "",
    idOf: () => undefined,
  };
}

const YEARS = ["702", "703", "704", "705"];

Deno.test("rowSources() is each row itself where every year is split", () => {
  assert.deepEqual(rowSources(keepingWhole(), YEARS), [0, 1, 2, 3]);
});

Deno.test("rowSources() sends a whole year to the next row, past whole years there", () => {
  assert.deepEqual(rowSources(keepingWhole("702"), YEARS), [1, 1, 2, 3]);
  assert.deepEqual(rowSources(keepingWhole("703", "704"), YEARS), [0, 3, 3, 3]);
});

Deno.test("rowSources() refuses a whole year that no split one follows", () => {
  assert.throws(() => rowSources(keepingWhole("704", "705"), YEARS), {
    code: "E-PROMPTS",
    message: 'Cannot replace year "704": one token, and so is every later year, expected a later ' +
      "year of two tokens",
  });
});
