import assert from "node:assert/strict";
import {
  characterCount,
  decimalValue,
  firstCharacter,
  hasDigit,
  hasSymbol,
  isAllDigits,
  isAlpha,
  isDecimal,
  isLower,
  isUpper,
  strip,
} from "./python_text.ts";

Deno.test("strip() removes what Python calls space and nothing else when ends are cut", () => {
  assert.equal(strip("\u2003\x1c a b \x85\u3000"), "a b");
  assert.equal(strip("\ufeffa"), "\ufeffa", "String.trim would remove it");
  assert.equal(strip("\u200ba"), "\u200ba");
  assert.equal(strip(" \n\t"), "");
});

Deno.test("isDecimal() and the digit predicates tell apart decimals, digits and other numbers", () => {
  const verdicts = (text: string) => [isDecimal(text), isAllDigits(text), hasDigit(text)];
  assert.deepEqual(verdicts("19"), [true, true, true]);
  assert.deepEqual(verdicts("٣"), [true, true, true], "Arabic-Indic three");
  assert.deepEqual(verdicts("²"), [false, true, true], "a digit, but no decimal");
  assert.deepEqual(verdicts("½"), [false, false, false], "a number, but no digit");
  assert.deepEqual(verdicts("Ⅷ"), [false, false, false]);
  assert.deepEqual(verdicts("a1"), [false, false, true]);
  assert.deepEqual(verdicts(""), [false, true, false]);
});

Deno.test("isAlpha() and hasSymbol() count marks as neither letters nor numbers", () => {
  assert.ok(isAlpha("Häßlich") && isAlpha("日本") && !isAlpha("a1") && !isAlpha(""));
  assert.ok(!hasSymbol("½Ⅷ²a") && hasSymbol("a.b") && hasSymbol("\ufffd") && !hasSymbol(""));
  assert.ok(hasSymbol("e\u0301"), "a combining accent is a mark");
});

Deno.test("isUpper() and isLower() need a cased character and forbid the other case and title case", () => {
  assert.ok(isUpper("A1!") && !isUpper("1!") && !isUpper("Ab") && isUpper("Ⅷ"));
  assert.ok(isLower("a1!") && !isLower("日本") && !isLower("aB") && isLower("ª"));
  assert.ok(!isUpper("ǅA") && !isLower("ǆǅ"), "ǅ is title case");
});

Deno.test("firstCharacter() and characterCount() count code points when text is beyond the first plane", () => {
  assert.equal(firstCharacter("𝟗a"), "𝟗");
  assert.equal(firstCharacter(""), "");
  assert.equal(characterCount("𝟗a"), 2);
});

Deno.test("decimalValue() reads decimals of any script when int() would", () => {
  assert.equal(decimalValue("1492"), 1492);
  assert.equal(decimalValue("٣٠"), 30);
  assert.equal(decimalValue("𝟗𝟘"), 90, "five runs of ten, one after the other");
  assert.equal(decimalValue("007"), 7);
});
