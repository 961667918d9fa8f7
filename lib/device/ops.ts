/**
 * The operations of neurite, each with its definition. These functions check shapes and append
 * nodes; `reference/` computes exactly what is written here in float64, `onnx/` and `webgpu/`
 * in float32.
 *
 * @module
 */
import { elementCount, formatShape } from "../array.ts";
import { cannot } from "../errors.ts";
import type { Activation, GeluForm, Graph, UnembedStat, Value, WriteKind } from "./graph.ts";
import { UNEMBED_STATS } from "./graph.ts";

function requireShape(op: string, what: string, value: Value, wanted: readonly number[]): void {
  const same = value.shape.length === wanted.length &&
    wanted.every((extent, axis) => extent === value.shape[axis]);
  if (same) return;
  throw cannot("E-GRAPH", {
    do: `build ${op} with`,
    thing: what,
    is: formatShape(value.shape),
    expected: formatShape(wanted),
    hint: "check the shapes given to this operation",
  });
}

function axes(op: string, value: Value, count: number): number[] {
  if (value.shape.length === count) return [...value.shape];
  throw cannot("E-GRAPH", {
    do: `build ${op} with`,
    thing: "input",
    is: formatShape(value.shape),
    expected: `${count} axes`,
    hint: "check the shapes given to this operation",
  });
}

/**
 * The same elements under another shape: a view, no data moves. Both values may be used afterwards,
 * and both may be outputs.
 */
export function reshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  if (elementCount(shape) !== elementCount(x.shape)) {
    throw cannot("E-GRAPH", {
      do: "reshape",
      thing: formatShape(x.shape),
      is: `${elementCount(x.shape)} elements`,
      expected: `${elementCount(shape)} for ${formatShape(shape)}`,
      hint: "check the shapes given to this operation",
    });
  }
  return graph.append("reshape", [x], {}, [shape])[0]!;
}

/**
 * Rows of a table by id: `table [V, D], ids i32 [N] -> [N, D]`. Ids are the caller's to check: one that
 * is no row gives a row of NaN on `webgpu`, which cannot refuse it as the others do.
 */
export function gather(graph: Graph, table: Value, ids: Value): Value {
  const width = axes("gather", table, 2)[1]!;
  const count = axes("gather", ids, 1)[0]!;
  return graph.append("gather", [table, ids], {}, [[count, width]])[0]!;
}

/** Elementwise sum of two values of one shape. */
export function add(graph: Graph, a: Value, b: Value): Value {
  requireShape("add", "b", b, a.shape);
  return graph.append("add", [a, b], {}, [a.shape])[0]!;
}

/** One value behind the other on the second axis: `a [B, P, ...], b [B, T, ...] -> [B, P + T, ...]`. */
export function concat(graph: Graph, a: Value, b: Value): Value {
  const [B, P, ...rest] = axes("concat", a, b.shape.length) as [number, number, ...number[]];
  const T = b.shape[1]!;
  requireShape("concat", "b", b, [B, T, ...rest]);
  return graph.append("concat", [a, b], {}, [[B, P + T, ...rest]])[0]!;
}

/** What {@linkcode linear} may add to the product. */
export interface LinearOptions {
  /** `[M]`, added to every row. */
  bias?: Value | undefined;
  /** Applied after the bias. @default {"none"} */
  activation?: Activation | undefined;
  /** Same shape as the result, added last. */
  residual?: Value | undefined;
}

/**
 * `activation(x · weight + bias) + residual`: `x [..., K], weight [K, M] -> [..., M]`.
 * The last axes of `x` whose product is K are contracted, so `[B, T, H, K]` meets `[H·K, M]`.
 */
export function linear(graph: Graph, x: Value, weight: Value, options: LinearOptions = {}): Value {
  const [inner, outer] = axes("linear", weight, 2) as [number, number];
  const leading = leadingAxes(x.shape, inner);
  const { bias, activation = "none", residual } = options;
  const shape = [...leading, outer];
  if (bias) requireShape("linear", "bias", bias, [outer]);
  if (residual) requireShape("linear", "residual", residual, shape);
  const inputs = [x, weight, ...(bias ? [bias] : []), ...(residual ? [residual] : [])];
  const attributes = { bias: bias !== undefined, activation, residual: residual !== undefined };
  return graph.append("linear", inputs, attributes, [shape])[0]!;
}

function leadingAxes(shape: readonly number[], inner: number): number[] {
  let product = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    product *= shape[axis]!;
    if (product === inner) return shape.slice(0, axis);
  }
  throw cannot("E-GRAPH", {
    do: "build linear with",
    thing: "x",
    is: formatShape(shape),
    expected: `trailing axes of ${inner} elements`,
    hint: "check the shapes given to this operation",
  });
}

/**
 * `xᵀ · y`, products summed over rows: `x [K, M], y [K, N] -> [M, N]`. The cross moments of M and N
 * quantities over K observations.
 */
export function crossMoment(graph: Graph, x: Value, y: Value): Value {
  const [K, M] = axes("crossMoment", x, 2) as [number, number];
  const N = axes("crossMoment", y, 2)[1]!;
  requireShape("crossMoment", "y", y, [K, N]);
  return graph.append("crossMoment", [x, y], {}, [[M, N]])[0]!;
}

/** GELU, elementwise: `0.5x(1 + tanh(√(2/π)(x + 0.044715x³)))` or `0.5x(1 + erf(x/√2))`. */
export function gelu(graph: Graph, x: Value, form: GeluForm): Value {
  return graph.append("gelu", [x], { form }, [x.shape])[0]!;
}

/** `(x − mean) / √(var + epsilon) · weight + bias` over the last axis; biased variance. */
export function layerNorm(
  graph: Graph,
  x: Value,
  weight: Value,
  bias: Value,
  epsilon: number,
): Value {
  const width = x.shape.at(-1)!;
  requireShape("layerNorm", "weight", weight, [width]);
  requireShape("layerNorm", "bias", bias, [width]);
  return graph.append("layerNorm", [x, weight, bias], { epsilon }, [x.shape])[0]!;
}

/** `√(var + epsilon)` over the last axis: `[..., D] -> [..., 1]` (TransformerLens' `hook_scale`). */
export function layerNormScale(graph: Graph, x: Value, epsilon: number): Value {
  return graph.append("layerNormScale", [x], { epsilon }, [[...x.shape.slice(0, -1), 1]])[0]!;
}

/** Layer norm with a given scale: `(x − mean) / scale · weight + bias`, `scale [..., 1]`. */
export function layerNormApply(
  graph: Graph,
  x: Value,
  scale: Value,
  weight: Value,
  bias: Value,
): Value {
  const width = x.shape.at(-1)!;
  requireShape("layerNormApply", "scale", scale, [...x.shape.slice(0, -1), 1]);
  requireShape("layerNormApply", "weight", weight, [width]);
  requireShape("layerNormApply", "bias", bias, [width]);
  return graph.append("layerNormApply", [x, scale, weight, bias], {}, [x.shape])[0]!;
}

/** What {@linkcode rotary} is told. */
export interface RotaryOptions {
  /** Radians a position, for each pair of dimensions. */
  frequencies: readonly number[];
  /** Position of the first row. @default {0} */
  start?: number;
}

/**
 * GPT-NeoX rotary embedding on `x [B, T, H, K]` with R frequencies: within the first 2R dimensions of
 * a head, dimension `i` pairs with `i + R` and turns by `(start + t) · frequencies[i]`; the rest pass
 * unchanged.
 */
export function rotary(graph: Graph, x: Value, options: RotaryOptions): Value {
  axes("rotary", x, 4);
  const { frequencies, start = 0 } = options;
  if (2 * frequencies.length > x.shape[3]!) {
    throw cannot("E-GRAPH", {
      do: "build rotary with",
      thing: "frequencies",
      is: `${frequencies.length} pairs of dimensions`,
      expected: `at most half of the ${x.shape[3]} dimensions of a head`,
      hint: "check the shapes given to this operation",
    });
  }
  return graph.append("rotary", [x], { frequencies, start }, [x.shape])[0]!;
}

/**
 * `q [B, T, H, K], k [B, S, H, K] -> [B, H, T, S]`: `scale · q·k`, and −∞ where `s > t + S − T`.
 * The queries are the last T of S positions.
 */
export function attentionScores(graph: Graph, q: Value, k: Value, scale: number): Value {
  const [B, T, H, K] = axes("attentionScores", q, 4) as [number, number, number, number];
  const S = axes("attentionScores", k, 4)[1]!;
  requireShape("attentionScores", "k", k, [B, S, H, K]);
  return graph.append("attentionScores", [q, k], { scale }, [[B, H, T, S]])[0]!;
}

/** Softmax over the allowed keys: `scores [B, H, T, S] -> [B, H, T, S]`, exactly 0 where masked. */
export function attentionPattern(graph: Graph, scores: Value): Value {
  axes("attentionPattern", scores, 4);
  return graph.append("attentionPattern", [scores], {}, [scores.shape])[0]!;
}

/**
 * Pattern-weighted values: `pattern [B, H, T, S], v [B, S, H, K] -> z [B, T, H, K]`. A weight that was
 * written where the mask is counts, as in TransformerLens.
 */
export function attentionMix(graph: Graph, pattern: Value, v: Value): Value {
  const [B, H, T, S] = axes("attentionMix", pattern, 4) as [number, number, number, number];
  const K = axes("attentionMix", v, 4)[3]!;
  requireShape("attentionMix", "v", v, [B, S, H, K]);
  return graph.append("attentionMix", [pattern, v], {}, [[B, T, H, K]])[0]!;
}

/** Each head's share of the output: `z [B, T, H, K], W_O [H·K, D] -> [B, T, H, D]`, without bias. */
export function headResult(graph: Graph, z: Value, outputWeight: Value): Value {
  const [B, T, H, K] = axes("headResult", z, 4) as [number, number, number, number];
  const D = axes("headResult", outputWeight, 2)[1]!;
  requireShape("headResult", "W_O", outputWeight, [H * K, D]);
  return graph.append("headResult", [z, outputWeight], {}, [[B, T, H, D]])[0]!;
}

/** `Σ_h result + bias`: `result [B, T, H, D], bias [D] -> [B, T, D]`. */
export function sumHeads(graph: Graph, result: Value, bias: Value): Value {
  const [B, T, , D] = axes("sumHeads", result, 4) as [number, number, number, number];
  requireShape("sumHeads", "bias", bias, [D]);
  return graph.append("sumHeads", [result, bias], {}, [[B, T, D]])[0]!;
}

/** Where and what {@linkcode write} writes; R is the product of the first two axes, C of the rest. */
export interface WriteInputs {
  /** `[R]`, 1 where a row is written, else 0. */
  rows: Value;
  /** `[C]`, 1 where a column is written, else 0. */
  columns: Value;
  /** `[R or 1, C or 1]`, broadcast. */
  value: Value;
}

/**
 * Changes `x` at the chosen rows and columns and nowhere else: `replace` puts the value there,
 * `add` adds it, `scale` multiplies by it, `atMost`/`atLeast` clamp to it. `x` keeps its shape.
 */
export function write(graph: Graph, x: Value, kind: WriteKind, inputs: WriteInputs): Value {
  const { rows, columns, value } = inputs;
  const [R, C] = rowsAndColumns(x.shape);
  requireShape("write", "rows", rows, [R]);
  requireShape("write", "columns", columns, [C]);
  const [valueRows, valueColumns] = axes("write", value, 2) as [number, number];
  requireShape("write", "value", value, [
    valueRows === 1 ? 1 : R,
    valueColumns === 1 ? 1 : C,
  ]);
  return graph.append("write", [x, rows, columns, value], { kind }, [x.shape])[0]!;
}

/** How {@linkcode write} sees a shape: `[product of the first two axes, product of the rest]`. */
export function rowsAndColumns(shape: readonly number[]): [number, number] {
  const product = (part: readonly number[]) => part.reduce((a, b) => a * b, 1);
  return [product(shape.slice(0, 2)), product(shape.slice(2))];
}

/** All logits: `x [N, D], W_U [V, D] -> [N, V]` (rows of W_U are tokens), plus `bias [V]`. */
export function logits(graph: Graph, x: Value, unembedding: Value, bias?: Value): Value {
  const [N, D] = axes("logits", x, 2) as [number, number];
  const V = axes("logits", unembedding, 2)[0]!;
  requireShape("logits", "W_U", unembedding, [V, D]);
  if (bias) requireShape("logits", "bias", bias, [V]);
  const inputs = [x, unembedding, ...(bias ? [bias] : [])];
  return graph.append("logits", inputs, { bias: bias !== undefined }, [[N, V]])[0]!;
}

/** What {@linkcode unembedStats} computes besides `logZ`. */
export interface UnembedStatsOptions {
  /** `[V]`, added to every logit row. */
  bias?: Value | undefined;
  /** i32 `[N]`: the token whose logit and rank are wanted. */
  targets?: Value | undefined;
  /** i32 `[C]`: tokens whose logits are wanted in every row. */
  columns?: Value | undefined;
  /** `[N, V]`, added to the products: logits that are known but for a part. */
  base?: Value | undefined;
  /** `[N]`, multiplies products and base, not the bias. */
  scale?: Value | undefined;
  /** The results wanted; `targetLogit` and `rank` need targets, `columnLogits` needs columns. */
  stats: readonly UnembedStat[];
}

/** The tokens that a result cannot be made without. */
const STAT_INPUTS: Partial<Record<UnembedStat, "targets" | "columns">> = {
  targetLogit: "targets",
  rank: "targets",
  columnLogits: "columns",
};

/**
 * Statistics of the full-vocabulary softmax without keeping the `[N, V]` logits:
 * `logZ [N]` = log Σ exp, `entropy [N]` in nats, `targetLogit [N]`, `rank [N]` = number of tokens
 * with a larger logit than the target, `columnLogits [N, C]`. A target or column that is not in the
 * vocabulary has the logit NaN, and a target whose logit is NaN has the rank NaN.
 *
 * The logit of token v in row n is `scale_n · (base_nv + x_n · W_v) + bias_v`; what is not given is
 * left out. With a base, x need only hold the coordinates of what changed, in a space of few
 * dimensions.
 */
export function unembedStats(
  graph: Graph,
  x: Value,
  unembedding: Value,
  options: UnembedStatsOptions,
): Partial<Record<UnembedStat, Value>> {
  const [N, D] = axes("unembedStats", x, 2) as [number, number];
  const V = axes("unembedStats", unembedding, 2)[0]!;
  requireShape("unembedStats", "W_U", unembedding, [V, D]);
  const { bias, targets, columns, base, scale } = options;
  if (bias) requireShape("unembedStats", "bias", bias, [V]);
  if (targets) requireShape("unembedStats", "targets", targets, [N]);
  if (base) requireShape("unembedStats", "base", base, [N, V]);
  if (scale) requireShape("unembedStats", "scale", scale, [N]);
  const stats = UNEMBED_STATS.filter((stat) => options.stats.includes(stat));
  for (const stat of stats) {
    const input = STAT_INPUTS[stat];
    if (input === undefined || options[input]?.shape[0]) continue;
    throw cannot("E-GRAPH", {
      do: "build unembedStats with",
      thing: stat,
      is: `asked without ${input}`,
      expected: `token ids as ${input}`,
      hint: "check the inputs given to this operation",
    });
  }
  const shapes = stats.map((stat) =>
    stat === "columnLogits" ? [N, axes("unembedStats", columns!, 1)[0]!] : [N]
  );
  const optional = [bias, targets, columns, base, scale].filter((value) => value !== undefined);
  const attributes = {
    bias: bias !== undefined,
    targets: targets !== undefined,
    columns: columns !== undefined,
    base: base !== undefined,
    scale: scale !== undefined,
    stats,
  };
  const outputs = graph.append("unembedStats", [x, unembedding, ...optional], attributes, shapes);
  return Object.fromEntries(stats.map((stat, index) => [stat, outputs[index]!]));
}
