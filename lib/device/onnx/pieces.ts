/**
 * Inputs given to a model in pieces of rows. A product with W_U lays its second factor out anew in
 * every run, so many rows against a piece of the vocabulary cost less than a few rows against all of
 * it, at the same size of their logits.
 *
 * @module
 */
import type { Value } from "../graph.ts";

/** Some rows of an input, which the model knows by a name of their own. */
export interface Piece {
  readonly name: string;
  /** The row of the input it begins with. */
  readonly start: number;
  readonly shape: readonly number[];
}

/** The name of an input or output in every model of the device. */
export function modelName(value: Value): string {
  return `v${value.id}`;
}

/** An input of some shape as at most so many pieces of nearly one size; a single one keeps its name. */
export function piecesOf(value: Value, shape: readonly number[], count: number): Piece[] {
  const name = modelName(value);
  if (count === 1) return [{ name, start: 0, shape }];
  const [total, ...inner] = shape as [number, ...number[]];
  const size = Math.ceil(total / count);
  return Array.from({ length: Math.ceil(total / size) }, (_, index) => ({
    name: `${name}.${index}`,
    start: index * size,
    shape: [Math.min(size, total - index * size), ...inner],
  }));
}
