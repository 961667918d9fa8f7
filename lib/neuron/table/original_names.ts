/**
 * What the original's files call each array, and what this suite calls it.
 *
 * Source: spec/universal_neurons sections 1.2, 1.6 and 1.7.
 *
 * @module
 */

/** An array of the original's files. */
export interface OriginalArray {
  /** File in a folder of the original. */
  readonly file: string;
  /** Keys on the way to it in the file, joined by `/`; `""` where the file is the array. */
  readonly key: string;
  /** Our name. */
  readonly name: string;
  /** How many of the first axes `[L, F, …]` become one `[L·F, …]`; 1 leaves them. */
  readonly neuronAxes: 1 | 2;
}

const CORRELATION_ARRAYS = [
  ...["diag_corr", "obo_corr", "bin_counts", "max_corr", "max_corr_ix", "min_corr", "min_corr_ix"],
  ...["max_tail_corr", "max_tail_corr_ix", "min_tail_corr", "min_tail_corr_ix"],
  ...["corr_mean", "corr_var", "corr_skew", "corr_kurt"],
];

function correlationArrays(file: string, suffix: string): OriginalArray[] {
  return CORRELATION_ARRAYS.map((key) => ({ file, key, name: key + suffix, neuronAxes: 1 }));
}

function similarityArrays(file: string, of: string, names: readonly string[]): OriginalArray[] {
  const keys = {
    [`top_${of}_value`]: "top",
    [`top_${of}_ix`]: "top_ix",
    [`bottom_${of}_value`]: "bottom",
    [`bottom_${of}_ix`]: "bottom_ix",
    "comp_hist": "hist",
    "comp_mean": "mean",
    "comp_var": "var",
    "comp_skew": "skew",
    "comp_kurt": "kurt",
  };
  return names.flatMap((name) =>
    Object.entries(keys).map(([key, ours]) => ({
      file,
      key: `${name}/${key}`,
      name: `${name}_${ours}`,
      neuronAxes: 2 as const,
    }))
  );
}

function alone(file: string, name: string, neuronAxes: 1 | 2 = 2): OriginalArray {
  return { file, key: "", name, neuronAxes };
}

/** Every array that a reader of this suite finds in the original's folders. */
export const ORIGINAL_ARRAYS: readonly OriginalArray[] = [
  ...correlationArrays("correlation_summary.pt", ""),
  ...correlationArrays("correlation_summary_T.pt", "_T"),
  ...similarityArrays("vocab_comps.pt", "vocab", ["E_in", "U_in", "E_out", "U_out"]),
  ...similarityArrays("neuron_comps.pt", "neuron", ["in_in", "in_out", "out_in", "out_out"]),
  // The original's files k and q are named by the wrong sides.
  alone("k_comps.pt", "comp_query_side"),
  alone("q_comps.pt", "comp_key_side"),
  alone("v_comps.pt", "comp_v"),
  alone("o_comps.pt", "comp_o"),
  alone("neuron_bin_counts.pt", "neuron_bin_counts"),
  alone("neuron_bin_edges.pt", "neuron_bin_edges", 1),
  alone("neuron_max_activating_value.pt", "max_activating_value"),
  alone("neuron_max_activating_index.pt", "max_activating_index"),
  alone("vocab_counts.pt", "vocab_counts", 1),
  alone("neuron_vocab_mean.pt", "vocab_mean"),
  alone("neuron_vocab_mean_ixs.npz.npy", "vocab_mean_ix"),
  alone("neuron_vocab_max.pt", "vocab_max"),
  alone("neuron_vocab_max_ixs.npz.npy", "vocab_max_ix"),
];

/** The original's older and other names of columns in CSV files, by ours. */
export const ORIGINAL_COLUMNS: Readonly<Record<string, string>> = {
  "neuron_ix": "neuron",
  "input_weight_norm": "w_in_norm",
  "output_weight_norm": "w_out_norm",
  "weight_norm_penalty": "l2_penalty",
};
