/**
 * Statistics of a softmax from those of pieces of the vocabulary.
 *
 * @module
 */
import { lazy, type Stats } from "./lazy_stats.ts";
import type { LocalIds } from "./local_ids.ts";
import type { ModelBuilder } from "./model_builder.ts";

/** The statistics of one piece, and where the chosen tokens stand in it. */
export interface PieceStats {
  readonly stats: Stats;
  readonly targets?: LocalIds | undefined;
  readonly columns?: LocalIds | undefined;
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
  /** Each token's value from the piece that has it; NaN, as in every piece, for a token of none. */
  const fromAny = (values: readonly { ids: LocalIds | undefined; value: string }[]) =>
    values.slice(1).reduce(
      (others, { ids, value }) => model.node("Where", [ids!.isHere, value, others]),
      values[0]!.value,
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
      fromAny(pieces.map(({ stats, targets: ids }) => ({ ids, value: stats.targetLogit() }))),
    columnLogits: () =>
      fromAny(pieces.map(({ stats, columns: ids }) => ({ ids, value: stats.columnLogits() }))),
  };
}
