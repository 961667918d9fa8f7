/**
 * Token ids as places in a part of the vocabulary.
 *
 * @module
 */
import type { ModelBuilder } from "./model_builder.ts";
import type { Piece } from "./pieces.ts";

/** Token ids of the whole vocabulary as those of one piece, or of all of it. */
export interface LocalIds {
  /** i32, as many as the ids: places in the piece, wherever the token stands. */
  readonly ids: string;
  /** Whether the token stands in the piece. */
  readonly isHere: string;
}

/** Where tokens stand in a piece. */
export function localIds(model: ModelBuilder, tokens: string, { start, shape }: Piece): LocalIds {
  const last = model.index(shape[0]! - 1);
  const shifted = start === 0 ? tokens : model.node("Sub", [tokens, model.index(start)]);
  const ids = model.node("Clip", [shifted, model.index(0), last]);
  return { ids, isHere: model.node("Equal", [shifted, ids]) };
}

/** Values of tokens, one a token in the last axis, with NaN for those that stand elsewhere. */
export function onlyHere(model: ModelBuilder, { isHere }: LocalIds, values: string): string {
  return model.node("Where", [isHere, values, model.scalar(NaN)]);
}
