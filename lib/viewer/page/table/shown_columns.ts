/**
 * Which columns the table has, and its rows to copy.
 *
 * @module
 */
import type { ColumnInfo, ViewerModel } from "../../format.ts";
import type { Cell } from "../copy.ts";
import { neuronName } from "../numbers.ts";
import { kindOf, type OrderSource } from "./order.ts";

/** Columns shown first, in order of interest, where the folder has them. */
const USUAL = ["excess_corr", "feature", "top_token", "sparsity", "kurt", "max_corr", "w_out_norm"];
const USUAL_COUNT = 3;

/** The columns of these names; the usual ones where none are named. */
export function shownColumns(
  { columns }: ViewerModel,
  asked: readonly string[] | undefined,
): ColumnInfo[] {
  if (asked) return asked.flatMap((name) => columns.filter((column) => column.name === name));
  const usual = USUAL.flatMap((name) => columns.filter((column) => column.name === name));
  return [...new Set([...usual, ...columns])].slice(0, USUAL_COUNT);
}

/** The table as rows to copy, with names in place of the numbers of tokens and features. */
export function tableRows(
  source: OrderSource,
  order: Uint32Array,
  columns: readonly ColumnInfo[],
): Cell[][] {
  const { model } = source;
  const cell = (neuron: number, column: ColumnInfo): Cell => {
    const value = source.column(column.name)?.[neuron];
    const kind = kindOf(column);
    if (kind === "number" || value === undefined || Number.isNaN(value)) return value;
    return kind === "token" ? source.token(value) : model.features[value];
  };
  return [
    ["neuron", ...columns.map(({ name }) => name)],
    ...Array.from(order, (neuron) => [
      neuronName(neuron, model.width),
      ...columns.map((column) => cell(neuron, column)),
    ]),
  ];
}
