/**
 * Options of what is kept of each neuron and how a summary is computed.
 *
 * @module
 */
import { defineOptions } from "../../cli/options.ts";
import { checkpointMinutes } from "../../cli/token_options.ts";
import { DEFAULT_WINDOWS } from "./example_windows.ts";
import { DEFAULT_BLOCK_TOKENS } from "./plan.ts";

/** What `setUpSummary`, `planSummary` and `computeSummary` take, beside model, rows and memory. */
export const SUMMARY_OPTIONS = defineOptions({
  examples: {
    type: "integer",
    default: 50,
    min: 1,
    max: 10_000,
    unit: "tokens",
    paper: 50,
    description: "Largest activations kept of each neuron.",
  },
  exampleContext: {
    type: "integer",
    default: DEFAULT_WINDOWS.exampleContext,
    min: 0,
    max: 1000,
    unit: "tokens",
    description: "Keep activations on each side of an example, for un:viewer's colours; 0 none.",
  },
  contextExamples: {
    type: "integer",
    default: DEFAULT_WINDOWS.contextExamples,
    min: 0,
    max: 10_000,
    unit: "examples",
    description: "Examples of each neuron over all rows that have them.",
  },
  subsetContextExamples: {
    type: "integer",
    default: DEFAULT_WINDOWS.subsetContextExamples,
    min: 0,
    max: 10_000,
    unit: "examples",
    description: "Examples of each neuron in each subset that have them.",
  },
  vocabTop: {
    type: "integer",
    default: 100,
    min: -1,
    max: 100_000,
    unit: "tokens",
    paper: 100,
    description: "Token ids kept by mean and by maximum; -1 all of them, 0 none.",
  },
  minCount: {
    type: "integer",
    default: 0,
    min: 0,
    unit: "tokens",
    paper: 0,
    description: "Rank means of token ids that occur this often; 0 ranks absent ones too, as 0.",
  },
  originalExtremes: {
    type: "boolean",
    description: "Let maxima and examples begin at 0 and index 0, as the original's.",
  },
  blockTokens: {
    type: "integer",
    default: DEFAULT_BLOCK_TOKENS,
    min: 1,
    max: 1 << 20,
    unit: "tokens",
    affects: "run",
    description: "Tokens computed as one; more is faster on a GPU.",
  },
  checkpointMinutes: checkpointMinutes("the sums are saved"),
  csv: { type: "boolean", description: "Write the tables as .csv too." },
});
