/**
 * Which feature of its positions explains a neuron best: Gurnee et al. 2024, section 4.1;
 * spec/universal_neurons.md section 1.9.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { GeluForm } from "../../device/graph.ts";
import type { Neuron } from "../neurons.ts";
import { classMoments, meanDifference, welchT } from "./class_moments.ts";
import { featureSums, GroupSums, shiftOf } from "./group_sums.ts";
import { geluArray } from "./gelu_table.ts";
import type { GroupedFeatures } from "../labels/group_features.ts";
import { type Draw, permutationDraws } from "./permutation.ts";
import { bestOf, type Totals, varianceReductions } from "./variance_reduction.ts";

/** Positions taken at once, whose activations then stay in a processor's cache. */
const BLOCK = 16_384;
/** Values that the shift is chosen from. */
const SAMPLE = 64;

/** Activations by neuron; `Activations` of lib/neuron/cached has this shape. */
export interface ActivationColumns {
  /** In the order of their places. */
  readonly neurons: readonly Neuron[];
  /** Where they were read: of `mlp.hook_pre` GELU is taken first. */
  readonly location: string;
  /** i32 `[B, T]`. */
  readonly tokens: HostArray<Int32Array>;
  /** f32 `[B·T]` of the neuron at a place. */
  read(place: number): Promise<Float32Array>;
}

/** The feature that explains a neuron best, of those of one labelling. */
export interface BestFeature {
  /** Its place among the features; −1 where none could be judged, as of a constant neuron. */
  readonly feature: number;
  /** Its reduction in variance; NaN where there is none. */
  readonly reduction: number;
  /** Mean activation where it holds less that where it does not. */
  readonly difference: number;
  /** Welch's t of that difference. */
  readonly t: number;
  /** Share of positions that it holds of. */
  readonly share: number;
  /** The largest reduction of each permutation of the baseline, `[draws]`. */
  readonly chance: Float64Array;
}

/** What one neuron has of one labelling's features. */
export interface LabellingResult {
  /** `[F]`, NaN where a feature cannot be judged. */
  readonly reductions: Float64Array;
  readonly best: BestFeature;
}

/** One neuron's results. */
export interface ExplainedNeuron {
  /** Its place in the columns. */
  readonly place: number;
  /** Mean of the activations, and their variance (n − 1). */
  readonly mean: number;
  readonly variance: number;
  /** One of each labelling, in order. */
  readonly labellings: readonly LabellingResult[];
}

/** Settings of {@linkcode explainNeurons}. */
export interface ExplainOptions {
  /** The neurons to explain, by place; all when absent. */
  readonly places?: readonly number[] | undefined;
  /** GELU of cached pre-activations: the model's own, or `erf` as the release took of every model. */
  readonly gelu: GeluForm;
  /** Permutations of the baseline. @default {0} */
  readonly draws?: number;
  /** Their seed. @default {0} */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sums and scratch of one labelling, for all neurons in turn. */
class Explainer {
  readonly sums: GroupSums;
  readonly #grouped: GroupedFeatures;
  readonly #draws: readonly Draw[];
  readonly #scratch: { readonly sums: Float64Array; readonly reductions: Float64Array };

  constructor(grouped: GroupedFeatures, draws: readonly Draw[]) {
    this.#grouped = grouped;
    this.#draws = draws;
    this.sums = new GroupSums(grouped.groups, 2);
    const F = grouped.features.length;
    this.#scratch = { sums: new Float64Array(2 * F), reductions: new Float64Array(F) };
  }

  get codes(): Int32Array {
    return this.#grouped.codes;
  }

  result(totals: Totals): LabellingResult {
    const { held } = this.#grouped;
    const sums = featureSums(this.#grouped, this.sums);
    const reductions = varianceReductions({ held, sums }, totals);
    const feature = bestOf(reductions);
    const chance = Float64Array.from(this.#draws, (draw) => this.#largest(draw, totals));
    if (feature < 0) {
      const none = { reduction: NaN, difference: NaN, t: NaN, share: NaN };
      return { reductions, best: { feature, ...none, chance } };
    }
    const [count, sum, squares] = [held[feature]!, sums[2 * feature]!, sums[2 * feature + 1]!];
    const one = classMoments(count, [sum, squares]);
    const zero = classMoments(totals.count - count, [totals.sum - sum, totals.squares - squares]);
    const best = {
      feature,
      reduction: reductions[feature]!,
      difference: meanDifference(one, zero),
      t: welchT(one, zero),
      share: count / totals.count,
      chance,
    };
    return { reductions, best };
  }

  #largest({ order, held }: Draw, totals: Totals): number {
    const { sums: into, reductions } = this.#scratch;
    const sums = featureSums(this.#grouped, this.sums, { order, into });
    const all = varianceReductions({ held, sums }, totals, { into: reductions });
    const best = bestOf(all);
    return best < 0 ? NaN : all[best]!;
  }
}

/** Activations as they are explained, in order, `into.length` of them from `start` on. */
type Activate = (from: Float32Array, into: Float64Array) => void;

/** The values that features are of: post-activations. */
function activationOf({ location }: ActivationColumns, gelu: GeluForm): Activate {
  return location === "mlp.hook_pre" ? geluArray(gelu) : (from, into) => into.set(from);
}

/** Sums one neuron's activations into all labellings' groups. */
function sumNeuron(read: Float32Array, activate: Activate, explainers: readonly Explainer[]) {
  const step = Math.max(1, Math.floor(read.length / SAMPLE));
  const size = Math.ceil(read.length / step);
  const sample = Float32Array.from({ length: size }, (_, i) => read[i * step]!);
  const values = new Float64Array(Math.max(BLOCK, sample.length));
  activate(sample, values);
  const shift = shiftOf(values.subarray(0, sample.length));
  for (const { sums } of explainers) sums.clear();
  for (let start = 0; start < read.length; start += BLOCK) {
    const end = Math.min(read.length, start + BLOCK);
    activate(read.subarray(start, end), values);
    for (const { sums, codes } of explainers) sums.add(values, codes.subarray(start, end), shift);
  }
  const [sum, squares] = explainers[0]!.sums.totals() as unknown as [number, number];
  return { totals: { count: read.length, sum, squares }, shift };
}

/**
 * Reductions in variance of every feature for one neuron after the other: each neuron's activations are
 * read once and summed by group, N additions a labelling; features then cost what their groups do,
 * whatever N is. Of the activations those of one neuron are held, 4 bytes a position.
 *
 * @param labellings at least one, each of B·T positions.
 * @throws {RangeError} for a labelling of another number of positions, or activations of another
 * number; {NeuriteError} those of the columns; what `signal` was aborted with.
 *
 * @example Usage
 * ```ts
 * import { explainNeurons } from "neurite/lib/neuron/explain/explain_neurons.ts";
 * import { groupFeatures } from "neurite/lib/neuron/labels/group_features.ts";
 *
 * const tokens = { data: Int32Array.of(0, 2, 1, 2), shape: [1, 4] };
 * const is2 = { name: "is_2", family: "example", holds: Uint8Array.of(0, 0, 1) };
 * const labels = groupFeatures({ name: "token", codes: tokens.data, groups: 3, features: [is2] });
 * const columns = {
 *   neurons: [{ layer: 0, neuron: 7 }],
 *   location: "mlp.hook_post",
 *   tokens,
 *   read: () => Promise.resolve(Float32Array.of(0.1, 3, 0, 3.1)),
 * };
 * for await (const { labellings } of explainNeurons(columns, [labels], { gelu: "erf" })) {
 *   if (labellings[0]!.best.reduction < 0.99) throw new Error("unreachable");
 * }
 * ```
 */
export async function* explainNeurons(
  columns: ActivationColumns,
  labellings: readonly GroupedFeatures[],
  { places, gelu, draws = 0, seed = 0, signal }: ExplainOptions,
): AsyncGenerator<ExplainedNeuron> {
  const N = columns.tokens.data.length;
  for (const { name, positions } of labellings) {
    if (positions !== N) {
      throw new RangeError(
        `Cannot explain neurons by "${name}": ${positions} positions, expected ${N} of the tokens`,
      );
    }
  }
  const explainers = labellings.map((grouped) =>
    new Explainer(grouped, permutationDraws(grouped, { seed, draws }))
  );
  const activate = activationOf(columns, gelu);
  for (const place of places ?? columns.neurons.keys()) {
    signal?.throwIfAborted();
    const read = await columns.read(place);
    if (read.length !== N) {
      throw new RangeError(
        `Cannot explain neuron "${place}": ${read.length} activations, expected ${N}, one a token`,
      );
    }
    const { totals, shift } = sumNeuron(read, activate, explainers);
    const { mean, squares } = classMoments(N, [totals.sum, totals.squares]);
    yield {
      place,
      mean: mean + shift,
      variance: squares / (N - 1),
      labellings: explainers.map((explainer) => explainer.result(totals)),
    };
  }
}
