import assert from "node:assert/strict";
import { quote } from "./quote.ts";

Deno.test("quote() escapes what a terminal would obey", () => {
  assert.equal(quote("plain.weight"), '"plain.weight"');
  assert.equal(quote("\u001b[31m\n\u202e\u009b"), '"\\u{1b}[31m\\u{a}\\u{202e}\\u{9b}"');
  assert.equal(quote('a"b\\c\ud800'), '"a\\"b\\\\c\\u{d800}"');
});

Deno.test("quote() cuts long names", () => {
  assert.equal(quote("x".repeat(10_000)), `"${"x".repeat(120)}…"`);
});
