/**
 * The unembedding as ONNX nodes. `unembedStats` is written for as many rows as the device lets the
 * `[rows, V]` logits have at a time.
 *
 * @module
 */
import type { Node, UnembedStat } from "../graph.ts";
import type { ModelBuilder } from "./model_builder.ts";
import type { Translation, Translator } from "./translation.ts";

/** `logits`: rows of W_U are tokens. */
export const translateLogits: Translator<"logits"> = ({ model }, _, names) => [
  model.node("Gemm", names, { transB: 1 }),
];

/** The named inputs of an `unembedStats` node. */
interface Unembedding {
  x: string;
  weight: string;
  bias: string | undefined;
  targets: string | undefined;
  columns: string | undefined;
}

function namedInputs(node: Node<"unembedStats">, names: readonly string[]): Unembedding {
  const { bias, targets, columns } = node.attributes;
  const [x, weight, ...rest] = names as [string, string, ...string[]];
  return {
    x,
    weight,
    bias: bias ? rest.shift() : undefined,
    targets: targets ? rest.shift() : undefined,
    columns: columns ? rest.shift() : undefined,
  };
}

type Stats = Record<UnembedStat, () => string>;

/** Whether an `unembedStats` node has to compute the logit of every token. */
export function needsAllLogits({ attributes }: Node<"unembedStats">): boolean {
  return attributes.stats.some((stat) => stat !== "targetLogit" && stat !== "columnLogits");
}

/** Statistics of whole rows: every logit of the chunk exists, and the chosen ones are taken from it. */
function statsOfAllLogits(model: ModelBuilder, inputs: Unembedding, rows: number): Stats {
  const { x, weight, bias, targets, columns } = inputs;
  const last = model.integers([-1]);
  const logits = model.node("Gemm", bias ? [x, weight, bias] : [x, weight], { transB: 1 });
  const logShares = lazy(() => model.node("LogSoftmax", [logits], { axis: -1 }));
  const target = lazy(() =>
    model.node("GatherElements", [logits, model.reshape(targets!, [rows, 1])], { axis: 1 })
  );
  return {
    // The largest logit minus the log of its share: no sum of exponentials of its own.
    logZ: () =>
      model.node("Sub", [
        model.node("ReduceMax", [logits, last], { keepdims: 0 }),
        model.node("ReduceMax", [logShares(), last], { keepdims: 0 }),
      ]),
    entropy: () => {
      const terms = model.node("Mul", [model.node("Exp", [logShares()]), logShares()]);
      return model.node("Neg", [model.node("ReduceSum", [terms, last], { keepdims: 0 })]);
    },
    targetLogit: () => model.reshape(target(), [rows]),
    rank: () => {
      const larger = model.node("Cast", [model.node("Greater", [logits, target()])], { to: 1 });
      return model.node("ReduceSum", [larger, last], { keepdims: 0 });
    },
    columnLogits: () => model.node("Gather", [logits, columns!], { axis: 1 }),
  };
}

/** Chosen logits only: the wanted rows of W_U are gathered first, so nothing is as wide as V. */
function statsOfChosenLogits(model: ModelBuilder, inputs: Unembedding): Partial<Stats> {
  const { x, weight, bias, targets, columns } = inputs;
  const rowsOf = (ids: string) => model.node("Gather", [weight, ids], { axis: 0 });
  const biasOf = (ids: string) => bias ? [model.node("Gather", [bias, ids], { axis: 0 })] : [];
  return {
    targetLogit: () => {
      const products = model.node("Mul", [x, rowsOf(targets!)]);
      const dot = model.node("ReduceSum", [products, model.integers([-1])], { keepdims: 0 });
      return bias ? model.node("Add", [dot, ...biasOf(targets!)]) : dot;
    },
    columnLogits: () =>
      model.node("Gemm", [x, rowsOf(columns!), ...biasOf(columns!)], { transB: 1 }),
  };
}

function lazy(make: () => string): () => string {
  let made: string | undefined;
  return () => made ??= make();
}

/** `unembedStats`. */
export const translateUnembedStats: Translator<"unembedStats"> = (
  { model, shapeOf }: Translation,
  node,
  names,
) => {
  const inputs = namedInputs(node, names);
  const rows = shapeOf(node.inputs[0]!)[0]!;
  const stats: Partial<Stats> = needsAllLogits(node)
    ? statsOfAllLogits(model, inputs, rows)
    : statsOfChosenLogits(model, inputs);
  return node.attributes.stats.map((stat) => stats[stat]!());
};
