/**
 * The unembedding as ONNX nodes. `unembedStats` is written for as many rows as the device lets the
 * `[rows, V]` logits have at a time.
 *
 * @module
 */
import type { Node } from "../graph.ts";
import { lazy, type Stats } from "./lazy_stats.ts";
import { type LocalIds, localIds, onlyHere } from "./local_ids.ts";
import { mergePieces } from "./merge_pieces.ts";
import type { ModelBuilder } from "./model_builder.ts";
import type { Translation, Translator } from "./translation.ts";
import { needsAllLogits } from "./unembed_needs.ts";

/** `logits`: rows of W_U are tokens. */
export const translateLogits: Translator<"logits"> = ({ model }, _, names) => [
  model.node("Gemm", names, { transB: 1 }),
];

/** The named inputs of an `unembedStats` node; tokens by their names, or as places in a piece. */
interface Unembedding<Ids> {
  x: string;
  weight: string;
  bias: string | undefined;
  targets: Ids | undefined;
  columns: Ids | undefined;
  base: string | undefined;
  scale: string | undefined;
}

function namedInputs(node: Node<"unembedStats">, names: readonly string[]): Unembedding<string> {
  const { bias, targets, columns, base, scale } = node.attributes;
  const [x, weight, ...rest] = names as [string, string, ...string[]];
  return {
    x,
    weight,
    bias: bias ? rest.shift() : undefined,
    targets: targets ? rest.shift() : undefined,
    columns: columns ? rest.shift() : undefined,
    base: base ? rest.shift() : undefined,
    scale: scale ? rest.shift() : undefined,
  };
}

/**
 * Products under the scale of their rows, with the known parts `like` them added. A base goes in as
 * an Add: as Gemm's own addend it is copied first, which takes longer.
 */
function updated(
  model: ModelBuilder,
  product: string,
  like: { base?: string | undefined; scale?: string | undefined; bias?: string | undefined },
): string {
  let logits = product;
  if (like.base) logits = model.node("Add", [logits, like.base]);
  if (like.scale) logits = model.node("Mul", [logits, like.scale]);
  return like.bias ? model.node("Add", [logits, like.bias]) : logits;
}

/** Statistics of whole rows: every logit of the chunk exists, and the chosen ones are taken from it. */
function statsOfAllLogits(
  model: ModelBuilder,
  inputs: Unembedding<LocalIds>,
  rows: number,
): Stats {
  const { x, weight, bias, targets, columns, base, scale } = inputs;
  const last = model.integers([-1]);
  // Gemm takes a bias for nothing where nothing stands between.
  const inside = bias && !scale ? [x, weight, bias] : [x, weight];
  const logits = updated(model, model.node("Gemm", inside, { transB: 1 }), {
    base,
    scale: scale && model.reshape(scale, [rows, 1]),
    bias: scale && bias,
  });
  const logShares = lazy(() => model.node("LogSoftmax", [logits], { axis: -1 }));
  const target = lazy(() => {
    const ids = model.reshape(targets!.ids, [rows, 1]);
    const values = model.node("GatherElements", [logits, ids], { axis: 1 });
    return onlyHere(model, targets!, model.reshape(values, [rows]));
  });
  const chosen = (values: string) => model.node("Gather", [values, columns!.ids], { axis: 1 });
  const largest = (values: string) => model.node("ReduceMax", [values, last], { keepdims: 0 });
  return {
    // The largest logit minus the log of its share: no sum of exponentials of its own. Where tokens
    // are chosen theirs serve as well, and the search does not read whole rows twice.
    logZ: () => {
      const sought = columns ? chosen : (values: string) => values;
      return model.node("Sub", [largest(sought(logits)), largest(sought(logShares()))]);
    },
    entropy: () => {
      const terms = model.node("Mul", [model.node("Exp", [logShares()]), logShares()]);
      return model.node("Neg", [model.node("ReduceSum", [terms, last], { keepdims: 0 })]);
    },
    targetLogit: target,
    rank: () => {
      const least = model.reshape(target(), [rows, 1]);
      const larger = model.node("Cast", [model.node("Greater", [logits, least])], { to: 1 });
      const count = model.node("ReduceSum", [larger, last], { keepdims: 0 });
      return model.node("Where", [model.node("IsNaN", [target()]), target(), count]);
    },
    columnLogits: () => onlyHere(model, columns!, chosen(logits)),
  };
}

/** Chosen logits only: the wanted rows of W_U are gathered first, so nothing is as wide as V. */
function statsOfChosenLogits(
  model: ModelBuilder,
  inputs: Unembedding<LocalIds>,
  rows: number,
): Partial<Stats> {
  const { x, weight, bias, targets, columns, base, scale } = inputs;
  const rowsOf = ({ ids }: LocalIds) => model.node("Gather", [weight, ids], { axis: 0 });
  const biasOf = ({ ids }: LocalIds) => bias && model.node("Gather", [bias, ids], { axis: 0 });
  const ofTargets = (values: string) => {
    const ids = model.reshape(targets!.ids, [rows, 1]);
    return model.reshape(model.node("GatherElements", [values, ids], { axis: 1 }), [rows]);
  };
  return {
    targetLogit: () => {
      const products = model.node("Mul", [x, rowsOf(targets!)]);
      const dot = model.node("ReduceSum", [products, model.integers([-1])], { keepdims: 0 });
      const like = { base: base && ofTargets(base), scale, bias: biasOf(targets!) };
      return onlyHere(model, targets!, updated(model, dot, like));
    },
    columnLogits: () => {
      const products = model.node("Gemm", [x, rowsOf(columns!)], { transB: 1 });
      const like = {
        base: base && model.node("Gather", [base, columns!.ids], { axis: 1 }),
        scale: scale && model.reshape(scale, [rows, 1]),
        bias: biasOf(columns!),
      };
      return onlyHere(model, columns!, updated(model, products, like));
    },
  };
}

/** `unembedStats`. */
export const translateUnembedStats: Translator<"unembedStats"> = (
  { model, shapeOf, piecesOf }: Translation,
  node,
  names,
) => {
  const inputs = namedInputs(node, names);
  const rows = shapeOf(node.inputs[0]!)[0]!;
  const bias = node.attributes.bias ? piecesOf(node.inputs[2]!) : undefined;
  const pieces = piecesOf(node.inputs[1]!).map((weight, index): Unembedding<LocalIds> => {
    const local = (ids: string | undefined) =>
      ids === undefined ? undefined : localIds(model, ids, weight);
    return {
      ...inputs,
      weight: weight.name,
      bias: bias?.[index]?.name,
      targets: local(inputs.targets),
      columns: local(inputs.columns),
    };
  });
  const statsOf = (): Partial<Stats> => {
    if (!needsAllLogits(node)) return statsOfChosenLogits(model, pieces[0]!, rows);
    const own = pieces.map((piece) => ({ ...piece, stats: statsOfAllLogits(model, piece, rows) }));
    return own.length === 1 ? own[0]!.stats : mergePieces(model, own, rows);
  };
  const stats = statsOf();
  return node.attributes.stats.map((stat) => stats[stat]!());
};
