/**
 * The queries of one head without one neuron, in closed form.
 *
 * Taking `a·w` from a residual x changes its layer norm's scale and the query's product by known
 * amounts: with x and w less their means and the folded W_Q,
 * `s'² = (|x|² − 2a·x·w + a²|w|²)/D + ε` and `q' = (x·W_Q − a·w·W_Q)/s' + b_Q`. So a neuron costs K
 * products a query, whatever D is.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { attentionScale, type ModelConfig } from "../../model/config/config.ts";
import { rotaryFrequencies } from "../../model/config/rotary.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import type { HeadPath } from "./head_path.ts";

/** Some queries of one row of tokens. */
export interface QueryRow {
  /** Position of the first query. */
  readonly from: number;
  /** f64 `[Tq, D]`, the residual entering the attention layer, less its mean. */
  readonly residual: Float64Array;
  /** `[Tq, R]`, its products with each neuron's w_out. */
  readonly products: Floats;
  /** `[Tq, R]`, the neurons' activations. */
  readonly activations: Floats;
}

/** Fills `[count, Tq, K]` with the entries from `first` on. */
export type FillQueries = (
  target: Float32Array,
  entries: { readonly first: number; readonly count: number },
) => void;

/** Everything about the neurons and the head that does not depend on tokens. */
export class HeadQueries {
  /** R. */
  readonly count: number;
  /** f64 `[R, D]`, w_out of each neuron, folded, so less its mean. */
  readonly writes: Float64Array;
  readonly #config: ModelConfig;
  readonly #matrix: Float64Array;
  readonly #bias: Float64Array;
  readonly #squares: Float64Array;
  readonly #shifts: Float64Array;
  readonly #scale: number;

  private constructor(
    config: ModelConfig,
    path: HeadPath,
    weights: Readonly<Record<"matrix" | "bias" | "writes", Float64Array>>,
  ) {
    const { dModel: D, dHead: K } = config;
    this.#config = config;
    this.#matrix = weights.matrix;
    this.#bias = weights.bias;
    this.#scale = attentionScale(config, path.attentionLayer);
    this.writes = weights.writes;
    this.count = weights.writes.length / D;
    this.#squares = squaresOf(weights.writes, D);
    this.#shifts = times(weights.writes, weights.matrix, K);
  }

  /** Reads the weights of a path and of the chosen neurons of its MLP. */
  static async read(
    folded: FoldedWeights,
    config: ModelConfig,
    { path, neurons }: { path: HeadPath; neurons: Int32Array },
  ): Promise<HeadQueries> {
    const { dModel: D, dHead: K, nHead: H } = config;
    const { attentionLayer, head, mlpLayer } = path;
    const all = await folded.read(`blocks.${attentionLayer}.attn.W_Q`);
    const matrix = new Float64Array(D * K);
    for (let d = 0; d < D; d++) {
      const from = d * H * K + head * K;
      matrix.set(all.subarray(from, from + K), d * K);
    }
    const biases = await folded.read(`blocks.${attentionLayer}.attn.b_Q`);
    const rows = await folded.read(`blocks.${mlpLayer}.mlp.W_out`);
    const writes = new Float64Array(neurons.length * D);
    neurons.forEach((i, r) => writes.set(rows.subarray(i * D, (i + 1) * D), r * D));
    const bias = biases.slice(head * K, (head + 1) * K);
    return new HeadQueries(config, path, { matrix, bias, writes });
  }

  /**
   * The queries of a row, scaled, and turned where the model has rotary embedding, as a function that
   * fills `target [count, Tq, K]`. Entry 0 is the clean row, entry r + 1 the row without neuron r.
   */
  ofRow({ residual, products, activations, from }: QueryRow): FillQueries {
    const { dModel: D, dHead: K, layerNormEpsilon: epsilon } = this.#config;
    const R = this.count;
    const [shifts, written, factor] = [this.#shifts, this.#squares, this.#scale];
    const clean = times(residual, this.#matrix, K);
    const squares = squaresOf(residual, D);
    const bias = this.#bias.map((value) => value * factor);
    const turn = this.#turn(from, squares.length);
    const query = new Float64Array(K);
    return (target, { first, count }) => {
      for (let entry = first, to = 0; entry < first + count; entry++) {
        const r = entry - 1;
        for (let t = 0; t < squares.length; t++, to += K) {
          const a = r < 0 ? 0 : activations[t * R + r]!;
          let left = squares[t]!;
          if (a !== 0) left += a * (a * written[r]! - 2 * products[t * R + r]!);
          // Rounding may make what is left of a residual that is all the neuron's a little negative.
          const scale = factor / Math.sqrt(Math.max(0, left) / D + epsilon);
          const shift = a === 0 ? 0 : r * K;
          for (let i = 0; i < K; i++) {
            query[i] = (clean[t * K + i]! - a * shifts[shift + i]!) * scale + bias[i]!;
          }
          turn(query, t);
          target.set(query, to);
        }
      }
    };
  }

  /** Turns a query `[K]` by its position, as the model does. */
  #turn(from: number, count: number): (query: Float64Array, t: number) => void {
    const { rotary } = this.#config;
    if (!rotary) return () => {};
    const frequencies = rotaryFrequencies(rotary);
    const half = frequencies.length;
    const angles = Float64Array.from(
      { length: count * half },
      (_, i) => (from + Math.floor(i / half)) * frequencies[i % half]!,
    );
    const [cos, sin] = [angles.map(Math.cos), angles.map(Math.sin)];
    return (query, t) => {
      for (let i = 0; i < half; i++) {
        const [x, y, at] = [query[i]!, query[i + half]!, t * half + i];
        query[i] = x * cos[at]! - y * sin[at]!;
        query[i + half] = y * cos[at]! + x * sin[at]!;
      }
    };
  }
}

/** `rows [N, D] · matrix [D, width]`. */
function times(rows: Float64Array, matrix: Float64Array, width: number): Float64Array {
  const D = matrix.length / width;
  const result = new Float64Array(rows.length / D * width);
  for (let n = 0; n * D < rows.length; n++) {
    for (let d = 0; d < D; d++) {
      const factor = rows[n * D + d]!;
      for (let j = 0; j < width; j++) result[n * width + j]! += factor * matrix[d * width + j]!;
    }
  }
  return result;
}

/** Sum of squares of each row `[N, width]`. */
function squaresOf(rows: Float64Array, width: number): Float64Array {
  const squares = new Float64Array(rows.length / width);
  for (let n = 0; n < squares.length; n++) {
    let sum = 0;
    for (let i = n * width; i < (n + 1) * width; i++) sum += rows[i]! * rows[i]!;
    squares[n] = sum;
  }
  return squares;
}
