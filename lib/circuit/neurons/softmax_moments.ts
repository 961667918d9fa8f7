/**
 * Moments of many directions' logits under each prompt's softmax, as matrix products over slices of
 * the vocabulary.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import type { DeviceTensor, Tensors } from "../../device/device.ts";
import { Graph, type Value } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";
import type { Model } from "../../model/model.ts";

/** Bytes of one slice of the directions' logits `[tokens, F]`; five of its kind exist at a time. */
const SLICE_BYTES = 2 ** 24;

/** Products beyond the first power of x, as `[power of g', power of x]`: all of degree 4 or less. */
const PRODUCTS = [[0, 2], [1, 2], [2, 2], [0, 3], [1, 3], [0, 4]] as const;

/** Powers of g' whose product with x is taken. */
const LINEAR = [0, 1, 2, 3] as const;

/** The softmax of each prompt, and its own logits' moments. */
export interface BaseSoftmax {
  /** `[N, V]`: logits without the layer norm's shift, `g`. */
  readonly logits: Floats;
  /** `[V]`, added to every row of `g` before the softmax. */
  readonly shift: Floats;
  /** f64 `[N]`. */
  readonly logZ: Float64Array;
  /** f64 `[N]`, the mean of g under the softmax; `g' = g − mean`. */
  readonly mean: Float64Array;
  /** f64 `[N]` each: the mean of `g'^i` for i = 0 .. 4. */
  readonly powers: readonly Float64Array[];
  /** f64 `[N]`, the largest `|g'|` of any token. */
  readonly reach: Float64Array;
}

/** The softmax of `logits + shift` in each row and the moments of `logits` under it. */
export function baseSoftmax(logits: Floats, shift: Floats): BaseSoftmax {
  const V = shift.length;
  const N = logits.length / V;
  const make = () => new Float64Array(N);
  const [logZ, mean, reach] = [make(), make(), make()];
  const powers = [make().fill(1), make(), make(), make(), make()];
  for (let n = 0; n < N; n++) {
    const row = logits.subarray(n * V, (n + 1) * V);
    let top = -Infinity;
    let centre = 0;
    let low = Infinity;
    let high = -Infinity;
    for (let v = 0; v < V; v++) {
      const g = row[v]!;
      low = Math.min(low, g);
      high = Math.max(high, g);
      if (g + shift[v]! > top) [top, centre] = [g + shift[v]!, g];
    }
    // About the likeliest token's logit first: it is near the mean, so that shifting loses nothing.
    const sums = [0, 0, 0, 0, 0];
    for (let v = 0; v < V; v++) {
      const g = row[v]! - centre;
      let term = Math.exp(row[v]! + shift[v]! - top);
      for (let i = 0; i < 5; i++, term *= g) sums[i]! += term;
    }
    const [total, m1, m2, m3, m4] = sums.map((sum, i) => i === 0 ? sum : sum / sums[0]!);
    logZ[n] = top + Math.log(total!);
    mean[n] = centre + m1!;
    const d = m1!;
    powers[2]![n] = m2! - d * d;
    powers[3]![n] = m3! - 3 * d * m2! + 2 * d ** 3;
    powers[4]![n] = m4! - 4 * d * m3! + 6 * d * d * m2! - 3 * d ** 4;
    reach[n] = Math.max(high - mean[n]!, mean[n]! - low);
  }
  return { logits, shift, logZ, mean, powers, reach };
}

/** Directions' logits as `x = (b − centre) / size`, near 1 so that no power leaves float32. */
export interface ScaledDirections {
  /** f32 `[D, F]`: `x = u · weight + offset` for a token's row u of W_U. */
  readonly weight: Float32Array;
  /** f32 `[F]`, `−centre / size`. */
  readonly offset: Float32Array;
}

/** Raw moments, `[N, F]` each, by the powers of g' and x: `"1,2"` is the mean of `g' x²`. */
export interface DirectionMoments {
  readonly means: ReadonlyMap<string, Floats>;
  /** `[F]`: no token's `|x|` is larger. */
  readonly reach: Float64Array;
}

/** Elementwise product of two values `[P, F]`. */
function times(graph: Graph, a: Value, b: Value): Value {
  const [P, F] = a.shape as [number, number];
  const product = ops.write(graph, ops.reshape(graph, a, [1, P, F]), "scale", {
    rows: graph.input("every row", [P]),
    columns: graph.input("every column", [F]),
    value: b,
  });
  return ops.reshape(graph, product, [P, F]);
}

function sliceGraph(
  [N, P]: readonly [number, number],
  { V, D, F }: Record<"V" | "D" | "F", number>,
) {
  const graph = new Graph();
  const table = graph.input("unembed.W_U", [V, D]);
  const rows = ops.gather(graph, table, graph.input("tokens", [P], "i32"));
  const x = ops.linear(graph, rows, graph.input("weight", [D, F]), {
    bias: graph.input("offset", [F]),
  });
  const square = times(graph, x, x);
  const fourth = times(graph, square, square);
  const eighth = times(graph, fourth, fourth);
  const powers = [x, x, square, times(graph, square, x), fourth];
  const add = (name: string, weights: Value, values: Value) => {
    const before = graph.input(name, [weights.shape[0]!, values.shape[1]!]);
    graph.output(name, ops.linear(graph, weights, values, { residual: before }));
  };
  const weights = LINEAR.map((i) => graph.input(`weights ${i}`, [N, P]));
  for (const i of LINEAR) add(`${i},1`, weights[i]!, rows);
  for (const [i, j] of PRODUCTS) add(`${i},${j}`, weights[i]!, powers[j]!);
  add("reach", graph.input("ones", [1, P]), times(graph, eighth, eighth));
  return graph;
}

/** `q g'^i` of each prompt for the tokens `start .. start + P`: f32 `[N, P]` for each i. */
function weightsOf(base: BaseSoftmax, start: number, P: number): Float32Array[] {
  const { logits, shift, logZ, mean } = base;
  const N = logZ.length;
  const V = shift.length;
  const out = LINEAR.map(() => new Float32Array(N * P));
  for (let n = 0; n < N; n++) {
    for (let v = 0; v < P; v++) {
      const g = logits[n * V + start + v]!;
      let term = Math.exp(g + shift[start + v]! - logZ[n]!);
      for (const weights of out) {
        weights[n * P + v] = term;
        term *= g - mean[n]!;
      }
    }
  }
  return out;
}

/**
 * The means of `g'^i x^j` under each prompt's softmax, for i + j ≤ 4 and j ≥ 1. Costs
 * `2 N V (6 F + 4 D) + 2 V D F` operations; `signal` stops it between slices.
 */
export async function directionMoments(
  model: Model,
  base: BaseSoftmax,
  directions: ScaledDirections,
  signal?: AbortSignal,
): Promise<DirectionMoments> {
  const { device } = model;
  const { dModel: D, vocabSize: V } = model.config;
  const F = directions.offset.length;
  const N = base.logZ.length;
  const most = Math.max(1, Math.min(V, Math.floor(SLICE_BYTES / (4 * Math.max(F, N)))));
  using scope = new DisposableStack();
  const upload = (data: Float32Array | Int32Array, shape: number[], to = scope) =>
    to.use(device.upload({ data, shape }, "moments"));
  const ones = (count: number) => new Float32Array(count).fill(1);
  const fixed: Tensors = {
    "unembed.W_U": model.tensor("unembed.W_U"),
    weight: upload(directions.weight, [D, F]),
    offset: upload(directions.offset, [F]),
    "every column": upload(ones(F), [F]),
  };
  let sums: Record<string, DeviceTensor> = Object.fromEntries([
    ...LINEAR.map((i) => [`${i},1`, upload(new Float32Array(N * D), [N, D])]),
    ...PRODUCTS.map(([i, j]) => [`${i},${j}`, upload(new Float32Array(N * F), [N, F])]),
    ["reach", upload(new Float32Array(F), [1, F])],
  ]);
  for (let start = 0; start < V; start += most) {
    signal?.throwIfAborted();
    const P = Math.min(most, V - start);
    using slice = new DisposableStack();
    const weights = weightsOf(base, start, P);
    const after = await device.run(sliceGraph([N, P], { V, D, F }), {
      ...fixed,
      ...sums,
      ...Object.fromEntries(LINEAR.map((i) => [
        `weights ${i}`,
        upload(weights[i]!, [N, P], slice),
      ])),
      tokens: upload(Int32Array.from({ length: P }, (_, v) => start + v), [P], slice),
      ones: upload(ones(P), [1, P], slice),
      "every row": upload(ones(P), [P], slice),
    });
    for (const tensor of Object.values(sums)) tensor[Symbol.dispose]();
    sums = after;
    for (const tensor of Object.values(sums)) scope.use(tensor);
  }
  return await finish(model, { sums, fixed, base }, directions);
}

/** Takes the linear moments from `[N, D]` to the directions and reads everything. */
async function finish(
  { device }: Model,
  { sums, fixed, base }: { sums: Tensors; fixed: Tensors; base: BaseSoftmax },
  { offset }: ScaledDirections,
): Promise<DirectionMoments> {
  const N = base.logZ.length;
  const F = offset.length;
  const [, D] = sums["0,1"]!.shape as [number, number];
  const graph = new Graph();
  const weight = graph.input("weight", [D, F]);
  for (const i of LINEAR) {
    graph.output(`${i},1`, ops.linear(graph, graph.input(`${i},1`, [N, D]), weight));
  }
  const given = Object.fromEntries([...graph.inputs.keys()].map((name) => [
    name,
    name === "weight" ? fixed.weight! : sums[name]!,
  ]));
  const linear = await device.run(graph, given);
  using scope = new DisposableStack();
  for (const tensor of Object.values(linear)) scope.use(tensor);
  const all = { ...sums, ...linear };
  const arrays = await device.read(Object.values(all));
  const means = new Map(Object.keys(all).map((name, i) => [name, arrays[i]!.data as Floats]));
  for (const i of LINEAR) {
    const values = means.get(`${i},1`)!;
    const share = base.powers[i]!;
    for (let at = 0; at < values.length; at++) {
      values[at]! += offset[at % F]! * share[Math.floor(at / F)]!;
    }
  }
  // The largest |x| is at most the 16th root of the sum of all x^16, whose rounding the margin covers.
  const reach = Float64Array.from(means.get("reach")!, (sum) => 1.001 * sum ** (1 / 16));
  return { means, reach };
}
