/**
 * The columns of the neuron table, from the tables of finished runs.
 *
 * @module
 */
import type { ReadTable } from "../../store/format/read_table.ts";
import type { ColumnInfo, ViewerColumn } from "../format.ts";
import { shown } from "./shown.ts";

/** A column as the page has it. */
export interface ShownColumn {
  readonly info: ColumnInfo;
  readonly values: ViewerColumn;
}

/** Title and description of every column that is shown, in the order of the page. */
const COLUMNS: Readonly<Record<string, readonly [title: string, description: string]>> = {
  "excess_corr": [
    "excess correlation",
    "Mean of the largest correlation with each partner, less the baseline's; universal above 0.5.",
  ],
  "mean_corr": ["mean correlation", "Mean over partners of the largest correlation."],
  "max_corr": ["max correlation", "Of the largest correlation with each partner, the most."],
  "min_corr": ["min correlation", "Of the largest correlation with each partner, the least."],
  "mean_baseline": ["baseline", "Mean over partners of the largest correlation by chance."],
  "max_baseline": ["max baseline", "The most over partners."],
  "min_baseline": ["min baseline", "The least over partners."],
  "sparsity": [
    "activation frequency",
    "P(pre > -0.098), as the original counts it: one bin below zero.",
  ],
  "share_positive": ["share above zero", "P(pre > 0)."],
  mean: ["mean", "Mean activation before the nonlinearity, from histogram bins."],
  var: ["variance", "Variance of the activation before the nonlinearity."],
  skew: ["skew", "Skew of the activation before the nonlinearity."],
  kurt: ["kurtosis", "Kurtosis of the activation before the nonlinearity; 3 for a Gaussian."],
  "w_in_norm": ["input norm", "Length of the input weights, folded and centred."],
  "input_bias": ["input bias", "Bias, with the layer norm's folded in."],
  "w_out_norm": ["output norm", "Length of the output weights, centred."],
  "in_out_sim": ["cos(in, out)", "Cosine of input and output weights."],
  "l2_penalty": ["L2 penalty", "Sum of both lengths squared."],
  "vocab_mean": ["logit mean", "Mean cosine of the output weights with the unembedding."],
  "vocab_var": ["logit variance", "Variance of these cosines over the vocabulary."],
  "vocab_skew": ["logit skew", "Skew of these cosines: suppression below, prediction above 0."],
  "vocab_kurt": ["logit kurtosis", "Kurtosis of these cosines; above 10 the neuron predicts few."],
  "variance_reduction": [
    "explained",
    "Share of variance that the feature explains, the best of all features.",
  ],
};

/** Numbers of a run by column name, `[L·F]` each. */
export type NumberColumns = Readonly<Record<string, ArrayLike<unknown>>>;

/** The columns of a table that are shown. */
export function tableColumns({ columns }: ReadTable): NumberColumns {
  return Object.fromEntries(
    Object.entries(columns).filter(([name]) => Object.hasOwn(COLUMNS, name)),
  );
}

/** A column with its range, or undefined where no value is finite. */
export function shownColumn(
  values: ArrayLike<unknown>,
  head: Omit<ColumnInfo, "min" | "max">,
): ShownColumn | undefined {
  let [min, max] = [Infinity, -Infinity];
  const rounded = Array.from({ length: values.length }, (_, i) => {
    const value = values[i];
    const isThere = value !== null && value !== undefined;
    const number = isThere ? shown(Number(value)) : NaN;
    if (!Number.isFinite(number)) return null;
    min = Math.min(min, number);
    max = Math.max(max, number);
    return number;
  });
  return min > max ? undefined : { info: { ...head, min, max }, values: rounded };
}

/** The columns of several sources in the page's order; of two of one name the first is taken. */
export function joinColumns(sources: readonly NumberColumns[]): ShownColumn[] {
  return Object.entries(COLUMNS).flatMap(([name, [title, description]]) => {
    const values = sources.find((source) => Object.hasOwn(source, name))?.[name];
    const column = values && shownColumn(values, { name, title, description });
    return column ? [column] : [];
  });
}
