/**
 * How much each neuron of an MLP matters by its direct path to the logits: all of them at once
 * (spec/greater_than sections 3.5 and 4.4).
 *
 * Moving neuron n's output by Δ turns the logits `g + β·u` into `(1 + ε) g + t b + β·u`, with b the
 * logits of its column of W_out, ε and t known from the layer norm. The labels' logits are direct. The
 * denominator is `logZ + ε E[g] + t E[b] + log E[e^X]` under the unmoved softmax, where
 * `X = ε (g − E g) + t (b − E b)`: its first four moments come from matrix products over the
 * vocabulary, and neurons for which the series' bound is not small enough are evaluated one by one.
 *
 * @module
 */
import type { Model } from "../../model/model.ts";
import { centred, dotRows } from "../../model/final/centred.ts";
import { FinalUpdates, mostPromptsHeld } from "../../model/final/final_updates.ts";
import { momentSeries } from "./neuron_series.ts";
import { type NeuronRuns, unembeddingRows } from "./neurons.ts";
import { type BaseSoftmax, baseSoftmax, directionMoments } from "./softmax_moments.ts";

/** What is ranked, and by which answers. */
export interface NeuronScoreInputs extends NeuronRuns {
  /** `[N, C]`: 1 for a right answer, −1 for a wrong one, 0 for neither. */
  readonly signs: ArrayLike<number>;
}

/** How it runs. */
export interface NeuronScoreOptions {
  /** How far the truncated series may put a score from exact; 0 evaluates all. @default {1e-6} */
  tolerance?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Scores and the order they give. */
export interface NeuronScores {
  /**
   * f64 `[F]`: mean probability difference when only this neuron's direct path to the logits takes the
   * patch run's activation, minus the base run's.
   */
  readonly scores: Float64Array;
  /** i32 `[F]`: neurons by decreasing `|score|`, equal ones by index. */
  readonly order: Int32Array;
  /** f64 `[F]`: how far the series may have put each score from exact; 0 where it was not used. */
  readonly bounds: Float64Array;
}

/**
 * Scores every neuron of an MLP.
 *
 * @example Usage
 * ```ts
 * import { neuronScores } from "neurite/lib/circuit/neurons/neuron_scores.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("tests/fixtures/gpt2-mini", device);
 * const { dMlp, dModel } = model.config;
 * const { scores, order } = await neuronScores(model, {
 *   layer: 10,
 *   base: new Float64Array(dMlp),
 *   patch: new Float64Array(dMlp).fill(1, 7, 8), // one neuron differs
 *   residual: Float64Array.from({ length: dModel }, (_, i) => Math.sin(i)),
 *   labelIds: Int32Array.of(20, 21),
 *   signs: [1, -1],
 * });
 * if (order[0] !== 7 || scores[8] !== 0) throw new Error("unreachable");
 * ```
 */
export async function neuronScores(
  model: Model,
  inputs: NeuronScoreInputs,
  options: NeuronScoreOptions = {},
): Promise<NeuronScores> {
  const { dModel: D, dMlp: F } = model.config;
  const { base, patch, residual, labelIds } = inputs;
  const N = residual.length / D;
  const C = labelIds.length;
  const allSigns = Float64Array.from(inputs.signs);
  const scores = new Float64Array(F);
  const bounds = new Float64Array(F);
  const most = mostPromptsHeld(model);
  for (let start = 0; start < N; start += most) {
    const end = Math.min(N, start + most);
    const part = await new ScorePart(model, {
      ...inputs,
      base: base.subarray(start * F, end * F),
      patch: patch.subarray(start * F, end * F),
      residual: residual.subarray(start * D, end * D),
      signs: allSigns.subarray(start * C, end * C),
    }).run(options);
    for (let f = 0; f < F; f++) {
      scores[f]! += part.sums[f]! / N;
      bounds[f]! += part.bounds[f]! / N;
    }
  }
  return { scores, order: orderByMagnitude(scores), bounds };
}

/** The order of scores `[F]`: i32 `[F]`, by decreasing `|score|`, equal ones by index. */
export function orderByMagnitude(scores: Float64Array): Int32Array {
  return Int32Array.from(scores.keys())
    .sort((a, b) => Math.abs(scores[b]!) - Math.abs(scores[a]!) || a - b);
}

/** Sums over some prompts, for each neuron. */
interface PartSums {
  readonly sums: Float64Array;
  readonly bounds: Float64Array;
}

/** Prompts whose base logits are held at a time. */
class ScorePart {
  readonly #moves: Float64Array;
  readonly #largestSign: number;

  constructor(
    readonly model: Model,
    readonly inputs: Omit<NeuronScoreInputs, "signs"> & { readonly signs: Float64Array },
  ) {
    const { base, patch, signs } = inputs;
    this.#moves = Float64Array.from(patch, (after, i) => after - base[i]!);
    this.#largestSign = signs.reduce((most, sign) => Math.max(most, Math.abs(sign)), 0);
  }

  async run({ tolerance = 1e-6, signal }: NeuronScoreOptions): Promise<PartSums> {
    const { model, inputs } = this;
    const { dMlp: F } = model.config;
    const N = this.#moves.length / F;
    using updates = await FinalUpdates.open(model, inputs.residual, inputs.labelIds);
    const { logits, shift } = await updates.baseLogits();
    const softmax = baseSoftmax(logits, shift);
    const before = this.#answers(softmax);
    const result = tolerance > 0
      ? await this.#series(softmax, before, signal)
      : { sums: new Float64Array(F), bounds: new Float64Array(F).fill(Infinity) };
    const exact = [...result.bounds.keys()].filter((f) => result.bounds[f]! > tolerance * N);
    const baseline = this.#signedSum(before);
    for (const f of exact) {
      signal?.throwIfAborted();
      result.bounds[f] = 0;
      const moves = Float64Array.from({ length: N }, (_, n) => this.#moves[n * F + f]!);
      if (moves.every((move) => move === 0)) continue;
      using space = await updates.neuronSpace(inputs.layer, [f]);
      const { logProbs } = await updates.answers(space, moves);
      result.sums[f] = this.#signedSum(logProbs) - baseline;
    }
    return result;
  }

  /** Log-probabilities of the labels before any move: f64 `[N, C]`. */
  #answers({ logits, shift, logZ }: BaseSoftmax): Float64Array {
    const { labelIds } = this.inputs;
    const C = labelIds.length;
    return Float64Array.from({ length: logZ.length * C }, (_, i) => {
      const n = Math.floor(i / C);
      const token = labelIds[i % C]!;
      return logits[n * shift.length + token]! + shift[token]! - logZ[n]!;
    });
  }

  #signedSum(logProbs: Float64Array): number {
    const { signs } = this.inputs;
    return logProbs.reduce((sum, value, i) => sum + signs[i]! * Math.exp(value), 0);
  }

  async #series(
    softmax: BaseSoftmax,
    before: Float64Array,
    signal: AbortSignal | undefined,
  ): Promise<PartSums> {
    const { model, inputs } = this;
    const { dModel: D, dMlp: F, layerNormEpsilon } = model.config;
    const { labelIds, signs } = inputs;
    const C = labelIds.length;
    const N = this.#moves.length / F;
    const columns = centred(await model.weights.read(`blocks.${inputs.layer}.mlp.W_out`), D);
    const residual = centred(inputs.residual, D);
    const gain = await model.weights.read("ln_final.w");
    const tokens = await unembeddingRows(model, labelIds);
    const scaled = columns.map((value, i) => value * gain[i % D]!);
    const labels = dotRows(scaled, tokens, D);
    const { size, centre, weight, offset } = scaledDirections(scaled, { labels, tokens, D });
    const moments = await directionMoments(model, softmax, { weight, offset }, signal);
    const series = momentSeries(softmax, moments);
    const crossed = dotRows(residual, columns, D);
    const lengths = rowSquares(columns, D);
    const squares = rowSquares(residual, D);
    const xMean = moments.means.get("0,1")!;
    const sums = new Float64Array(F);
    const bounds = new Float64Array(F);
    const value = { log: 0, bound: 0 };
    const weights = before.map((old, i) => signs[i]! * Math.exp(old));
    for (let n = 0; n < N; n++) {
      const sigma = Math.sqrt(squares[n]! / D + layerNormEpsilon);
      const ownLogits = Float64Array.from(
        labelIds,
        (token) => softmax.logits[n * softmax.shift.length + token]! - softmax.mean[n]!,
      );
      for (let f = 0; f < F; f++) {
        const move = this.#moves[n * F + f]!;
        if (move === 0) continue;
        const square = squares[n]! + move * (2 * crossed[n * F + f]! + move * lengths[f]!);
        const scale = 1 / Math.sqrt(Math.max(square, 0) / D + layerNormEpsilon);
        const epsilon = scale * sigma - 1;
        const t = scale * move;
        series({ n, f }, { epsilon, tau: t * size[f]! }, value);
        bounds[f]! += this.#largestSign * value.bound;
        const mean = centre[f]! + size[f]! * xMean[n * F + f]!;
        let change = 0;
        for (let c = 0; c < C; c++) {
          const shifted = epsilon * ownLogits[c]! + t * (labels[f * C + c]! - mean) - value.log;
          change += weights[n * C + c]! * expm1(shifted);
        }
        sums[f]! += change;
      }
    }
    return { sums, bounds };
  }
}

/**
 * `e^x − 1`: Taylor's series where eight terms of it are exact to 1e-11, many times faster than
 * `Math.expm1`, and nearly all of the N·F·C arguments are small.
 */
function expm1(x: number): number {
  if (Math.abs(x) > 0.25) return Math.expm1(x);
  let tail = 1 + x * (1 / 8);
  tail = 1 + x * (1 / 7) * tail;
  tail = 1 + x * (1 / 6) * tail;
  tail = 1 + x * (1 / 5) * tail;
  tail = 1 + x * (1 / 4) * tail;
  tail = 1 + x * (1 / 3) * tail;
  return x * (1 + x * 0.5 * tail);
}

function rowSquares(rows: Float64Array, D: number): Float64Array {
  return Float64Array.from({ length: rows.length / D }, (_, r) => {
    let sum = 0;
    for (let i = r * D; i < (r + 1) * D; i++) sum += rows[i]! ** 2;
    return sum;
  });
}

/**
 * Directions `[F, D]` as columns whose products with tokens are of order 1 and lie around their mean
 * over the labels, where the softmax has most of its weight.
 */
function scaledDirections(
  directions: Float64Array,
  { labels, tokens, D }: { labels: Float64Array; tokens: Float64Array; D: number },
) {
  const F = directions.length / D;
  const C = tokens.length / D;
  const spread = Math.sqrt(tokens.reduce((sum, value) => sum + value * value, 0) / tokens.length);
  const size = rowSquares(directions, D).map((square) => Math.sqrt(square) * spread || 1);
  const centre = Float64Array.from(
    { length: F },
    (_, f) => labels.subarray(f * C, (f + 1) * C).reduce((sum, value) => sum + value, 0) / C,
  );
  const weight = new Float32Array(D * F);
  for (let f = 0; f < F; f++) {
    for (let d = 0; d < D; d++) weight[d * F + f] = directions[f * D + d]! / size[f]!;
  }
  const offset = Float32Array.from(centre, (value, f) => -value / size[f]!);
  return { size, centre, weight, offset };
}
