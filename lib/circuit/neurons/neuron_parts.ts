/**
 * What is measured of an MLP's neurons in every round: first what ranks them, then what those of the
 * highest ranks do.
 *
 * @module
 */
import { asksYears, type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { FinalUpdates, mostPromptsHeld } from "../../model/final/final_updates.ts";
import { groupCount, groupsOf } from "../task/answer_rows.ts";
import { GroupMeans } from "../task/group_means.ts";
import { directMlpEffects } from "./mlp_effects.ts";
import { neuronScores } from "./neuron_scores.ts";
import { NeuronEffects, type NeuronRuns } from "./neurons.ts";
import { placeRows } from "../rounds/prompt_runs.ts";
import type { RoundContext, RoundPart } from "../rounds/rounds.ts";
import type { SweepContext } from "../rounds/sweeps.ts";
import { signedSums } from "../task/year_metrics.ts";

/** The label whose effect is subtracted from a year's direct effects: 00, as in the original. */
const AGAINST_YEAR = 0;

function neuronRuns({ pair, task }: SweepContext, layer: number): NeuronRuns {
  return {
    layer,
    base: pair.base.neurons(layer),
    patch: pair.patch.neurons(layer),
    residual: pair.base.final,
    labelIds: task.labelIds,
  };
}

/** Scores and activations of all F neurons of one MLP, averaged over rounds. */
export class NeuronRanking implements RoundPart {
  readonly #groups: number;
  readonly #sums: { readonly scores: Float64Array; readonly bounds: Float64Array };
  readonly #collated: Record<"good" | "bad", GroupMeans>;
  readonly #whole: Record<"good" | "bad", GroupMeans>;
  #count = 0;

  constructor(task: ContrastTask, readonly layer: number, readonly F: number) {
    const means = (groups: number) => ({
      good: new GroupMeans(groups, F),
      bad: new GroupMeans(groups, F),
    });
    this.#groups = groupCount(task);
    this.#sums = { scores: new Float64Array(F), bounds: new Float64Array(F) };
    this.#collated = means(this.#groups);
    this.#whole = means(1);
  }

  async run(context: RoundContext): Promise<void> {
    const { round: { task }, programs, signal } = context;
    const runs = neuronRuns(context, this.layer);
    const { signs } = task;
    const found = await neuronScores(programs.model, { ...runs, signs }, { signal });
    const n = taskSize(task);
    this.#count += n;
    for (const kind of ["scores", "bounds"] as const) {
      found[kind].forEach((value, f) => this.#sums[kind][f]! += n * value);
    }
    const groups = groupsOf(task);
    for (const [kind, values] of [["good", runs.base], ["bad", runs.patch]] as const) {
      this.#collated[kind].add(values, groups);
      this.#whole[kind].add(values, new Int32Array(n));
    }
  }

  /** f64 `[F]`, as `NeuronScores.scores`. */
  scores(): Float64Array {
    return this.#sums.scores.map((sum) => sum / this.#count);
  }

  /** f64 `[F]`, as `NeuronScores.bounds`. */
  bounds(): Float64Array {
    return this.#sums.bounds.map((sum) => sum / this.#count);
  }

  /** Mean activations of a run: f64 `[F]`. */
  activations(run: "good" | "bad"): Float64Array {
    return this.#whole[run].means();
  }

  /** Mean activations by start year `[97, F]`, or over all prompts `[1, F]` where labels are no years. */
  collated(run: "good" | "bad"): Float64Array {
    return this.#collated[run].means();
  }
}

/** What is patched, once neurons have an order. */
export interface PatchRequest {
  readonly layer: number;
  /** Neurons looked at one by one, and their direct effects on each label. */
  readonly single: readonly number[];
  /** Neurons patched together, by name. */
  readonly joint: ReadonlyMap<string, readonly number[]>;
  /** Of those, the set whose direct effects on each label are kept too. */
  readonly shown: string;
}

/** Direct effects of neurons, one by one and together, and of their whole MLP. */
export class NeuronPatches implements RoundPart {
  /** f64 `[N]` a neuron: change of each prompt's probability difference, exact. */
  readonly single: readonly Float64Array[];
  /** f64 `[N]` a set. */
  readonly joint: ReadonlyMap<string, Float64Array>;
  /** f64 `[N]`, of the whole MLP. */
  readonly mlp: Float64Array;
  /** Logits of base minus patched, collated: one a neuron, then the shown set. */
  readonly #logits: readonly GroupMeans[];

  constructor(task: ContrastTask, readonly request: PatchRequest) {
    const N = taskSize(task);
    this.single = request.single.map(() => new Float64Array(N));
    this.joint = new Map([...request.joint.keys()].map((name) => [name, new Float64Array(N)]));
    this.mlp = new Float64Array(N);
    this.#logits = Array.from(
      { length: request.single.length + 1 },
      () => new GroupMeans(groupCount(task), task.labelIds.length),
    );
  }

  async run(context: RoundContext): Promise<void> {
    const { layer, single, joint, shown } = this.request;
    const { round } = context;
    const runs = neuronRuns(context, layer);
    const effects = await NeuronEffects.of(context.programs.model, runs);
    const groups = groupsOf(round.task);
    const against = asksYears(round.task) ? AGAINST_YEAR : undefined;
    const ones = single.map((neuron) => [neuron]);
    for (const [i, set] of [...ones, joint.get(shown)!].entries()) {
      context.signal?.throwIfAborted();
      this.#logits[i]!.add(effects.directEffect(set, { against }), groups);
    }
    placeRows(this.mlp, (await directMlpEffects(context, [layer])).effects, round);
    const wholes = [...this.single, ...this.joint.values()];
    const changes = await patchedSets(context, runs, [...ones, ...joint.values()]);
    changes.forEach((change, i) => placeRows(wholes[i]!, change, round));
  }

  /**
   * Base minus patched label logits of the i-th single neuron, less column 00 for years: f64
   * `[97, 100]`, or `[1, C]` where labels are no years.
   */
  effect(i: number): Float64Array {
    return this.#logits[i]!.means();
  }

  /** The same of the shown set, patched together. */
  shownEffect(): Float64Array {
    return this.#logits.at(-1)!.means();
  }
}

/** Changes of each prompt's probability difference when a set of neurons is patched: `[n]` a set. */
async function patchedSets(
  { programs: { model }, task, signal }: SweepContext,
  { layer, base, patch, residual, labelIds }: NeuronRuns,
  sets: readonly (readonly number[])[],
): Promise<Float64Array[]> {
  const { dModel: D, dMlp: F } = model.config;
  const C = labelIds.length;
  const N = residual.length / D;
  const changes = sets.map(() => new Float64Array(N));
  const most = mostPromptsHeld(model);
  for (let start = 0; start < N; start += most) {
    const end = Math.min(N, start + most);
    using updates = await FinalUpdates.open(model, residual.subarray(start * D, end * D), labelIds);
    const answer = async (set: readonly number[]) => {
      using space = await updates.neuronSpace(layer, set);
      const moves = Float64Array.from({ length: (end - start) * set.length }, (_, i) => {
        const at = (start + Math.floor(i / set.length)) * F + set[i % set.length]!;
        return patch[at]! - base[at]!;
      });
      const { logProbs } = await updates.answers(space, moves);
      return signedSums(logProbs.map(Math.exp), task.signs.subarray(start * C, end * C), C);
    };
    // The same sums as the patched answers, so that their rounding does not look like an effect.
    const before = await answer([]);
    for (const [i, set] of sets.entries()) {
      signal?.throwIfAborted();
      const after = await answer(set);
      changes[i]!.set(after.map((value, n) => value - before[n]!), start);
    }
  }
  return changes;
}
