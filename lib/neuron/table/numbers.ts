/**
 * What the neuron table says in numbers: how many neurons are universal, where, and how they differ.
 *
 * @module
 */
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { UNIVERSAL_EXCESS } from "../correlation/universal.ts";
import type { NeuronRows } from "./columns.ts";

/** A kurtosis above which the paper takes a neuron's vocabulary effects for a prediction. */
const STANDING_KURT = 10;

/** Rows whose excess correlation is above 0.5; none without that column. */
export function universalRows({ columns: { excess_corr: excess } }: NeuronRows): Int32Array {
  const rows = Int32Array.from({ length: excess?.length ?? 0 }, (_, row) => row);
  return rows.filter((row) => excess![row]! > UNIVERSAL_EXCESS);
}

function countOf(rows: Int32Array, values: Float64Array | undefined, is: (x: number) => boolean) {
  return values && rows.reduce((count, row) => count + Number(is(values[row]!)), 0);
}

function meanOf(values: readonly number[]): number | null {
  const finite = values.filter(Number.isFinite);
  return finite.length === 0 ? null : finite.reduce((sum, x) => sum + x, 0) / finite.length;
}

/** `max_corr − min_corr`, mean over rows. */
function spreadOf(rows: Int32Array, { columns }: NeuronRows): number | null | undefined {
  const { max_corr: most, min_corr: least } = columns;
  return most && least && meanOf([...rows].map((row) => most[row]! - least[row]!));
}

/**
 * Numbers of a table's rows; each only where the columns it needs are there.
 *
 * @param layers of the model.
 */
export function tableNumbers(table: NeuronRows, layers: number): SummaryNumbers {
  const { layer, columns } = table;
  const n = layer.length;
  const all = Int32Array.from({ length: n }, (_, row) => row);
  const { excess_corr: excess, vocab_kurt: kurt, max_corr: most, min_corr: least } = columns;
  const universal = universalRows(table);
  const isDead = (row: number) => most![row] === 0 && least![row] === 0;
  const numbers = {
    "neurons": n,
    layers,
    // 0 with every other neuron of every partner: constant, or not finite.
    "dead_neurons": most && least && all.filter(isDead).length,
    "corr_spread_all": spreadOf(all, table),
    "vocab_kurt_above_10": countOf(all, kurt, (x) => x > STANDING_KURT),
    ...(excess && {
      "universal_neurons": universal.length,
      "universal_share": universal.length / n,
      "universal_by_layer": Array.from(
        { length: layers },
        (_, l) => universal.filter((row) => layer[row] === l).length,
      ),
      "universal_vocab_kurt_above_10": countOf(universal, kurt, (x) => x > STANDING_KURT),
      "universal_kurt_above_3": countOf(universal, columns.kurt, (x) => x > 3),
      "universal_skew_above_0": countOf(universal, columns.skew, (x) => x > 0),
      "universal_input_bias_below_0": countOf(universal, columns.input_bias, (x) => x < 0),
      "corr_spread_universal": spreadOf(universal, table),
      "excess_not_finite": countOf(all, excess, (x) => !Number.isFinite(x)),
    }),
  };
  return Object.fromEntries(
    Object.entries(numbers).filter(([, value]) => value !== undefined),
  ) as SummaryNumbers;
}
