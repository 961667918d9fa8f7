/**
 * Yes-or-no features of a tagger's tokens, under the release's names
 * (spec/universal_neurons.md section 1.9).
 *
 * @module
 */
import type { FeatureName } from "../labels/position_bits.ts";
import type { TaggedToken } from "./tagged_token.ts";

/** A feature of single tagger tokens. */
export interface TagColumn extends FeatureName {
  /** Who says so. */
  readonly tagger: string;
  /** Whether it holds of a token; `undefined` for those of positions: see {@linkcode PLACES}. */
  readonly holds?: (token: TaggedToken) => boolean;
}

/** Columns that hold of positions by where they are, not by one token's label. */
export const PLACES = { multi: "is_spacy_multi", begin: "sent_begin", end: "sent_end" } as const;

const words = (text: string) => text.split(" ");

/** Widths to which the release cuts labels. */
const [POS_WIDTH, DEP_WIDTH, ENTITY_WIDTH] = [5, 10, 8] as const;

const POS = words(
  "adj adp det noun pron propn punct verb space num adv aux cconj sconj intj sym part",
);
const DEP = [
  ...words("dep punct appos pobj prep dobj det nsubj amod compound ROOT conj advmod nmod cc aux"),
  ...words("nummod advcl attr ccomp poss npadvmod mark nsubjpass relcl auxpass acl acomp pcomp"),
  ...words("xcomp neg meta"),
];
const ENTITIES = words(
  "PERSON ORG CARDINAL DATE GPE WORK_OF_ PRODUCT LAW PERCENT QUANTITY TIME NORP FAC ORDINAL " +
    "MONEY LOC EVENT LANGUAGE",
);
/** Entities that compromise finds. */
const NAMED = new Set(["PERSON", "ORG", "GPE", "NORP", "FAC", "LOC"]);
/** Entities that neither compromise nor wink-nlp knows. */
const UNKNOWN = new Set(["WORK_OF_", "PRODUCT", "LAW", "EVENT", "LANGUAGE"]);

const MORPHOLOGY: readonly (readonly [string, string])[] = [
  ["is_singular", "Number=Sing"],
  ["is_plural", "Number=Plur"],
  ["is_third_person", "Person=3"],
  ["is_second_person", "Person=2"],
  ["is_first_person", "Person=1"],
  ["is_prs_pron", "PronType=Prs"],
  ["is_art_pron", "PronType=Art"],
  ["is_dem_pron", "PronType=Dem"],
  ["is_rel_pron", "PronType=Rel"],
  ["is_past_tense", "Tense=Past"],
  ["is_present_tense", "Tense=Pres"],
  ["is_fin_verb", "VerbForm=Fin"],
  ["is_part_verb", "VerbForm=Part"],
  ["is_inf_verb", "VerbForm=Inf"],
  ["is_perf_aspect", "Aspect=Perf"],
  ["is_prog_aspect", "Aspect=Prog"],
];

type Holds = (token: TaggedToken) => boolean;

interface Taggers {
  readonly pos: string;
  readonly morphology: string;
  readonly entity: (name: string) => string;
}

function columns(
  { pos, morphology, entity }: Taggers,
  dependencies: readonly string[],
): TagColumn[] {
  const column = (name: string, family: string, tagger: string, holds?: Holds): TagColumn => ({
    name,
    family: `${family} (${tagger})`,
    tagger,
    ...(holds && { holds }),
  });
  const taken = new Set(dependencies);
  return [
    ...POS.filter((label) => !taken.has(label)).map((label) =>
      column(
        `is_spacy_${label}`,
        "part of speech",
        pos,
        (token) => token.pos.slice(0, POS_WIDTH).toLowerCase() === label,
      )
    ),
    column(PLACES.multi, "part of speech", pos),
    ...dependencies.map((label) =>
      column(
        `is_spacy_${label}`,
        "dependency",
        pos,
        (token) => token.dep.slice(0, DEP_WIDTH) === label,
      )
    ),
    ...MORPHOLOGY.map(([name, value]) =>
      column(name, "morphology", morphology, ({ morph }) => morph.includes(value))
    ),
    ...ENTITIES.filter((label) => entity(label) !== "").map((label) =>
      column(
        `is_${label}`,
        "entity",
        entity(label),
        (token) => token.entity.slice(0, ENTITY_WIDTH) === label,
      )
    ),
    column("is_stop", "stop word", pos, ({ isStop }) => isStop),
    column(PLACES.end, "sentence", pos),
    column(PLACES.begin, "sentence", pos),
  ];
}

/** Columns of the taggers from npm. */
export const RULE_COLUMNS: readonly TagColumn[] = columns({
  pos: "wink-nlp",
  morphology: "wink-nlp and rules",
  entity: (name) => UNKNOWN.has(name) ? "" : NAMED.has(name) ? "compromise" : "wink-nlp",
}, []);

/**
 * The release's columns, of spaCy's own labels. Where a dependency is named as a part of speech is
 * (`det`, `punct`, `aux`), the column is of the dependency.
 */
export const SPACY_COLUMNS: readonly TagColumn[] = columns({
  pos: "spaCy",
  morphology: "spaCy",
  entity: () => "spaCy",
}, DEP);

/** The release's columns that the taggers from npm cannot give. */
export const ABSENT_COLUMNS: readonly string[] = SPACY_COLUMNS.map(({ name }) => name)
  .filter((name) => !RULE_COLUMNS.some((column) => column.name === name));
