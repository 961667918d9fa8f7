/**
 * Options of which neurons interventions change, as `chooseSets` takes them.
 *
 * @module
 */
import { defineOptions } from "../../cli/options.ts";

/** `--neurons`, `--joint`, `--chosen`, `--controls`, and the runs that `--weights` and `--summary` name. */
export const SET_OPTIONS = defineOptions({
  neurons: {
    type: "list",
    paper: "11.3030,11.2859",
    description: "Names layer.index; the paper's, or found by its filters, when absent.",
  },
  joint: { type: "boolean", description: "Change all --neurons together, not one by one." },
  chosen: {
    type: "integer",
    default: 2,
    min: 1,
    max: 1000,
    unit: "neurons",
    paper: 2,
    description: "How many the filters choose where no neurons are named.",
  },
  controls: {
    type: "integer",
    min: 0,
    max: 1000,
    unit: "neurons",
    paper: 20,
    description:
      "Random neurons drawn by --seed; the paper's for its models, else 20, when absent.",
  },
  weights: {
    type: "path",
    description: "Folder of a run of un:weights to choose neurons by; computed when absent.",
  },
  summary: {
    type: "path",
    description: "Folder of a run of un:summary: its kurtosis is a filter too.",
  },
});
