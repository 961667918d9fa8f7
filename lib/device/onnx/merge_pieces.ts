/**
 * Statistics of a softmax from those of pieces of the vocabulary.
 *
 * @module
 */
import { lazy, type Stats } from "./lazy_stats.ts";
import type { ModelBuilder } from "./model_builder.ts";
import type { Piece } from "./pieces.ts";

/** Token ids of the whole vocabulary as those of one piece. */
export interface LocalIds {
  /** i32, as many as the ids: places in the piece, wherever the token stands. */
  readonly ids: string;
  /** Whether the token stands in the piece. */
  readonly isHere: string;
}

/** Where tokens stand in a piece. */
export function localIds(model: ModelBuilder, ids: string, { start, shape }: Piece): LocalIds {
  const last = model.index(shape[0]! - 1);
  const shifted = model.node("Sub", [ids, model.index(start)]);
  const clipped = model.node("Clip", [shifted, model.index(0), last]);
  return { ids: clipped, isHere: model.node("Equal", [shifted, clipped]) };
}

/** The statistics of one piece, and which of the chosen tokens they speak of. */
export interface PieceStats {
  readonly stats: Stats;
  /** Of the targets `[rows]`. */
  readonly targetIsHere?: string | undefined;
  /** Of the columns `[C]`. */
  readonly columnIsHere?: string | undefined;
}

/** Statistics of `rows` rows over all pieces; `rank` is not among them. */
export function mergePieces(
  model: ModelBuilder,
  pieces: readonly PieceStats[],
  rows: number,
): Partial<Stats> {
  const first = model.integers([1]);
  const beside = (values: readonly string[]) =>
    model.node("Concat", values.map((value) => model.reshape(value, [rows, 1])), { axis: 1 });
  const norms = lazy(() => beside(pieces.map(({ stats }) => stats.logZ())));
  const logZ = lazy(() => model.node("ReduceLogSumExp", [norms(), first], { keepdims: 0 }));
  /** Each token's value from the piece that has it; NaN for a token of none. */
  const fromAny = (values: readonly { isHere: string | undefined; value: string }[]) =>
    values.reduce(
      (others, { isHere, value }) => model.node("Where", [isHere!, value, others]),
      model.scalar(NaN),
    );
  return {
    logZ,
    // With w the share of a piece and H its own entropy: Σ w (H − log w).
    entropy: () => {
      const logShares = model.node("Sub", [norms(), model.reshape(logZ(), [rows, 1])]);
      const own = beside(pieces.map(({ stats }) => stats.entropy()));
      const terms = model.node("Mul", [
        model.node("Exp", [logShares]),
        model.node("Sub", [own, logShares]),
      ]);
      return model.node("ReduceSum", [terms, first], { keepdims: 0 });
    },
    targetLogit: () =>
      fromAny(pieces.map(({ stats, targetIsHere: isHere }) => {
        return { isHere, value: stats.targetLogit() };
      })),
    columnLogits: () =>
      fromAny(pieces.map(({ stats, columnIsHere: isHere }) => {
        return { isHere, value: stats.columnLogits() };
      })),
  };
}
