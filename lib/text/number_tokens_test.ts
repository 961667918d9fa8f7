import assert from "node:assert/strict";
import { tokenNumbers } from "./number_tokens.ts";

const TEXTS = [" 17", "17", " 117", "117", " 05", " the", "", " ", "1a", " 1.5", " ²", "9"];

let decoded = 0;
const tokenizer = {
  decode: (ids: Iterable<number>) => {
    decoded++;
    return [...ids].map((id) => TEXTS[id] ?? "").join("");
  },
};

Deno.test("tokenNumbers() reads digits after the space marker, and 0 from all else", () => {
  const numberOf = tokenNumbers(tokenizer, { skip: 1 });
  assert.deepEqual(TEXTS.map((_, id) => numberOf(id)), [17, 7, 117, 17, 5, 0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("tokenNumbers() reads whole tokens when nothing is left out", () => {
  const numberOf = tokenNumbers(tokenizer, { skip: 0 });
  assert.deepEqual(TEXTS.map((_, id) => numberOf(id)), [0, 17, 0, 117, 0, 0, 0, 0, 0, 0, 0, 9]);
});

Deno.test("tokenNumbers() decodes each token once, and takes ids the tokenizer lacks as 0", () => {
  const numberOf = tokenNumbers(tokenizer, { skip: 1 });
  const before = decoded;
  assert.deepEqual([numberOf(0), numberOf(0), numberOf(99_999)], [17, 17, 0]);
  assert.equal(decoded - before, 2);
});
