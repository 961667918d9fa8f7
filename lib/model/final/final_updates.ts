/**
 * Answers after changes of the final residual that lie in a space of few dimensions: one head's
 * output, or some neurons' (spec/greater_than sections 4.3 and 4.4).
 *
 * With c the centring, γ and β of the final layer norm and u_v a row of W_U, the logit of token v
 * after r + d is `(c r · γu_v + c d · γu_v) / σ(r + d) + β · u_v`. The first product is made once a
 * prompt. The second is a product over the K' coordinates of d with the projected unembedding
 * `P = (W_U ∘ γ) c Wᵀ`, made once a space. Both are exact: nothing is linearised.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import type { DeviceTensor } from "../../device/device.ts";
import { Graph, type UnembedStat } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";
import type { Model } from "../model.ts";
import { centred, movedDeviations, type MovedSquares, movedSquares } from "./centred.ts";

/** Base logits kept at a time: 1,335 prompts of GPT-2's vocabulary. */
const BASE_BYTES = 2 ** 28;

/** Probabilities and logits of the chosen tokens. */
export interface Answers {
  /** f64 `[N, C]`, of the full-vocabulary softmax. */
  readonly logProbs: Float64Array;
  /** f64 `[N, C]`. */
  readonly logits: Float64Array;
}

/** What {@linkcode FinalUpdates.statistics} is told. */
export interface StatisticsOptions {
  /** i32 `[N]`: the token whose loss and rank are wanted. */
  readonly targets: Int32Array;
  /** f64 `[N]`: divides in the layer norm instead of the moved residual's own deviation. */
  readonly scale?: Float64Array | undefined;
}

/** The softmax of each moved row. */
export interface MovedStatistics {
  /** f64 `[N]`, nats: minus the log-probability of the target. */
  readonly loss: Float64Array;
  /** f64 `[N]`, nats. */
  readonly entropy: Float64Array;
  /** i32 `[N]`: how many tokens have a larger logit than the target. */
  readonly rank: Int32Array;
  /** f64 `[N]`: what the layer norm divided by. */
  readonly scale: Float64Array;
}

/** Directions that final residuals may move along, and what each does to every token. */
export class UpdateSpace implements Disposable {
  constructor(
    /** f64 `[K', D]`, centred. */
    readonly directions: Float64Array,
    /** `[V, K' + 1]` on the device; the last column is β · u_v. */
    readonly projection: DeviceTensor,
  ) {}

  /** K'. */
  get dimensions(): number {
    return this.projection.shape[1]! - 1;
  }

  [Symbol.dispose](): void {
    this.projection[Symbol.dispose]();
  }
}

/** How many prompts one {@linkcode FinalUpdates} may hold on this model's device. */
export function mostPromptsHeld(model: Model): number {
  const bytes = Math.min(BASE_BYTES, model.device.maxTensorBytes);
  return Math.max(1, Math.floor(bytes / (4 * model.config.vocabSize)));
}

/**
 * The unchanging part of N prompts' answers. Keeps `[N, V]` float32 base logits on the device until
 * it is disposed.
 *
 * @example Usage
 * ```ts
 * import { FinalUpdates } from "neurite/lib/model/final/final_updates.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("tests/fixtures/gpt2-mini", device);
 * const residual = Float64Array.from({ length: 48 }, (_, i) => Math.sin(i));
 * using updates = await FinalUpdates.open(model, residual, Int32Array.of(7, 8));
 * using space = await updates.headSpace(9, 1);
 * const { logProbs } = await updates.answers(space, new Float64Array(4));
 * if (logProbs.length !== 2 || logProbs[0]! > 0) throw new Error("unreachable");
 * ```
 */
export class FinalUpdates implements Disposable {
  readonly #model: Model;
  readonly #residual: Float64Array;
  readonly #gain: Float32Array;
  readonly #shift: Float32Array;
  readonly #base: DeviceTensor;
  readonly #columns: DeviceTensor | undefined;
  readonly #squares = new WeakMap<UpdateSpace, MovedSquares>();

  private constructor(
    model: Model,
    residual: Float64Array,
    norm: { gain: Float32Array; shift: Float32Array },
    held: { base: DeviceTensor; columns: DeviceTensor | undefined },
  ) {
    this.#model = model;
    this.#residual = residual;
    this.#gain = norm.gain;
    this.#shift = norm.shift;
    this.#base = held.base;
    this.#columns = held.columns;
  }

  /**
   * Prepares final residuals `[N, D]` (before the layer norm), and tokens `[C]` for
   * {@linkcode FinalUpdates.answers}.
   *
   * @throws {RangeError} for more prompts than {@linkcode mostPromptsHeld}.
   */
  static async open(model: Model, residual: Floats, columns?: Int32Array): Promise<FinalUpdates> {
    const { dModel: D, vocabSize: V } = model.config;
    const { device } = model;
    const N = residual.length / D;
    const most = mostPromptsHeld(model);
    if (N > most) {
      throw new RangeError(
        `Cannot hold "base logits": ${N} prompts, expected at most ${most} at a time`,
      );
    }
    const norm = await finalNorm(model);
    const centredRows = centred(residual, D);
    const graph = new Graph();
    const x = graph.input("x", [N, D]);
    graph.output("base", ops.logits(graph, x, graph.input("unembed.W_U", [V, D])));
    const scaled = Float32Array.from(centredRows, (value, i) => value * norm.gain[i % D]!);
    using rows = device.upload({ data: scaled, shape: [N, D] }, "centred residuals");
    const weight = model.tensor("unembed.W_U");
    const { base } = await device.run(graph, { x: rows, "unembed.W_U": weight });
    const ids = columns && device.upload({ data: columns, shape: [columns.length] }, "columns");
    return new FinalUpdates(model, centredRows, norm, { base: base!, columns: ids });
  }

  /** How many prompts it holds. */
  get count(): number {
    return this.#base.shape[0]!;
  }

  /**
   * The logits before any move in two parts: `logits [N, V]`, which the layer norm scales, and
   * `shift [V]`, β · u_v, the same in every row.
   */
  async baseLogits(): Promise<{ logits: Floats; shift: Floats }> {
    const { dModel: D, vocabSize: V, layerNormEpsilon: epsilon } = this.#model.config;
    const { device } = this.#model;
    const graph = new Graph();
    const x = graph.input("x", [1, D]);
    graph.output("shift", ops.logits(graph, x, graph.input("unembed.W_U", [V, D])));
    using given = device.upload({ data: this.#shift, shape: [1, D] }, "ln_final.b");
    const weight = this.#model.tensor("unembed.W_U");
    const outputs = await device.run(graph, { x: given, "unembed.W_U": weight });
    using made = outputs.shift!;
    const [base, shift] = await device.read([this.#base, made]);
    const logits = base!.data as Floats;
    const still = { residual: this.#residual, directions: new Float64Array(0), dModel: D, epsilon };
    const sigma = movedDeviations(still, new Float64Array(0));
    for (let i = 0; i < logits.length; i++) logits[i]! /= sigma[Math.floor(i / V)]!;
    return { logits, shift: shift!.data as Floats };
  }

  /** The space of one head's output; its coordinates are the head's `z` `[N, K]`. */
  async headSpace(layer: number, head: number): Promise<UpdateSpace> {
    const { dHead: K, dModel: D } = this.#model.config;
    const whole = await this.#model.weights.read(`blocks.${layer}.attn.W_O`);
    return await this.space(whole.subarray(head * K * D, (head + 1) * K * D));
  }

  /** The space of some neurons of an MLP; its coordinates are their activations `[N, k]`. */
  async neuronSpace(layer: number, neurons: readonly number[]): Promise<UpdateSpace> {
    const { dModel: D } = this.#model.config;
    const whole = await this.#model.weights.read(`blocks.${layer}.mlp.W_out`);
    const directions = new Float32Array(neurons.length * D);
    neurons.forEach((n, i) => directions.set(whole.subarray(n * D, (n + 1) * D), i * D));
    return await this.space(directions);
  }

  /** The space spanned by directions `[K', D]`. */
  async space(directions: Floats): Promise<UpdateSpace> {
    return await spaceOf(this.#model, { gain: this.#gain, shift: this.#shift }, directions);
  }

  /**
   * The answers after each prompt moved by `coordinates [N, K']` in a space. A move of zeros gives
   * the base run's answers.
   *
   * @throws {RangeError} where no tokens were chosen in {@linkcode FinalUpdates.open}.
   */
  async answers(space: UpdateSpace, coordinates: Floats): Promise<Answers> {
    const chosen = this.#columns;
    if (!chosen) throw new RangeError('Cannot answer "columns": none, expected tokens in open()');
    const C = chosen.shape[0]!;
    const scale = this.#deviations(space, coordinates);
    const { logZ, columnLogits } = await this.#softmax(space, coordinates, {
      scale,
      stats: ["logZ", "columnLogits"],
    });
    const logits = new Float64Array(columnLogits!);
    return { logits, logProbs: logits.map((logit, i) => logit - logZ![Math.floor(i / C)]!) };
  }

  /**
   * Loss, entropy and rank after each row moved by `coordinates [N, K']` in a space, with the layer
   * norm's scale of the moved residual, or with a given one.
   */
  async statistics(
    space: UpdateSpace,
    coordinates: Floats,
    { targets, scale = this.#deviations(space, coordinates) }: StatisticsOptions,
  ): Promise<MovedStatistics> {
    const { logZ, targetLogit, entropy, rank } = await this.#softmax(space, coordinates, {
      scale,
      targets,
      stats: ["logZ", "targetLogit", "entropy", "rank"],
    });
    return {
      loss: Float64Array.from(logZ!, (norm, n) => norm - targetLogit![n]!),
      entropy: Float64Array.from(entropy!),
      rank: Int32Array.from(rank!),
      scale,
    };
  }

  #deviations(space: UpdateSpace, coordinates: Floats): Float64Array {
    const { dModel, layerNormEpsilon: epsilon } = this.#model.config;
    const movement = { residual: this.#residual, directions: space.directions, dModel, epsilon };
    const squares = this.#squares.get(space) ?? movedSquares(movement);
    this.#squares.set(space, squares);
    return movedDeviations(movement, coordinates, squares);
  }

  async #softmax(
    { dimensions: K, projection }: UpdateSpace,
    coordinates: Floats,
    { scale, targets, stats }: {
      scale: Float64Array;
      targets?: Int32Array;
      stats: readonly UnembedStat[];
    },
  ): Promise<Partial<Record<UnembedStat, Floats>>> {
    const { device, config: { vocabSize: V } } = this.#model;
    const N = this.count;
    // β · u_v rides along as one more direction, which the scale turns into 1.
    const moves = new Float32Array(N * (K + 1));
    for (let n = 0; n < N; n++) {
      moves.set(coordinates.subarray(n * K, (n + 1) * K), n * (K + 1));
      moves[n * (K + 1) + K] = scale[n]!;
    }
    const columns = stats.includes("columnLogits") ? this.#columns : undefined;
    const graph = new Graph();
    const values = ops.unembedStats(
      graph,
      graph.input("x", [N, K + 1]),
      graph.input("projection", [V, K + 1]),
      {
        targets: targets && graph.input("targets", [N], "i32"),
        columns: columns && graph.input("columns", columns.shape, "i32"),
        base: graph.input("base", [N, V]),
        scale: graph.input("scale", [N]),
        stats,
      },
    );
    for (const stat of stats) graph.output(stat, values[stat]!);
    using scope = new DisposableStack();
    const upload = (data: Float32Array | Int32Array, shape: number[]) =>
      scope.use(device.upload({ data, shape }, "update"));
    const outputs = await device.run(graph, {
      x: upload(moves, [N, K + 1]),
      scale: upload(Float32Array.from(scale, (value) => 1 / value), [N]),
      ...(targets && { targets: upload(targets, [N]) }),
      ...(columns && { columns }),
      base: this.#base,
      projection,
    });
    const arrays = await device.take(stats.map((stat) => outputs[stat]!));
    return Object.fromEntries(stats.map((stat, i) => [stat, arrays[i]!.data as Floats]));
  }

  [Symbol.dispose](): void {
    this.#base[Symbol.dispose]();
    this.#columns?.[Symbol.dispose]();
  }
}

/** The final layer norm's weights. */
interface FinalNorm {
  readonly gain: Float32Array;
  readonly shift: Float32Array;
}

async function finalNorm({ weights }: Model): Promise<FinalNorm> {
  return { gain: await weights.read("ln_final.w"), shift: await weights.read("ln_final.b") };
}

/**
 * The space spanned by directions `[K', D]` of a model's final residual, for any
 * {@linkcode FinalUpdates} of that model; without directions, that of rows that stay.
 */
export async function updateSpace(model: Model, directions: Floats): Promise<UpdateSpace> {
  return await spaceOf(model, await finalNorm(model), directions);
}

async function spaceOf(
  model: Model,
  { gain, shift }: FinalNorm,
  directions: Floats,
): Promise<UpdateSpace> {
  const { device, config: { dModel: D, vocabSize: V } } = model;
  const dimensions = directions.length / D;
  const rows = centred(directions, D);
  const columns = new Float32Array((dimensions + 1) * D);
  for (let i = 0; i < rows.length; i++) columns[i] = rows[i]! * gain[i % D]!;
  columns.set(shift, dimensions * D);
  const graph = new Graph();
  const weight = graph.input("unembed.W_U", [V, D]);
  const x = graph.input("x", [dimensions + 1, D]);
  graph.output("projection", ops.logits(graph, weight, x));
  using given = device.upload({ data: columns, shape: [dimensions + 1, D] }, "directions");
  const { projection } = await device.run(graph, {
    x: given,
    "unembed.W_U": model.tensor("unembed.W_U"),
  });
  return new UpdateSpace(rows, projection!);
}
