import assert from "node:assert/strict";
import fc from "fast-check";
import { ruleTagger } from "./rule_tagger.ts";

const tag = ruleTagger();

/** Each token as `text/POS/morphology/entity`, empty parts at the end left out. */
function told(text: string): string[] {
  return tag(text).map(({ start, end, pos, morph, entity }) =>
    [text.slice(start, end), pos, morph.join("|"), entity].join("/").replace(/\/+$/, "")
  );
}

Deno.test("ruleTagger() tags sentences as they were tagged by hand", () => {
  assert.deepEqual(told("She has been walking to the stores."), [
    "She/PRON/Number=Sing|Person=3|PronType=Prs",
    "has/AUX/Number=Sing|Person=3|Tense=Pres|VerbForm=Fin",
    "been/AUX/Aspect=Perf|Tense=Past|VerbForm=Part",
    "walking/VERB/Aspect=Prog|Tense=Pres|VerbForm=Part",
    "to/ADP",
    "the/DET/PronType=Art",
    "stores/NOUN/Number=Plur",
    "./PUNCT",
  ]);
  assert.deepEqual(told("They didn't take it; he was taken."), [
    "They/PRON/Number=Plur|Person=3|PronType=Prs",
    "did/AUX/Tense=Past|VerbForm=Fin",
    "n't/PART",
    "take/VERB/VerbForm=Inf",
    "it/PRON/Number=Sing|Person=3|PronType=Prs",
    ";/PUNCT",
    "he/PRON/Number=Sing|Person=3|PronType=Prs",
    "was/AUX/Number=Sing|Person=3|Tense=Past|VerbForm=Fin",
    "taken/VERB/Aspect=Perf|Tense=Past|VerbForm=Part",
    "./PUNCT",
  ]);
  assert.deepEqual(told("Those men who had gone want to leave."), [
    "Those/DET/Number=Plur|PronType=Dem",
    "men/NOUN/Number=Plur",
    "who/PRON/PronType=Rel",
    "had/AUX/Tense=Past|VerbForm=Fin",
    "gone/VERB/Aspect=Perf|Tense=Past|VerbForm=Part",
    "want/VERB/Tense=Pres|VerbForm=Fin",
    "to/PART",
    "leave/VERB/VerbForm=Inf",
    "./PUNCT",
  ]);
});

Deno.test("ruleTagger() names entities as they were named by hand", () => {
  const named = (text: string) =>
    tag(text).filter(({ entity }) => entity !== "")
      .map(({ start, end, entity }) => `${text.slice(start, end)}/${entity}`);
  const first = "On January 5, 1732, Thomas Jefferson met the Germans in Paris.";
  assert.deepEqual(named(first), [
    ...["January/DATE", "5/DATE", ",/DATE", "1732/DATE", "Thomas/PERSON", "Jefferson/PERSON"],
    ...["Germans/NORP", "Paris/GPE"],
  ]);
  const second =
    "Google paid $3,000, 50% of it, for two miles near the Brooklyn Bridge at 5 o'clock.";
  assert.deepEqual(named(second), [
    ...["Google/ORG", "$/MONEY", "3,000/MONEY", "50/PERCENT", "%/PERCENT", "two/QUANTITY"],
    ...["miles/QUANTITY", "Brooklyn/FAC", "Bridge/FAC", "5/TIME", "o'clock/TIME"],
  ]);
});

Deno.test("ruleTagger() begins sentences at words, and makes white space tokens as BPE does", () => {
  const text = "Mr. Smith left.\n\n  He slept.    Then";
  const tokens = tag(text);
  const words = (wanted: (token: typeof tokens[number]) => boolean) =>
    tokens.filter(wanted).map(({ start, end }) => text.slice(start, end));
  assert.deepEqual(words(({ startsSentence }) => startsSentence), ["Mr.", "He", "Then"]);
  assert.deepEqual(words(({ pos }) => pos === "SPACE"), ["\n\n", " ", "   "]);
  assert.deepEqual(words(({ isStop }) => isStop), ["He", "Then"]);
});

Deno.test("ruleTagger() gives ascending tokens apart from each other when text is anything", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "constructor",
      "__proto__",
      "toString",
      " ",
      "\n",
      "I'd",
      "a.b@c.de",
      "\t",
      "…",
    ),
    fc.string({ unit: "grapheme", maxLength: 6 }),
  );
  fc.assert(fc.property(fc.array(word, { maxLength: 8 }), (words) => {
    const text = words.join(" ");
    let last = 0;
    for (const { start, end, pos } of tag(text)) {
      assert.ok(start >= last && end > start && end <= text.length, Deno.inspect(text));
      assert.match(pos, /^[A-Z]+$/);
      last = end;
    }
  }));
});
