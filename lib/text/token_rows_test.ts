import assert from "node:assert/strict";
import { openTokenizer } from "../model/tokenizer.ts";
import { tokenRows } from "./token_rows.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
const options = { model: "the year 1732", what: "line", hint: "say less" };

Deno.test("tokenRows() stacks the tokens of sentences", () => {
  const sentences = ["the year 1741", "the war 1800"];
  const { data, shape } = tokenRows(tokenizer, sentences, options);
  assert.deepEqual(shape, [2, 4]);
  assert.deepEqual([...data], sentences.flatMap((text) => [...tokenizer.encode(text)]));
});

Deno.test("tokenRows() names the sentence of another length than the model's", () => {
  const sentences = ["the year 1741", "the long year 1741"];
  assert.throws(() => tokenRows(tokenizer, sentences, options), {
    code: "E-PROMPTS",
    message: 'Cannot tokenize line "the long year 1741": 5 tokens, expected 4 tokens, as "the ' +
      'year 1732"',
    hint: "say less",
  });
});
