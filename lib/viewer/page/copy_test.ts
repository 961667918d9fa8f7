import assert from "node:assert/strict";
import { toTsv } from "./copy.ts";

Deno.test("toTsv() keeps a token in its cell when it holds a tab or a line's end", () => {
  const text = toTsv([["a", "b"], ["x\ty\n", 0.1], [null, NaN], ['plain "quote"', undefined]]);
  assert.equal(text, 'a\tb\n"x\\ty\\n"\t0.1\n\t\nplain "quote"\t\n');
});
