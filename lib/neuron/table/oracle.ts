/**
 * What the original printed of its neuron tables, and how near a run must come.
 *
 * Source: spec/universal_neurons section 3.1.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import {
  COLUMN_ARRAYS,
  judgeNeurons,
  type NeuronNumber,
  type NeuronNumbers,
  publishedNeurons,
} from "../weights/published.ts";
import { type JoinedTable, neuronName } from "./columns.ts";

/** Counts by model, under the names of `tableNumbers`. */
const PRINTED: Readonly<Record<string, SummaryNumbers>> = {
  "stanford-gpt2-small-a": {
    "universal_neurons": 1533,
    "universal_share": 0.04158528645833334,
    "universal_by_layer": [222, 244, 101, 110, 71, 72, 56, 112, 101, 142, 125, 177],
    "universal_vocab_kurt_above_10": 213,
    "universal_kurt_above_3": 1449,
    "universal_skew_above_0": 1475,
    "universal_input_bias_below_0": 1528,
  },
  "stanford-gpt2-medium-a": {
    "universal_neurons": 1211,
    "universal_share": 0.012318929036458335,
    "universal_by_layer": [
      ...[132, 140, 44, 40, 40, 30, 23, 21, 26, 24, 25, 17],
      ...[36, 36, 57, 52, 53, 56, 49, 55, 46, 52, 61, 96],
    ],
    "universal_vocab_kurt_above_10": 291,
    "universal_kurt_above_3": 1155,
    "universal_skew_above_0": 1158,
    "universal_input_bias_below_0": 1210,
    "corr_spread_all": 0.0492,
  },
  "pythia-160m": {
    "universal_neurons": 465,
    "universal_share": 0.012613932291666665,
    "universal_by_layer": [64, 14, 19, 5, 27, 34, 43, 39, 67, 50, 50, 53],
    "universal_vocab_kurt_above_10": 79,
    "universal_kurt_above_3": 452,
    "universal_skew_above_0": 435,
    "universal_input_bias_below_0": 279,
  },
};

/**
 * Share of itself by which a count may differ: the paper's tokens, its one unseeded rotation and its
 * float16 sums are not to be had again. Two runs of its authors differ by 0.011 in the median of the
 * largest baseline correlation (spec section 4), which moves about that many over the threshold.
 */
export const COUNT_TOLERANCE = 0.1;

/** The counts printed of a model, or none. */
export function printedCounts(model: string | undefined): SummaryNumbers {
  return model !== undefined && Object.hasOwn(PRINTED, model) ? PRINTED[model]! : {};
}

/** One number printed beside the run's. */
export interface JudgedNumber {
  readonly name: string;
  readonly value: number;
  readonly paper: number;
  readonly allowed: number;
  readonly verdict: "pass" | "fail";
}

/** Every number printed of the model that the table has. */
export function judgeTable(table: JoinedTable, numbers: SummaryNumbers): JudgedNumber[] {
  const { model } = table;
  const counts = Object.entries(printedCounts(model)).flatMap(([name, paper]) => {
    const value = numbers[name];
    if (typeof paper !== "number" || typeof value !== "number") return [];
    const allowed = COUNT_TOLERANCE * paper;
    const verdict = Math.abs(value - paper) <= allowed ? "pass" as const : "fail" as const;
    return [{ name: name.replaceAll("_", " "), value, paper, allowed, verdict }];
  });
  return [...counts, ...judgeWeights(table)];
}

/** The weight columns of the neurons that were printed, as `un:weights` judges them. */
function judgeWeights(table: JoinedTable): JudgedNumber[] {
  const { model, columns } = table;
  if (model === undefined || !columns.w_in_norm) return [];
  const printed = publishedNeurons(model);
  const rows = new Map(Array.from(table.layer, (_, row) => [neuronName(table, row), row]));
  const own: Record<string, NeuronNumbers> = {};
  for (const name of Object.keys(printed)) {
    const row = rows.get(name);
    if (row === undefined) continue;
    own[name] = Object.fromEntries(
      (Object.keys(COLUMN_ARRAYS) as NeuronNumber[]).flatMap((column) =>
        columns[column] ? [[column, columns[column][row]!]] : []
      ),
    );
  }
  return judgeNeurons(model, own)
    .filter(({ column }) => columns[column])
    .map(({ neuron, column, ...judged }) => ({ name: `${neuron} ${column}`, ...judged }));
}

/**
 * The failure of `--check`, or undefined when the table agrees with what was printed.
 *
 * @returns E-CHECK naming the number, or E-USAGE for a model nothing was printed of.
 */
export function checkTable(
  model: string | undefined,
  judged: readonly JudgedNumber[],
): NeuriteError | undefined {
  if (judged.length === 0) {
    return cannot("E-USAGE", {
      do: "check",
      thing: model ?? "a model without a name",
      is: "a table with no number that was published",
      expected: `a table of ${Object.keys(PRINTED).join(", ")}`,
      hint: "leave out --check",
    });
  }
  const wrong = judged.find(({ verdict }) => verdict === "fail");
  return wrong && cannot("E-CHECK", {
    do: "confirm",
    thing: wrong.name,
    is: String(wrong.value),
    expected: `${wrong.paper} within ${wrong.allowed.toPrecision(2)}`,
    hint: "compare tokens, partners and revisions of the sources' run.json with the paper's",
  });
}
