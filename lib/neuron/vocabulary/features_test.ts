import assert from "node:assert/strict";
import fc from "fast-check";
import { openTokenizer } from "../../model/tokenizer.ts";
import { ruleFeatures, tokenCounts, type TokenFeature, withoutEmpty } from "./features.ts";
import { integralValue, RULES, tokenText } from "./rules.ts";
import { tokenStrings } from "./token_strings.ts";

/** The names of the features that hold of one text. */
function namesOf(text: string): string[] {
  return ruleFeatures([text]).filter(({ holds }) => holds[0] === 1).map(({ name }) => name);
}

function includes(text: string, names: string, not = ""): void {
  const found = namesOf(text);
  for (const name of names.split(" ")) assert.ok(found.includes(name), `${text}: ${name}`);
  const wrong = not.split(" ").filter((name) => found.includes(name));
  assert.deepEqual(wrong, [], text);
}

Deno.test("RULES has the release's 207 columns, each name once", () => {
  assert.equal(RULES.length, 207);
  assert.equal(new Set(RULES.map(({ name }) => name)).size, 207);
});

Deno.test("ruleFeatures() keeps the release's quirks when a token is space, or has one symbol", () => {
  assert.deepEqual(namesOf("\n\n"), ["all_white_space", "all_digits", "start_w_no_space"]);
  assert.deepEqual(namesOf("  "), ["all_white_space", "all_digits"]);
  includes("don't", "all_symbolic all_lower contains_apostrophe", "all_alpha");
  includes(" yesterday", "is_time starts_w_space start_w_space_and_letter end_w_y");
  includes(" Yardley", "is_length starts_w_cap");
  includes(" One", "is_indefinite_pronoun", "is_number_word");
  includes("com", "is_website_suffix");
  includes(" com", "starts_w_space", "is_website_suffix");
  includes("IN", "is_state_abv all_caps starts_w_no_space_and_cap", "all_lower");
  includes("I", "is_first_person_pronoun starts_w_cap", "all_caps");
});

Deno.test("ruleFeatures() reads numbers as int() when their digits are of another script", () => {
  includes("1491", "is_year is_four_digit starts_w_digit all_digits", "is_lt_31");
  includes("1490", "is_four_digit", "is_year");
  includes("٣٠", "is_two_digit is_lt_31 all_numeric");
  includes("²", "contains_digit all_digits", "all_numeric is_one_digit");
  includes("31st", "contains_digit start_w_no_space_and_digit", "starts_w_digit all_digits");
  assert.equal(integralValue(tokenText(" 07")), 7);
  assert.ok(Number.isNaN(integralValue(tokenText("7a"))));
});

Deno.test("ruleFeatures() holds of no id without a token", () => {
  assert.ok(ruleFeatures([""]).every(({ holds }) => holds[0] === 0));
  const kept = withoutEmpty(ruleFeatures(["the"])).map(({ name }: TokenFeature) => name);
  assert.ok(kept.includes("start_w_t") && !kept.includes("contains_period"));
});

Deno.test("ruleFeatures() keeps classes that contain each other when texts are random", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
    const found = new Set(namesOf(text));
    const implies = (a: string, b: string) => assert.ok(!found.has(a) || found.has(b), `${a} ${b}`);
    implies("all_numeric", "all_digits");
    implies("contains_double_dollar", "contains_dollar");
    implies("contains_dollar", "contains_currency");
    implies("is_year", "is_four_digit");
    if (found.has("all_alpha")) {
      assert.notEqual(found.has("starts_w_vowel"), found.has("starts_w_consonant"), text);
    }
    assert.ok(!(found.has("all_lower") && found.has("all_caps")));
    assert.ok(!(found.has("start_w_no_space") && found.has("starts_w_space")));
  }));
});

Deno.test("tokenStrings() decodes every id alone when the model is embedded", async () => {
  const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
  const strings = tokenStrings(tokenizer, 4098);
  const [id] = tokenizer.encode(" the");
  assert.equal(strings[id!], " the");
  assert.deepEqual(strings.slice(4096), ["", ""], "ids that no token has");
  assert.equal(strings.indexOf(""), 4096);
  const dot = tokenizer.encode(" .");
  if (dot.length === 1) {
    assert.equal(tokenStrings(tokenizer, 4096, { cleanUp: true })[dot[0]!], ".");
  }
});

Deno.test("tokenCounts() counts each id", () => {
  assert.deepEqual([...tokenCounts(Int32Array.of(2, 0, 2), 4)], [1, 0, 2, 0]);
});
