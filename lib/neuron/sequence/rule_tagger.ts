/**
 * The stated substitute for spaCy: parts of speech, lemmas, sentences, stop words, dates and amounts by
 * wink-nlp, names by compromise, morphology by our rules over both.
 *
 * @module
 */
import winkNLP from "wink-nlp";
import model from "wink-eng-lite-web-model";
import { morphology } from "./morphology.ts";
import { type NamedTerm, namedTerms } from "./names.ts";
import type { TaggedToken, Tagger } from "./tagged_token.ts";

/** Names and versions, for tables and records. */
export const RULE_TAGGER =
  "wink-nlp 2.4.0 with wink-eng-lite-web-model 1.8.1, compromise 14.17.0, and rules; not spaCy";

/** wink-nlp's types of entities that spaCy has too. */
const AMOUNTS = new Set(["CARDINAL", "DATE", "MONEY", "ORDINAL", "PERCENT", "TIME"]);

/** What wink-nlp says of a text, an element a token. */
interface Words {
  readonly texts: readonly string[];
  readonly spaces: readonly string[];
  readonly pos: readonly string[];
  /** Undefined for words named as members of every object are, such as `constructor`. */
  readonly lemmas: readonly (string | undefined)[];
  readonly stops: readonly boolean[];
  /** Type of the amount or date that a token is part of. */
  readonly amounts: readonly string[];
  /** The first token of each sentence, white space before it left out. */
  readonly starts: readonly number[];
}

function wordReader(): (text: string) => Words {
  const wink = winkNLP(model, ["sbd", "pos", "ner"]);
  const { its } = wink;
  return (text) => {
    const doc = wink.readDoc(text);
    const tokens = doc.tokens();
    const pos = tokens.out(its.pos) as string[];
    const amounts = new Array<string>(pos.length).fill("");
    const spans = doc.entities().out(its.span) as unknown as [number, number][];
    const types = doc.entities().out(its.type) as string[];
    spans.forEach(([first, last], i) => {
      const value = tokens.itemAt(first).out();
      const isClock = types[i] === "DURATION" && /hour|minute|second/i.test(value);
      const type = types[i] === "DURATION" ? isClock ? "TIME" : "DATE" : types[i]!;
      if (AMOUNTS.has(type)) amounts.fill(type, first, last + 1);
    });
    const sentences = doc.sentences().out(its.span) as unknown as [number, number][];
    const starts = sentences.map(([first, last]) => {
      // White space between sentences ends the one before.
      let start = first;
      while (start < last && pos[start] === "SPACE") start++;
      return start;
    });
    return {
      texts: tokens.out() as string[],
      spaces: tokens.out(its.precedingSpaces) as string[],
      pos,
      // The declared type of its.lemma does not fit the function that takes it.
      lemmas: tokens.out(its.lemma as unknown as typeof its.normal) as (string | undefined)[],
      stops: tokens.out(its.stopWordFlag) as unknown as boolean[],
      amounts,
      starts,
    };
  };
}

interface Placed {
  readonly start: number;
  readonly end: number;
  /** Its place among wink-nlp's tokens. */
  readonly at: number;
}

/** Where each token lies; one whose text was changed and cannot be found is left out. */
function placed(text: string, { texts }: Words): Placed[] {
  let end = 0;
  return texts.flatMap((word, at) => {
    const start = word === "" ? -1 : text.indexOf(word, end);
    if (start < 0) return [];
    end = start + word.length;
    return [{ start, end, at }];
  });
}

/** Whether names or units can be among tokens: a name, a capital, or a number. */
function mayName(words: Words, tokens: readonly Placed[]): boolean {
  return tokens.some(({ at }) =>
    words.pos[at] === "PROPN" || words.amounts[at] === "CARDINAL" ||
    (words.pos[at] === "ADJ" && /^\p{Lu}/u.test(words.texts[at]!))
  );
}

/** Terms of those sentences that can have names: finding them takes most of the time. */
function sentenceTerms(text: string, words: Words, tokens: readonly Placed[]): NamedTerm[] {
  const starts = new Set(words.starts);
  const terms: NamedTerm[] = [];
  for (let first = 0; first < tokens.length;) {
    let end = first + 1;
    while (end < tokens.length && !starts.has(tokens[end]!.at)) end++;
    const sentence = tokens.slice(first, end);
    const from = sentence[0]!.start;
    if (mayName(words, sentence)) {
      const found = namedTerms(text.slice(from, sentence.at(-1)!.end));
      for (const term of found) {
        terms.push({ ...term, start: term.start + from, end: term.end + from });
      }
    }
    first = end;
  }
  return terms;
}

/** The term that has each token's first character, or undefined. */
function termsOf(tokens: readonly Placed[], terms: readonly NamedTerm[]) {
  let next = 0;
  return tokens.map(({ start }) => {
    while (next < terms.length && terms[next]!.end <= start) next++;
    const term = terms[next];
    return term && term.start <= start ? term : undefined;
  });
}

/** White space of two or more spaces is a token of its own but for the last, as in BPE and spaCy. */
function spaceTokens(text: string, tokens: readonly TaggedToken[]): TaggedToken[] {
  const gaps = tokens.map(({ start }, i) => [tokens[i - 1]?.end ?? 0, start] as const);
  const last = [tokens.at(-1)?.end ?? 0, text.length + 1] as const;
  const [pos, none] = ["SPACE", { dep: "", entity: "", morph: [] }] as const;
  const flags = { isStop: false, startsSentence: false };
  const gapToken = ([start, next]: readonly [number, number]): TaggedToken[] => {
    const end = next - 1;
    return start < end && text.slice(start, end).trim() === ""
      ? [{ start, end, pos, ...none, ...flags }]
      : [];
  };
  return [
    ...tokens.flatMap((token, i) => [...gapToken(gaps[i]!), token]),
    ...gapToken(last),
  ];
}

/**
 * Makes the tagger; its language model is read once.
 *
 * @example Usage
 * ```ts
 * import { ruleTagger } from "neurite/lib/neuron/sequence/rule_tagger.ts";
 *
 * const tokens = ruleTagger()("She lives in Paris.");
 * if (tokens[1]!.pos !== "VERB" || tokens[3]!.entity !== "GPE") throw new Error("unreachable");
 * ```
 */
export function ruleTagger(): Tagger {
  const read = wordReader();
  return (text) => {
    const words = read(text);
    const tokens = placed(text, words);
    const terms = termsOf(tokens, sentenceTerms(text, words, tokens));
    const starts = new Set(words.starts);
    const tagged = tokens.map(({ at }, i) => {
      const word = words.texts[at]!.toLowerCase();
      const lemma = words.lemmas[at]?.toLowerCase?.() ?? word;
      const startsSentence = starts.has(at);
      const isPluralName = terms[i]?.isPlural === true;
      return { word, lemma, pos: words.pos[at]!, isPluralName, startsSentence };
    });
    const morphs = morphology(tagged);
    const isName = (pos: string, entity: string) =>
      pos === "PROPN" || (entity === "NORP" && pos === "ADJ");
    const result = tokens.map(({ start, end, at }, i): TaggedToken => {
      const { pos, startsSentence } = tagged[i]!;
      const amount = words.amounts[at]!;
      const name = terms[i] && isName(pos, terms[i].entity) ? terms[i].entity : "";
      const measured = (j: number) => amountAt(j) === "CARDINAL" && terms[j + 1]?.isUnit === true;
      const isQuantity = measured(i) ||
        (terms[i]?.isUnit === true && amountAt(i - 1) === "CARDINAL");
      const entity = isQuantity ? "QUANTITY" : amount || name;
      const isStop = words.stops[at]!;
      return { start, end, pos, dep: "", entity, morph: morphs[i]!, isStop, startsSentence };
    });
    return spaceTokens(text, result);

    function amountAt(i: number): string {
      return tokens[i] === undefined ? "" : words.amounts[tokens[i].at]!;
    }
  };
}
