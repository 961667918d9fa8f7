/**
 * The options of scripts that show the tokens on which neurons of a topic, or of places, are active.
 *
 * @module
 */
import { FAMILY_OPTIONS } from "./family_options.ts";
import { defineOptions } from "./options.ts";

/** `--summary`, `--explain`, `--subset`, `--min-count`, `--words`, `--top`, `--least`. */
export const TOPIC_OPTIONS = defineOptions({
  summary: {
    type: "path",
    default: "cache/results/universal_neurons/summary",
    description: "Folder of a finished run of un:summary.",
  },
  explain: {
    ...FAMILY_OPTIONS.explain,
    description: "Folder of a run of un:explain of the same model: texts of tokens, and features.",
  },
  subset: {
    type: "string",
    paper: "pile_cc",
    description: "Means over the rows of this subset of the summary; all rows when absent.",
  },
  minCount: {
    type: "integer",
    default: 50,
    min: 0,
    paper: "75, 50, 90",
    unit: "tokens",
    description: "Occurrences that a token must exceed.",
  },
  words: { type: "boolean", description: "Only tokens of a space and letters." },
  top: {
    type: "integer",
    default: 10,
    min: 1,
    max: 40,
    unit: "tokens",
    paper: 10,
    description: "Tokens of each neuron.",
  },
  least: {
    type: "number",
    default: 0,
    min: -1,
    max: 1,
    description: "Reduction in variance by its feature that a neuron must exceed to be found.",
  },
});
