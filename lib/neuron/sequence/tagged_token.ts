/**
 * A tagger's token, by the names of Universal Dependencies and spaCy.
 *
 * @module
 */

/** One token of a text. */
export interface TaggedToken {
  /** First UTF-16 unit. */
  readonly start: number;
  /** Behind its last UTF-16 unit. */
  readonly end: number;
  /** Universal part of speech: `"NOUN"`. */
  readonly pos: string;
  /** Dependency label as spaCy names it, `"nsubj"`; empty without a parser. */
  readonly dep: string;
  /** Type of the entity that it is part of, `"PERSON"`; empty outside of entities. */
  readonly entity: string;
  /** Morphology: `"Tense=Past"`, `"VerbForm=Fin"`. */
  readonly morph: readonly string[];
  readonly isStop: boolean;
  /** Whether a sentence begins with it. */
  readonly startsSentence: boolean;
}

/** Gives the tokens of a text: ascending, none over another. */
export type Tagger = (text: string) => TaggedToken[];
