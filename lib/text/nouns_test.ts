import assert from "node:assert/strict";
import { openTokenizer } from "../model/tokenizer.ts";
import { NOUNS } from "./nouns.ts";

Deno.test("NOUNS are the 120 different nouns of the paper's sentences", () => {
  assert.equal(NOUNS.length, 120);
  assert.equal(new Set(NOUNS).size, 120);
  assert.deepEqual(NOUNS.filter((noun) => !/^[a-z]+$/.test(noun)), []);
  assert.deepEqual(NOUNS, NOUNS.toSorted());
  assert.deepEqual([NOUNS[0], NOUNS.at(-1)], ["abduction", "work"]);
});

Deno.test("each of NOUNS is one token after a space, so that all sentences are equally long", async () => {
  const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
  assert.deepEqual(NOUNS.filter((noun) => tokenizer.encode(` ${noun}`).length !== 1), []);
});
