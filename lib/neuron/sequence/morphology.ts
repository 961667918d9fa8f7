/**
 * English morphology by rules: closed classes by list, open ones by lemma and by the words before.
 * Values are named and combined as spaCy's English models combine them, which follow the Penn tags:
 * a past participle is `Tense=Past` too, a bare form after `to` or a modal is `VerbForm=Inf`.
 *
 * @module
 */

/** A word as the tagger gives it. */
export interface TaggedWord {
  /** In lower case. */
  readonly word: string;
  readonly pos: string;
  /** In lower case; the word itself where there is none. */
  readonly lemma: string;
  /** Whether a name is in the plural, as a tagger of names says. */
  readonly isPluralName: boolean;
  readonly startsSentence: boolean;
}

const FINITE = "VerbForm=Fin";
const PRESENT = `Tense=Pres|${FINITE}`;
const PAST = `Tense=Past|${FINITE}`;
const THIRD = `Number=Sing|Person=3|${PRESENT}`;
const INFINITIVE = "VerbForm=Inf";
const PERFECT = "Aspect=Perf|Tense=Past|VerbForm=Part";
const PROGRESSIVE = "Aspect=Prog|Tense=Pres|VerbForm=Part";

function table(rows: readonly (readonly [words: string, morph: string])[]): Map<string, string> {
  return new Map(rows.flatMap(([words, morph]) => words.split(" ").map((word) => [word, morph])));
}

const PRONOUNS = table([
  ["i me my mine myself", "Number=Sing|Person=1|PronType=Prs"],
  ["we us our ours ourselves", "Number=Plur|Person=1|PronType=Prs"],
  ["you your yours yourself yourselves thou thee thy thine", "Person=2|PronType=Prs"],
  ["he him his himself she her hers herself it its itself", "Number=Sing|Person=3|PronType=Prs"],
  ["they them their theirs themselves", "Number=Plur|Person=3|PronType=Prs"],
  ["this", "Number=Sing|PronType=Dem"],
  ["these those", "Number=Plur|PronType=Dem"],
  ["the a an", "PronType=Art"],
]);

const AUXILIARIES = table([
  ["am 'm ’m", `Number=Sing|Person=1|${PRESENT}`],
  ["is has does 's ’s", THIRD],
  ["are 're ’re have 've ’ve do", PRESENT],
  ["was", `Number=Sing|Person=3|${PAST}`],
  ["were did had", PAST],
  ["been", PERFECT],
  ["being having doing", PROGRESSIVE],
  ["be", INFINITIVE],
  ["can could will would shall should may might must ca wo sha 'll ’ll 'd ’d", FINITE],
]);

const MODALS = new Set(
  "can could will would shall should may might must ca wo sha 'll ’ll 'd ’d do does did let"
    .split(" "),
);
const HAVE = new Set("have has had having 've ’ve".split(" "));
const BE = new Set("be am is are was were been being 'm ’m 're ’re 's ’s".split(" "));
/** Past participles that are no past tense. */
const PARTICIPLES = new Set(
  ("arisen awoken beaten become been begun bitten blown born borne broken chosen come done drawn " +
    "driven drunk eaten fallen flown forbidden forgiven forgotten forsaken frozen given gone grown " +
    "hidden known lain mistaken ridden risen rung run seen shaken shown shrunk slain spoken stolen " +
    "sung sunk sworn swum taken thrown torn trodden woken worn woven written").split(" "),
);
/** How far back a helping verb is looked for. */
const REACH = 4;

/** The place of the word before, past adverbs and negations; −1 where the sentence starts. */
function before(words: readonly TaggedWord[], at: number): number {
  for (let i = at; i > Math.max(0, at - REACH);) {
    if (words[i]!.startsSentence) return -1;
    i--;
    const { pos, word } = words[i]!;
    const isNegation = pos === "PART" && word !== "to";
    if (pos !== "ADV" && pos !== "SPACE" && !isNegation) return i;
  }
  return -1;
}

/** A form that is its own lemma: `run` is an infinitive, a present or a participle. */
function bareForm(words: readonly TaggedWord[], at: number, found: readonly string[]): string {
  const helper = before(words, at);
  // Without a subject before it, an imperative: Penn's VB too.
  if (helper < 0) return INFINITIVE;
  const { word, pos } = words[helper]!;
  if (word === "to" || MODALS.has(word)) return INFINITIVE;
  if (HAVE.has(word) || BE.has(word)) return PERFECT;
  if (pos === "CCONJ") {
    const verb = found.findLastIndex((morph) => morph.includes("VerbForm="));
    return verb >= 0 && found[verb] === INFINITIVE ? INFINITIVE : PRESENT;
  }
  // "did he go", "let us run": the helper stands before the subject.
  if (pos === "PRON") {
    const earlier = before(words, helper);
    if (earlier >= 0 && MODALS.has(words[earlier]!.word)) return INFINITIVE;
  }
  return PRESENT;
}

function verb(words: readonly TaggedWord[], at: number, found: readonly string[]): string {
  const { word, lemma } = words[at]!;
  if (word === lemma) return bareForm(words, at, found);
  if (word.endsWith("ing")) return PROGRESSIVE;
  if (PARTICIPLES.has(word)) return PERFECT;
  if (/[^s]s$/.test(word)) return THIRD;
  const helper = before(words, at);
  const isHelped = helper >= 0 && (HAVE.has(words[helper]!.word) || BE.has(words[helper]!.word));
  return isHelped || words[at + 1]?.word === "by" ? PERFECT : PAST;
}

/** `that`, `who`, `which`: a relative pronoun right behind what it refers to. */
function reference(words: readonly TaggedWord[], at: number): string {
  const isNominal = (i: number) => /^(NOUN|PROPN|PRON|NUM)$/.test(words[i]?.pos ?? "");
  let back = at - 1;
  if (words[at]!.startsSentence) back = -1;
  if (words[back]?.pos === "ADP") back--;
  if (words[back]?.word === ",") back--;
  const isRelative = isNominal(back);
  if (words[at]!.word !== "that") return isRelative ? "PronType=Rel" : "";
  const next = words[at + 1]?.pos ?? "";
  return isRelative && /^(VERB|AUX|PRON|DET|PROPN)$/.test(next)
    ? "PronType=Rel"
    : "Number=Sing|PronType=Dem";
}

function morphOf(words: readonly TaggedWord[], at: number, found: readonly string[]): string {
  const { word, lemma, pos, isPluralName } = words[at]!;
  if (pos === "PRON" || pos === "DET") {
    if (/^(that|who|whom|whose|which)$/.test(word)) return reference(words, at);
    return PRONOUNS.get(word) ?? "";
  }
  if (pos === "NOUN") return lemma === word ? "Number=Sing" : "Number=Plur";
  if (pos === "PROPN") return isPluralName ? "Number=Plur" : "Number=Sing";
  if (pos !== "AUX" && pos !== "VERB") return "";
  const listed = AUXILIARIES.get(word);
  if (listed === undefined) return verb(words, at, found);
  const helper = before(words, at);
  const helped = helper < 0 ? "" : words[helper]!.word;
  if ((word === "have" || word === "do") && (helped === "to" || MODALS.has(helped))) {
    return INFINITIVE;
  }
  return word === "had" && HAVE.has(helped) ? PERFECT : listed;
}

/** The morphology of each word of a text, as `Name=Value` pairs. */
export function morphology(words: readonly TaggedWord[]): string[][] {
  const found: string[] = [];
  words.forEach((_, i) => found.push(morphOf(words, i, found)));
  return found.map((morph) => morph === "" ? [] : morph.split("|"));
}
