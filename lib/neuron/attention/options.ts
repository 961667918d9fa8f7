/**
 * Options of which path is measured, at which queries, and how.
 *
 * @module
 */
import { defineOptions } from "../../cli/options.ts";
import { SPEARMAN_METHODS } from "./spearman.ts";

/** What `setUpAblation` and `scorePath` take, beside rows of tokens. */
export const ABLATION_OPTIONS = defineOptions({
  triple: {
    type: "choice",
    choices: ["auto", "paper"],
    default: "auto",
    paper: "paper",
    description:
      "Head and MLP: those of the largest score with the parts given below, or 8.3 and 7.",
  },
  attentionLayer: { type: "integer", min: 0, paper: 8, description: "Layer of the head." },
  head: { type: "integer", min: 0, paper: 3, description: "The head." },
  mlpLayer: {
    type: "integer",
    min: 0,
    paper: 7,
    description: "Layer of the neurons, below the head's.",
  },
  context: {
    type: "integer",
    default: 256,
    min: 2,
    unit: "tokens",
    paper: 256,
    description: "Rows are cut to their first tokens.",
  },
  afterPos: {
    type: "integer",
    default: 64,
    min: 0,
    paper: 64,
    description: "Queries before this position are not measured.",
  },
  minRank: { type: "integer", default: 0, min: 0, paper: 0, description: "First rank measured." },
  maxRank: {
    type: "integer",
    min: 1,
    paper: 3072,
    description: "The rank after the last one measured; all neurons when absent.",
  },
  keep: {
    type: "list",
    description: "Ranks kept token by token, 12 or L7N12; the first of either sign when absent.",
  },
  strongest: {
    type: "integer",
    default: 20,
    min: 1,
    max: 10_000,
    unit: "neurons",
    description: "Neurons kept of each head by the heuristic.",
  },
  scaled: {
    type: "boolean",
    description:
      "Divide scores by the layer where the model's attention does; the original did not.",
  },
  spearman: {
    type: "choice",
    choices: SPEARMAN_METHODS,
    default: "exact",
    paper: "exact",
    description: "From all values, 8 bytes a neuron and token, or from 64 kB of counts a neuron.",
  },
  originalLastBatch: {
    type: "boolean",
    description: "Measure the last batch of rows alone, as the original's statistics did.",
  },
  batchSize: {
    type: "integer",
    default: 32,
    min: 1,
    unit: "rows",
    paper: 32,
    description: "Rows of such a batch.",
  },
  queryPosition: {
    type: "integer",
    min: 0,
    paper: 2,
    placeholder: "RANK",
    description: "Ablate this rank once more, one query position at a time by the model itself.",
  },
});
