/**
 * Named neurons as tables for people.
 *
 * @module
 */
import type { ReadTable } from "../../store/format/read_table.ts";
import type { NamedNeuron } from "./named.ts";

const REPORTED = 100;
const PRINTED = 15;

/** The best named neurons, for the page. */
export function namedTable(named: readonly NamedNeuron[]) {
  const best = named.filter(({ feature }) => feature !== "")
    .toSorted((a, b) => b.varianceReduction - a.varianceReduction).slice(0, REPORTED);
  return {
    caption: `The ${best.length} neurons that one feature names best`,
    columns: [
      ...["neuron", "feature", "tokens", "reduction", "by chance", "mean difference", "t"],
      ...["kurtosis", "skew", "which way"],
    ],
    rows: best.map((one) => [
      one.neuron,
      one.feature,
      one.tokens,
      one.varianceReduction.toFixed(4),
      Number.isNaN(one.chanceMean) ? "" : one.chanceMean.toFixed(4),
      one.meanDifference.toFixed(3),
      one.welchT.toFixed(1),
      one.kurt.toFixed(1),
      one.skew.toFixed(2),
      one.suppresses ? "suppresses" : "promotes",
    ]),
  };
}

/** The best rows of the table of a finished run, for the terminal. */
export function readNamed({ columns, rows }: ReadTable) {
  const text = (name: string, row: number) => String(columns[name]![row] ?? "");
  const number = (name: string, row: number) => Number(columns[name]![row]);
  const order = Array.from({ length: rows }, (_, row) => row)
    .filter((row) => text("feature", row) !== "")
    .sort((a, b) => number("variance_reduction", b) - number("variance_reduction", a));
  return {
    columns: ["neuron", "feature", "tokens", "reduction", "by chance", "which way"],
    rows: order.slice(0, PRINTED).map((row) => {
      const chance = number("chance_mean", row);
      return [
        `${text("layer", row)}.${text("neuron", row)}`,
        text("feature", row),
        number("feature_tokens", row),
        number("variance_reduction", row),
        Number.isNaN(chance) ? undefined : chance,
        columns.suppresses![row] === true ? "suppresses" : "promotes",
      ];
    }),
  };
}
