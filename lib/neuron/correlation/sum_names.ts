/**
 * What the sums of a run are called, in memory and in files.
 *
 * @module
 */
import type { Column, Group } from "./plan.ts";

/** How many positions were kept. */
export const COUNT = "count";

/** Before the names of sums of squares. */
export const SQUARES = "square/";

/** Name of a layer of the first model. */
export function baseName(layer: number): string {
  return `base/${layer}`;
}

/** Name of a layer of a stream. */
export function columnName({ partner, kind, layer }: Column): string {
  return `${partner}/${kind}/${layer}`;
}

/** Σx of a layer. */
export function sumName(layer: string): string {
  return `sum/${layer}`;
}

/** Σx² of a layer. */
export function squareName(layer: string): string {
  return `${SQUARES}${layer}`;
}

/** Σx of a layer by the original's float16 sums. */
export function float16SumName(layer: string): string {
  return `float16 sum/${layer}`;
}

/** Σx² of a layer by the original's float16 sums. */
export function float16SquareName(layer: string): string {
  return `float16 square/${layer}`;
}

/** Σ x yᵀ of a tile. */
export function crossName(group: Group, column: Column): string {
  return `cross/${columnName(column)}/${group.from}`;
}

/** Σ y yᵀ within a layer of a stream. */
export function covarianceName(column: Column): string {
  return `covariance/${columnName(column)}`;
}

/** What a layer was shifted by. */
export function shiftName(layer: string): string {
  return `shift/${layer}`;
}

/** What a layer was multiplied by. */
export function factorName(layer: string): string {
  return `factor/${layer}`;
}
