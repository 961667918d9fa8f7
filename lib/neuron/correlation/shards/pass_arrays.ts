import type { HostArray } from "../../../array.ts";
import { CONSTANT, SUM } from "../exact_sums.ts";
import type { Tile } from "../plan.ts";
import {
  baseName,
  columnName,
  COUNT,
  covarianceName,
  crossName,
  factorName,
  float16SquareName,
  float16SumName,
  shiftName,
  squareName,
  sumName,
} from "../sum_names.ts";

/** An array that the sums of a pass have, all float64. */
export interface PassArray {
  readonly name: string;
  /** Name in a file. */
  readonly stored: string;
  readonly kind: "sum" | "constant";
  readonly shape: HostArray["shape"];
}

/** What is summed beside the products of tiles. */
export interface PassKind {
  /** Whether the covariances within each layer are summed too. */
  readonly covariance: boolean;
  /** Whether activations above a threshold are counted; then nothing is shifted. */
  readonly isCount: boolean;
  /** Whether neurons are summed in float16 too. */
  readonly float16Moments: boolean;
}

/** Every array of the sums of a pass, in the order of its tiles. */
export function passArrays(
  tiles: readonly Tile[],
  { covariance, isCount, float16Moments }: PassKind,
): PassArray[] {
  const arrays = new Map<string, PassArray>();
  const sum = (name: string, ...shape: number[]) =>
    arrays.set(name, { name, stored: SUM + name, kind: "sum", shape });
  const constant = (name: string, width: number) =>
    arrays.set(name, { name, stored: CONSTANT + name, kind: "constant", shape: [width] });
  const neurons = (layer: string, width: number) => {
    sum(sumName(layer), width);
    sum(squareName(layer), width);
    if (float16Moments) {
      sum(float16SumName(layer), width);
      sum(float16SquareName(layer), width);
    }
    if (isCount) return;
    constant(shiftName(layer), width);
    constant(factorName(layer), width);
  };
  sum(COUNT, 1);
  for (const { group, column } of tiles) {
    const { from, to, rows } = group;
    for (let layer = from; layer < to; layer++) neurons(baseName(layer), rows / (to - from));
    neurons(columnName(column), column.width);
    sum(crossName(group, column), rows, column.width);
    if (covariance) sum(covarianceName(column), column.width, column.width);
  }
  return [...arrays.values()];
}
