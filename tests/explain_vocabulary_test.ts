// The rule features of GPT-2's whole vocabulary beside Python's own str methods
// (tests/fixtures/vocabulary/README.md).
import assert from "node:assert/strict";
import { ruleFeatures } from "../lib/neuron/vocabulary/features.ts";
import { strip } from "../lib/neuron/vocabulary/python_text.ts";
import { integralValue, tokenText } from "../lib/neuron/vocabulary/rules.ts";
import { sha256 } from "../lib/store/hash.ts";
import { gpt2Strings } from "./gpt2_vocabulary.ts";

interface Golden {
  readonly tokens: number;
  readonly "strings_sha256": string;
  readonly "normal_forms_sha256": string;
  readonly "integral_value": { readonly count: number; readonly sum: number };
  readonly columns: Readonly<Record<string, { readonly count: number; readonly sha256: string }>>;
}

const GOLDEN: Golden = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/vocabulary/gpt2_columns.json", import.meta.url)),
);
const STRINGS = gpt2Strings();

function listHash(texts: readonly string[]): string {
  return sha256(JSON.stringify(texts));
}

Deno.test("GPT-2's tokens decode alone as Python decodes them when bytes are no whole character", () => {
  assert.equal(STRINGS.length, GOLDEN.tokens);
  assert.equal(listHash(STRINGS), GOLDEN.strings_sha256);
  assert.equal(
    listHash(STRINGS.map((string) => strip(string.toLowerCase()))),
    GOLDEN.normal_forms_sha256,
  );
});

Deno.test("ruleFeatures() gives all 207 columns of GPT-2's vocabulary as Python does, token by token", () => {
  const features = ruleFeatures(STRINGS);
  const found = Object.fromEntries(features.map(({ name, holds }) => [name, {
    count: holds.reduce((a, b) => a + b, 0),
    sha256: sha256(holds),
  }]));
  assert.deepEqual(Object.keys(found).toSorted(), Object.keys(GOLDEN.columns).toSorted());
  for (const [name, column] of Object.entries(GOLDEN.columns)) {
    assert.deepEqual(found[name], column, name);
  }
});

Deno.test("integralValue() reads GPT-2's numbers as int() does", () => {
  const values = STRINGS.map((string) => integralValue(tokenText(string))).filter(Number.isFinite);
  const sum = values.reduce((a, b) => a + b, 0);
  assert.deepEqual({ count: values.length, sum }, GOLDEN.integral_value);
});
