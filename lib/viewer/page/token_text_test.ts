import assert from "node:assert/strict";
import fc from "fast-check";
import { cutToken, LONGEST, shownToken, tokenPieces } from "./token_text.ts";

Deno.test("shownToken() gives a sign to what cannot be seen", () => {
  assert.equal(shownToken(" the\n"), "·the↵");
  assert.equal(shownToken("\t"), "→");
  assert.equal(shownToken("a\u0000b"), "a⟨U+0000⟩b");
  assert.equal(shownToken("\u202eabc"), "⟨U+202E⟩abc");
  assert.equal(shownToken("\ud83e"), "⟨U+D83E⟩");
  assert.equal(shownToken("\u{e0041}"), "⟨U+E0041⟩");
  assert.equal(shownToken("🧠é"), "🧠é");
  assert.equal(shownToken(""), "∅");
  assert.equal(shownToken("x".repeat(40)), "x".repeat(LONGEST) + "…+8");
});

Deno.test("tokenPieces() leaves no control and no mark of direction when text is random", () => {
  const unit = fc.oneof(
    fc.constantFrom("\u202e", "\u2067", "\u200f", "\u0007", "\u2028", "\udc00", "\u00ad", " ", "a"),
    fc.string({ unit: "binary", maxLength: 1 }),
  );
  fc.assert(fc.property(fc.array(unit), (units) => {
    const shown = tokenPieces(units.join("")).map((piece) => piece.text).join("");
    assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}]/u);
    assert.ok(shown.isWellFormed());
    assert.ok(shown.length > 0);
  }));
});

Deno.test("cutToken() never cuts a pair in two", () => {
  assert.deepEqual(cutToken("ab🧠cd", 3), { head: "ab", rest: 4 });
  assert.deepEqual(cutToken("ab🧠cd", 4), { head: "ab🧠", rest: 2 });
});
