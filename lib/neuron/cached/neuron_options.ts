/**
 * Options of which neurons are cached: by name, by a table, or by layer.
 *
 * @module
 */
import { defineOptions } from "../../cli/options.ts";

/** `--neurons`, `--neurons-file` with `--universal` and `--where`, `--layers`: exactly one of the three. */
export const NEURON_OPTIONS = defineOptions({
  neurons: { type: "list", description: "Neurons by name, layer.index: 3.415,0.7." },
  neuronsFile: {
    type: "path",
    description: "Or a CSV or Parquet table of neurons, with columns layer and neuron.",
  },
  universal: {
    type: "boolean",
    description: "Of that table, only neurons whose excess_corr is above 0.5.",
  },
  where: {
    type: "list",
    placeholder: "COLUMN>NUMBER",
    description: "Of that table, only rows of which this holds, such as 'vocab_kurt>10'.",
  },
  layers: { type: "list", description: "Or all neurons of these layers: 1,2 or all." },
});
