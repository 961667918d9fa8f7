import nouns from "../../cache/inputs/nouns.json" with { type: "json" };

/** The 120 nouns of the greater-than prompts (spec/greater_than section 6, potential_nouns). */
export const NOUNS: readonly string[] = nouns;
