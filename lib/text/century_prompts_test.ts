import assert from "node:assert/strict";
import { openTokenizer } from "../model/tokenizer.ts";
import { cutCentury } from "./century_prompts.ts";
import { tokenNumbers } from "./number_tokens.ts";
import { makeYearPrompts } from "./year_prompts.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
const numberOf = tokenNumbers(tokenizer, { skip: 1 });
const prompts = makeYearPrompts(tokenizer, { count: 30, seed: 6, balanced: false });

Deno.test("cutCentury() takes the last token off and reads it", () => {
  const { tokens, XX } = cutCentury(prompts, numberOf);
  assert.deepEqual([tokens.shape, XX.length], [[30, 12], 30]);
  for (let n = 0; n < 30; n++) {
    const whole = prompts.goodTokens.data.subarray(n * 13, n * 13 + 13);
    assert.deepEqual(tokens.data.subarray(n * 12, n * 12 + 12), whole.subarray(0, 12));
    const text = tokenizer.decode(whole);
    assert.match(text, new RegExp(`the year ${XX[n]}\\d\\d to the year ${XX[n]}$`));
  }
  assert.ok(new Set(XX).size > 4);
});

Deno.test("cutCentury() refuses prompts that do not end in a century", () => {
  const ending = (text: string) => {
    const data = tokenizer.encode(`in the year${text}`);
    return { goodTokens: { data, shape: [1, data.length] } };
  };
  assert.equal(cutCentury(ending(" 18"), numberOf).XX[0], 18);
  for (const [text, is] of [[" the", "that is no number"], [" 19", "for 19"], ["17", "for 7"]]) {
    assert.throws(() => cutCentury(ending(text!), numberOf), {
      code: "E-PROMPTS",
      message: new RegExp(`^Cannot cut the century off "prompt 0": a last token ${is}, expected`),
    });
  }
});
