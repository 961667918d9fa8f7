/**
 * What single neurons of an MLP at END write to the answer (spec/greater_than sections 3.5 and 4.4).
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { Graph } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";
import type { Model } from "../../model/model.ts";
import { centred, dotRows, movedDeviations } from "../../model/final/centred.ts";

/** An MLP at END in two runs. */
export interface NeuronRuns {
  readonly layer: number;
  /** `[N, F]`, activations after the GELU in the run that stays. */
  readonly base: Floats;
  /** `[N, F]`, those of the run that patched neurons take their values from. */
  readonly patch: Floats;
  /** `[N, D]`, the base run's residual before the final layer norm. */
  readonly residual: Floats;
  /** i32 `[C]`, tokens whose logits are looked at. */
  readonly labelIds: Int32Array;
}

/** Rows of W_U: f64 `[C, D]`. */
export async function unembeddingRows(model: Model, ids: Int32Array): Promise<Float64Array> {
  const { device } = model;
  const { dModel: D, vocabSize: V } = model.config;
  const graph = new Graph();
  const table = graph.input("unembed.W_U", [V, D]);
  graph.output("rows", ops.gather(graph, table, graph.input("ids", [ids.length], "i32")));
  using given = device.upload({ data: ids, shape: [ids.length] }, "ids");
  const { rows } = await device.run(graph, {
    ids: given,
    "unembed.W_U": model.tensor("unembed.W_U"),
  });
  const [array] = await device.take([rows!]);
  return Float64Array.from(array!.data as Floats);
}

/**
 * Lenses and direct effects of chosen neurons. A method that is given several neurons takes them
 * together; one at a time is a list of one.
 *
 * @example Usage
 * ```ts
 * import { NeuronEffects } from "neurite/lib/circuit/neurons/neurons.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("tests/fixtures/gpt2-mini", device);
 * const { dMlp, dModel } = model.config;
 * const effects = await NeuronEffects.of(model, {
 *   layer: 10,
 *   base: new Float64Array(dMlp).fill(1),
 *   patch: new Float64Array(dMlp),
 *   residual: Float64Array.from({ length: dModel }, (_, i) => Math.sin(i)),
 *   labelIds: Int32Array.of(20, 21),
 * });
 * const both = effects.lens([3, 5]);
 * const sum = effects.lens([3])[1]! + effects.lens([5])[1]!;
 * if (Math.abs(both[1]! - sum) > 1e-12) throw new Error("unreachable");
 * ```
 */
export class NeuronEffects {
  readonly #runs: NeuronRuns;
  readonly #writing: Floats;
  readonly #tokens: Float64Array;
  readonly #gain: Floats;
  readonly #epsilon: number;
  readonly #residual: Float64Array;

  private constructor(
    runs: NeuronRuns,
    { writing, tokens, gain, epsilon }: {
      writing: Floats;
      tokens: Float64Array;
      gain: Floats;
      epsilon: number;
    },
  ) {
    this.#runs = runs;
    this.#writing = writing;
    this.#tokens = tokens;
    this.#gain = gain;
    this.#epsilon = epsilon;
    this.#residual = centred(runs.residual, gain.length);
  }

  /** Reads the weights: W_out of the layer, the final layer norm, W_U at the labels. */
  static async of(model: Model, runs: NeuronRuns): Promise<NeuronEffects> {
    return new NeuronEffects(runs, {
      writing: await model.weights.read(`blocks.${runs.layer}.mlp.W_out`),
      tokens: await unembeddingRows(model, runs.labelIds),
      gain: await model.weights.read("ln_final.w"),
      epsilon: model.config.layerNormEpsilon,
    });
  }

  /**
   * The neurons' logit lens in the base run, `Σ_n a_n (W_out[n] · u_label)`, without any layer norm:
   * f64 `[N, C]`.
   */
  lens(neurons: readonly number[]): Float64Array {
    const { base, labelIds } = this.#runs;
    const products = dotRows(this.#columns(neurons), this.#tokens, this.#gain.length);
    return combine(this.#activations(base, neurons), products, [this.#count, labelIds.length]);
  }

  /**
   * Base minus patched label logits when the neurons' direct path to the logits takes the patch run's
   * activations, all else staying: f64 `[N, C]`, exact. `against` is a column of labels whose effect
   * is subtracted in each row.
   */
  directEffect(
    neurons: readonly number[],
    { against }: { against?: number | undefined } = {},
  ): Float64Array {
    const { base, patch, labelIds } = this.#runs;
    const D = this.#gain.length;
    const C = labelIds.length;
    const before = this.#activations(base, neurons);
    const moves = this.#activations(patch, neurons).map((after, i) => after - before[i]!);
    const directions = centred(this.#columns(neurons), D);
    const movement = { residual: this.#residual, directions, dModel: D, epsilon: this.#epsilon };
    const still = movedDeviations(movement, new Float64Array(moves.length));
    const moved = movedDeviations(movement, moves);
    const tokens = this.#tokens.map((value, i) => value * this.#gain[i % D]!);
    const known = dotRows(this.#residual, tokens, D);
    const change = combine(moves, dotRows(directions, tokens, D), [this.#count, C]);
    const effect = known.map((logit, i) => {
      const n = Math.floor(i / C);
      return logit / still[n]! - (logit + change[i]!) / moved[n]!;
    });
    if (against === undefined) return effect;
    return effect.map((value, i) => value - effect[i - i % C + against]!);
  }

  get #count(): number {
    return this.#residual.length / this.#gain.length;
  }

  #columns(neurons: readonly number[]): Float64Array {
    const D = this.#gain.length;
    const F = this.#writing.length / D;
    const out = new Float64Array(neurons.length * D);
    neurons.forEach((n, i) => {
      if (!Number.isInteger(n) || n < 0 || n >= F) {
        throw new RangeError(`Cannot take neuron "${n}": not there, expected 0 .. ${F - 1}`);
      }
      out.set(this.#writing.subarray(n * D, (n + 1) * D), i * D);
    });
    return out;
  }

  /** Columns of `[N, F]`: f64 `[N, k]`. */
  #activations(all: Floats, neurons: readonly number[]): Float64Array {
    const F = all.length / this.#count;
    const k = neurons.length;
    return Float64Array.from(
      { length: this.#count * k },
      (_, i) => all[Math.floor(i / k) * F + neurons[i % k]!]!,
    );
  }
}

/** `a [N, k], b [k, C] -> f64 [N, C]`. */
function combine(
  a: Float64Array,
  b: Float64Array,
  [N, C]: readonly [number, number],
): Float64Array {
  const k = b.length / C;
  const out = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    for (let j = 0; j < k; j++) {
      const factor = a[n * k + j]!;
      for (let c = 0; c < C; c++) out[n * C + c]! += factor * b[j * C + c]!;
    }
  }
  return out;
}
