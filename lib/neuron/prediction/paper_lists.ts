/**
 * The prediction neurons that the release names by hand (spec/universal_neurons.md section 1.17): its
 * table prediction_neurons.csv, and the longer list in its code. MIT License, (c) 2023 Wes Gurnee.
 *
 * @module
 */

/** A neuron, the feature of tokens whose logits it moves, and which way. */
export interface ListedNeuron {
  /** `layer.index`. */
  readonly neuron: string;
  readonly feature: string;
  /** Whether it pushes these tokens down. */
  readonly suppresses: boolean;
}

/** The model that the lists are of. */
export const LISTED_MODEL = "stanford-gpt2-medium-a";

/** Neurons by feature, in the table's order; `-` behind those that suppress. */
// deno-fmt-ignore
const TABLE: Readonly<Record<string, string>> = {
  "all_caps": "20.13 23.3440- 21.2148- 15.591- 19.1121 18.2336 15.84 17.2559",
  "end_w_ing": "22.1585 22.3534 19.2871- 20.1867 19.1647 22.904- 19.3984 15.1699 23.3844- 16.3122- 18.1984 21.118 16.3346 14.2046 14.4048-",
  "is_year": "21.2102- 17.332 19.1169 23.2260- 18.1982",
  "is_intensive_pronoun": "18.836",
  "is_second_person_pronoun": "23.2205- 20.2583- 17.774- 18.638 14.2719 18.1932- 18.1532 18.1631 18.3930-",
  "is_female_pronoun": "23.2330- 21.1165- 18.1927",
  "is_neutral_pronoun": "22.73- 22.1732- 21.1274- 17.797 20.603- 16.4092- 16.2529 19.2820 18.3690 15.1552",
  "is_male_pronoun": "23.2774- 21.1592- 21.1961- 19.1946 20.1477-",
  "contains_question": "20.1601- 22.371- 17.985- 17.1407 10.3946",
  "is_one_digit": "23.2110- 20.3025",
  "contains_exclamation": "21.1920- 23.219",
  "is_relative_pronoun": "22.1693- 20.627 23.1538 23.1796- 15.3252-",
  "start_w_no_space_and_digit": "23.2652 20.369 22.1285 17.2194",
  "contains_close_paren": "20.2965 20.2814- 22.1772- 15.1814 10.3852",
  "contains_quotation": "22.2800- 23.2349- 23.2957- 20.2739",
  "is_interrogative_pronoun": "22.1693- 23.1538 20.627 18.1510 23.1796-",
  "is_month": "20.1501 22.206- 17.3095 19.1810",
  "contains_semicolon": "23.3151- 19.3691- 23.1697",
  "contains_open_bracket": "21.880- 22.3319- 23.5 16.2262 16.1541",
  "contains_open_paren": "21.1131- 23.2042 20.1561 18.1387 21.1325 22.811 23.5 17.398",
  "is_demonstrative_pronoun": "23.2926- 23.3282 21.3480- 15.3365 22.2958 18.121 16.2905- 21.2417",
  "contains_digit": "23.2652 23.3383- 20.3385 19.3120 18.732",
  "contains_colon": "23.1033- 21.3165- 19.3488 20.3390 19.747 19.1317 23.3649 22.2225",
  "is_state": "19.3794 19.3610 19.3282-",
  "is_possessive_pronoun": "23.2182 23.227- 19.177 20.3314",
};

/** Rows that the list in the code has and the table has not. */
const CODE_ONLY: Readonly<Record<string, string>> = {
  "start_w_no_space": "21.3399 23.680 18.3483-",
  "starts_w_cap": "23.2772- 22.451 18.687 18.693- 22.1609",
};

/** Neurons whose flag the code has the other way round, in all their rows of these features. */
const FLIPPED: readonly (readonly [neuron: string, features: readonly string[]])[] = [
  ["15.3252", ["is_relative_pronoun"]],
  ["16.2905", ["is_demonstrative_pronoun"]],
  ["23.3282", ["is_demonstrative_pronoun"]],
  ["23.5", ["contains_open_bracket", "contains_open_paren"]],
  ["23.2042", ["contains_open_paren"]],
  ["23.1538", ["is_relative_pronoun", "is_interrogative_pronoun"]],
];

function rowsOf(lists: Readonly<Record<string, string>>): ListedNeuron[] {
  return Object.entries(lists).flatMap(([feature, names]) =>
    names.split(" ").map((name) => ({
      neuron: name.replace("-", ""),
      feature,
      suppresses: name.endsWith("-"),
    }))
  );
}

/** The 136 rows of the release's table, 130 of them of different neurons. */
export const TABLE_NEURONS: readonly ListedNeuron[] = rowsOf(TABLE);

/** The 144 rows of the list in the release's code, whose flags differ in eight. */
export const CODE_NEURONS: readonly ListedNeuron[] = [
  ...TABLE_NEURONS.map((row) => {
    const isFlipped = FLIPPED.some(([neuron, features]) =>
      neuron === row.neuron && features.includes(row.feature)
    );
    return isFlipped ? { ...row, suppresses: !row.suppresses } : row;
  }),
  ...rowsOf(CODE_ONLY),
];

function pairs(text: string): readonly (readonly [neuron: string, feature: string])[] {
  return text.trim().split(/,\s*/).map((pair) => pair.split(" ") as [string, string]);
}

/** Neurons and features of the appendix' grid, in its order. */
export const APPENDIX_NEURONS: readonly (readonly [neuron: string, feature: string])[] = pairs(`
18.836 is_reflexive_pronoun, 23.2205 is_second_person_pronoun, 23.2330 is_female_pronoun,
22.73 is_neutral_pronoun, 23.2774 is_male_pronoun, 20.1601 contains_question, 23.2110 is_one_digit,
21.1920 contains_exclamation, 23.3803 is_contrastive_conjuction, 22.1693 is_relative_pronoun,
21.970 contains_apostrophe, 17.332 is_year, 23.2652 contains_digit, 20.2965 contains_close_paren,
22.2800 contains_quotation, 20.1501 is_month, 23.3151 contains_semicolon,
21.880 contains_open_bracket, 23.2042 contains_open_paren, 23.2926 is_demonstrative_pronoun,
23.2333 contains_currency, 23.1033 contains_colon, 19.3794 is_state, 23.2182 is_possessive_pronoun,
23.219 contains_exclamation, 23.2772 starts_w_cap, 20.13 all_caps, 18.3483 start_w_no_space,
21.593 end_w_ed, 22.1585 end_w_ing`);

/** Neurons and features of the main text's three histograms. */
export const MAIN_NEURONS: readonly (readonly [neuron: string, feature: string])[] = pairs(
  "19.1169 is_year, 23.2042 contains_open_paren, 18.3483 starts_w_space",
);

/** The neuron of the figure on suppression. */
export const SUPPRESSION_NEURON: readonly [neuron: string, feature: string] = [
  "23.2260",
  "is_year",
];

/** Features whose neurons the figure on duplicates shows. */
export const DUPLICATE_FEATURES: readonly string[] = [
  "end_w_ing",
  "is_neutral_pronoun",
  "is_second_person_pronoun",
  "all_caps",
  "contains_open_paren",
];

/** Every hundredth neuron of vocabulary kurtosis above 10, in order of layer and index, as printed. */
export const KURTOSIS_HUNDREDTHS: readonly string[] =
  ("3.63 16.1380 17.3011 18.3053 19.3022 20.2113 21.1102 21.3828 22.1693 22.3475 23.937 23.2248 " +
    "23.3362").split(" ");

/** Mean number of such neurons over seeds a to e, by layer, as printed. */
export const MEAN_COUNTS: Readonly<Record<number, number>> = {
  20: 130.8,
  21: 142.2,
  22: 207.2,
  23: 339.2,
};
