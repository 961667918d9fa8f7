/**
 * The columns of the original's neuron table, in its order and under its names.
 *
 * Source: spec/universal_neurons section 1.5.
 *
 * @module
 */

import { nameOf } from "../neurons.ts";

/** Where a column comes from. */
export const SOURCE_KINDS = ["correlations", "weights", "summary"] as const;

/** A member of {@linkcode SOURCE_KINDS}. */
export type SourceKind = typeof SOURCE_KINDS[number];

/** Each value column's source; `layer` and `neuron` stand before them. */
export const NEURON_COLUMNS = {
  "max_corr": "correlations",
  "mean_corr": "correlations",
  "min_corr": "correlations",
  "max_baseline": "correlations",
  "min_baseline": "correlations",
  "mean_baseline": "correlations",
  "w_in_norm": "weights",
  "input_bias": "weights",
  "w_out_norm": "weights",
  "in_out_sim": "weights",
  "l2_penalty": "weights",
  "mean": "summary",
  "var": "summary",
  "skew": "summary",
  "kurt": "summary",
  "vocab_mean": "weights",
  "vocab_var": "weights",
  "vocab_skew": "weights",
  "vocab_kurt": "weights",
  "sparsity": "summary",
  "excess_corr": "correlations",
} as const satisfies Record<string, SourceKind>;

/** A value column of the table. */
export type NeuronColumn = keyof typeof NEURON_COLUMNS;

/** The value columns in their order. */
export const COLUMN_NAMES = Object.keys(NEURON_COLUMNS) as readonly NeuronColumn[];

/** Some columns, `[n]` each. */
export type NeuronColumns = Partial<Record<NeuronColumn, Float64Array>>;

/** Rows of a neuron table: those of all neurons in order, or of some in any order. */
export interface NeuronRows {
  /** `[rows]`. */
  readonly layer: Int32Array;
  /** Place within the layer, `[rows]`. */
  readonly neuron: Int32Array;
  readonly columns: NeuronColumns;
}

/** The table of all neurons of a model. */
export interface JoinedTable extends NeuronRows {
  /** Unknown where no source says. */
  readonly model: string | undefined;
  /** L. */
  readonly layers: number;
  /** Columns that no source has. */
  readonly absent: readonly NeuronColumn[];
}

/** A neuron's name, `layer.index`: text, for 1.10 is not 1.1. */
export function neuronName({ layer, neuron }: NeuronRows, row: number): string {
  return nameOf({ layer: layer[row]!, neuron: neuron[row]! });
}

/** The columns of a source. */
export function columnsOf(kind: SourceKind): NeuronColumn[] {
  return COLUMN_NAMES.filter((name) => NEURON_COLUMNS[name] === kind);
}
