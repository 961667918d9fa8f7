/**
 * Names of people, places and organisations, by compromise.
 *
 * @module
 */
// Its third layer adds nothing to these tags.
import nlp from "compromise/two";

/** A term of compromise with what is needed of its tags. */
export interface NamedTerm {
  /** First UTF-16 unit, and behind the last. */
  readonly start: number;
  readonly end: number;
  /** `"PERSON"`, …; empty where it is no name. */
  readonly entity: string;
  readonly isPlural: boolean;
  /** Of measure: `miles`. */
  readonly isUnit: boolean;
  /** Ends a name: `London's`. */
  readonly isPossessive: boolean;
}

interface Term {
  readonly text: string;
  readonly pre: string;
  readonly post: string;
  readonly tags?: ReadonlySet<string>;
}

const BUILT =
  /^(airport|avenue|bridge|building|castle|cathedral|church|hall|hotel|palace|road|square|stadium|station|street|tower)\.?$/i;
const NATURAL =
  /^(africa|america|asia|bay|coast|desert|europe|gulf|island|islands|lake|mount|mountain|mountains|ocean|peninsula|river|sea|valley)$/i;

function entityOf({ tags = new Set() }: Term): string {
  if (tags.has("Person")) return tags.has("Honorific") ? "" : "PERSON";
  if (tags.has("Demonym")) return "NORP";
  if (tags.has("Organization")) return "ORG";
  return tags.has("Place") ? "GPE" : "";
}

/** A place is a building or a landscape where one of its words says so. */
function placesTold(terms: NamedTerm[], texts: readonly string[]): NamedTerm[] {
  const told = [...terms];
  for (let first = 0; first < terms.length;) {
    let end = first + 1;
    if (terms[first]!.entity === "GPE") {
      while (terms[end]?.entity === "GPE" && !terms[end - 1]!.isPossessive) end++;
      const words = texts.slice(first, end);
      const isBuilt = words.some((word) => BUILT.test(word));
      const isNatural = words.some((word) => NATURAL.test(word));
      const entity = isBuilt ? "FAC" : isNatural ? "LOC" : "GPE";
      for (let i = first; i < end; i++) told[i] = { ...terms[i]!, entity };
    }
    first = end;
  }
  return told;
}

/** The terms of a text that have characters of their own, in order. */
export function namedTerms(text: string): NamedTerm[] {
  const terms: NamedTerm[] = [];
  const texts: string[] = [];
  let at = 0;
  for (const term of nlp(text).document.flat() as unknown as Term[]) {
    // The second part of a contraction has no characters.
    const place = term.text === "" ? -1 : text.indexOf(term.text, at);
    if (place < 0) continue;
    const end = place + term.text.length;
    const { tags } = term;
    terms.push({
      start: place,
      end,
      entity: entityOf(term),
      isPlural: tags?.has("Plural") === true,
      isUnit: tags?.has("Unit") === true,
      isPossessive: tags?.has("Possessive") === true,
    });
    texts.push(term.text);
    at = end;
  }
  return placesTold(terms, texts);
}
