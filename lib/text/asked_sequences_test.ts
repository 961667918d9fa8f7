import assert from "node:assert/strict";
import { openTokenizer } from "../model/tokenizer.ts";
import { askedSequences, checkSequenceIds } from "./asked_sequences.ts";
import { makeSequencePrompts } from "./sequence_tasks.ts";

const embedded = await openTokenizer("cache/models/tiny-gpt2-a");

Deno.test("checkSequenceIds() takes tasks that are there, each once", () => {
  checkSequenceIds([9, 0, 4]);
  for (
    const [ids, is] of [[[], /an empty list/], [[3, 10], / 10,/], [[3, 3], / 3 twice/]] as const
  ) {
    assert.throws(() => checkSequenceIds(ids), { code: "E-USAGE", message: is });
  }
});

Deno.test("askedSequences() makes each task's own prompts", () => {
  const { made, refused } = askedSequences(embedded, [8, 0], { seed: 2 });
  assert.deepEqual(made.map(({ id }) => id), [8, 0]);
  assert.deepEqual(made[0]!.prompts, makeSequencePrompts(embedded, 8, { seed: 2 }));
  assert.deepEqual(refused, {});
});

Deno.test("askedSequences() leaves out what the tokenizer cannot do, and refuses when that is all", () => {
  // The embedded tokenizer does not split three digits after the first.
  const { made, refused } = askedSequences(embedded, [7, 0]);
  assert.deepEqual(made.map(({ id }) => id), [0]);
  assert.deepEqual(Object.keys(refused), ["7"]);
  assert.match(refused["7"]!, /task 7, years BC/);
  assert.throws(() => askedSequences(embedded, [7]), { code: "E-PROMPTS" });
});
