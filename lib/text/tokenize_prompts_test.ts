import assert from "node:assert/strict";
import { openTokenizer } from "../model/tokenizer.ts";
import type { LabelLine, YearLine } from "./prompt_lines.ts";
import { tokenizePrompts } from "./tokenize_prompts.ts";
import { makeYearPrompts } from "./year_prompts.ts";

const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
const SOURCE = { path: "prompts.jsonl", tokenizer };
const GOOD = "Mary and John came, John gave it to";
const BAD = "Mary and John came, Mary gave it to";

function labelLine(line: number, changes: Partial<LabelLine> = {}): LabelLine {
  return { line, good: GOOD, bad: BAD, right: [" Mary"], wrong: [" John"], ...changes };
}

Deno.test("tokenizePrompts() gives the prompts that the draw gives, from their text", () => {
  const drawn = makeYearPrompts(tokenizer, { count: 5, seed: 2 });
  const [N, T] = drawn.goodTokens.shape as [number, number];
  const text = (tokens: Int32Array, n: number) =>
    tokenizer.decode(tokens.subarray(n * T, (n + 1) * T));
  const lines = Array.from({ length: N }, (_, n): YearLine => ({
    line: n + 1,
    good: text(drawn.goodTokens.data, n),
    bad: text(drawn.badTokens.data, n),
    year: drawn.YY.data[n]!,
  }));
  assert.deepEqual(tokenizePrompts(SOURCE, { kind: "year", lines }), drawn);
});

Deno.test("tokenizePrompts() lists each label once, and its sign in every row", () => {
  const read = tokenizePrompts(SOURCE, {
    kind: "label",
    lines: [labelLine(1), labelLine(2, { right: [" John"], wrong: [" Tom", " Mary"] })],
  });
  assert.ok("labelSigns" in read);
  const ids = [" Mary", " John", " Tom"].map((label) => tokenizer.encode(label)[0]!);
  assert.deepEqual([...read.labelTokenIds.data], ids);
  assert.deepEqual(read.labelSigns, { data: Int32Array.of(1, -1, 0, -1, 1, -1), shape: [2, 3] });
  const T = tokenizer.encode(GOOD).length;
  assert.deepEqual(read.goodTokens.shape, [2, T]);
  assert.deepEqual(read.goodTokens.data.subarray(0, T), tokenizer.encode(GOOD));
  assert.deepEqual(read.badTokens.data.subarray(T), tokenizer.encode(BAD));
});

Deno.test("tokenizePrompts() names the line that is wrong, and how", () => {
  const refused: [LabelLine, string][] = [
    [
      labelLine(7, { bad: "Mary and John came, Mary gave it all to" }),
      "line 7 of .+: good of 10 tokens and bad of 11, expected equally many",
    ],
    [
      labelLine(7, { good: `${GOOD} the`, bad: `${BAD} the` }),
      "line 7 of .+: 11 tokens, expected 10, as in line 3",
    ],
    [labelLine(7, { bad: GOOD }), "line 7 of .+: good equal to bad, expected prompts that differ"],
    [
      labelLine(7, { wrong: [" Robert"] }),
      'line 7 of .+: label " Robert" of 3 tokens "ĠR" "o" "bert", expected one token of this',
    ],
    [labelLine(7, { wrong: [" Mary"] }), 'line 7 of .+: label " Mary" twice, expected each label'],
    [labelLine(7, { right: [" Mary", " Mary"] }), 'line 7 of .+: label " Mary" twice, expected'],
  ];
  for (const [line, message] of refused) {
    assert.throws(() => tokenizePrompts(SOURCE, { kind: "label", lines: [labelLine(3), line] }), {
      code: "E-PROMPTS",
      message: new RegExp(`^Cannot use ${message}`),
    });
  }
});

Deno.test("tokenizePrompts() refuses years of a tokenizer without two-digit tokens", () => {
  const encode = (text: string) =>
    /^\d\d$/.test(text) ? Int32Array.of(1, 2) : tokenizer.encode(text);
  const lines = [{ line: 1, good: GOOD, bad: BAD, year: 5 }];
  assert.throws(
    () =>
      tokenizePrompts({ path: "x", tokenizer: { ...tokenizer, encode } }, { kind: "year", lines }),
    { code: "E-TOKENIZER" },
  );
});

Deno.test("tokenizePrompts() refuses prompts of no token at all", () => {
  const none = { ...tokenizer, encode: () => new Int32Array() };
  assert.throws(
    () => tokenizePrompts({ path: "x", tokenizer: none }, { kind: "label", lines: [labelLine(4)] }),
    /Cannot use line 4 of "x": 0 tokens, expected a prompt of at least one token/,
  );
});
