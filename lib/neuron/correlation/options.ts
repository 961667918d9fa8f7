/**
 * Options of what neurons are held against and how they are summed.
 *
 * @module
 */
import { defineOptions } from "../../cli/options.ts";
import { DROPS } from "./open_models.ts";
import { ROTATIONS } from "./rotation.ts";
import { SIMILARITIES } from "./similarity.ts";
import { BASELINES } from "./streams.ts";

/** What `setUpRun` takes, beside models, rows, seed and memory. */
export const CORRELATION_OPTIONS = defineOptions({
  baseline: {
    type: "choice",
    choices: BASELINES,
    default: "none",
    description: "What the correlations are held against; all but none give universal neurons.",
  },
  rotation: {
    type: "choice",
    choices: ROTATIONS,
    default: "gaussian",
    paper: "gaussian",
    description: "Rows of unit length as the original's, or a rotation in truth.",
  },
  draws: {
    type: "integer",
    default: 3,
    min: 1,
    max: 1000,
    paper: 1,
    description: "Independent rotations, from the same sums.",
  },
  similarity: {
    type: "choice",
    choices: SIMILARITIES,
    default: "pearson",
    paper: "pearson",
    description: "How alike two neurons are measured.",
  },
  jaccardThreshold: {
    type: "number",
    default: 0,
    description: "A neuron is on above this activation.",
  },
  drop: {
    type: "choice",
    choices: DROPS,
    default: "newline",
    paper: "newline",
    description: "Tokens left out: BOS, EOS and single line breaks; BOS and EOS; or none.",
  },
  float16Moments: {
    type: "boolean",
    flag: "float16-moments",
    paper: "always",
    description: "Find what the original's float16 sums give, too, and which neurons change.",
  },
  blockTokens: {
    type: "integer",
    min: 1,
    max: 1 << 20,
    unit: "tokens",
    description:
      "Tokens computed as one and summed in float32; more is faster on a GPU. Else 2,048, " +
      "or up to 8,192 for models of few neurons.",
  },
});
