/**
 * Which neurons of one MLP at END answer the task, and how: their order, their logit lenses, their
 * direct effects one by one and together (spec/greater_than sections 3.5 and 4.4).
 *
 * @module
 */
import { allToFloat32, type HostArray } from "../../array.ts";
import { asksYears, type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { groupCount } from "../task/answer_rows.ts";
import { NeuronPatches, NeuronRanking } from "../neurons/neuron_parts.ts";
import { orderByMagnitude } from "../neurons/neuron_scores.ts";
import { NeuronEffects } from "../neurons/neurons.ts";
import { SUMMED } from "../neurons/summed.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { promptsThatFit } from "../rounds/prompt_runs.ts";
import {
  type Baseline,
  type RoundContext,
  type RoundOptions,
  runRounds,
} from "../rounds/rounds.ts";

/** The least K that fills the paper's figures. */
export const LEAST_TOP = 11;

/** Which neurons. */
export interface NeuronRequest {
  /** Layer of the MLP; 10 in the paper. */
  readonly layer: number;
  /** K, how many neurons are looked at one by one; F where the MLP has no more. @default {11} */
  readonly top?: number | undefined;
}

/** What was found. */
export interface NeuronExperiment {
  readonly layer: number;
  readonly baseline: Baseline;
  /** i32 `[F]`: neurons by decreasing `|score|`. */
  readonly order: Int32Array;
  /**
   * f64 `[F]`: mean change of the probability difference when only this neuron's direct path to the
   * logits takes the bad run's activation.
   */
  readonly scores: Float64Array;
  /** f64 `[F]`: how far each score may be from exact. */
  readonly bounds: Float64Array;
  /** f64 `[F]`: mean activations of the two runs. */
  readonly activations: Readonly<Record<"good" | "bad", Float64Array>>;
  /** f64 `[N]` each, exact: the score's prompts, of the first K neurons in order. */
  readonly single: readonly Float64Array[];
  /** f64 `[N]` each, `top10`, `top100`, `top200`: those neurons patched together. */
  readonly joint: ReadonlyMap<string, Float64Array>;
  /** f64 `[N]`: the whole MLP's direct path patched. */
  readonly mlp: Float64Array;
  /**
   * `neuron_order [F]`, `neuron_scores`, `neuron_score_bounds [F]`. Of years
   * `neuron_activation_good`, `_bad [K, 97]`, `neuron_lens`, `neuron_direct_effects [K, 97, 100]`,
   * `neuron_lens_sum_top10`, `_top100`, `_top200`, `neuron_direct_sum_top10`, `neuron_joint_top10`
   * `[97, 100]`; of other labels the same with prefix `label_`, without the axis of 97, `[.., C]`.
   */
  readonly arrays: Readonly<Record<string, HostArray>>;
}

/**
 * Runs the experiment in rounds of prompts. Up to one round the model runs twice on each prompt, else
 * four times: neurons are looked at only when all prompts have ranked them.
 *
 * @throws {NeuriteError} E-CIRCUIT for a model that is no GPT-2.
 * @throws {RangeError} for a top below 11.
 *
 * @example Usage
 * ```ts
 * import { yearTask } from "neurite/lib/circuit/task/contrast_task.ts";
 * import { neuronExperiment } from "neurite/lib/circuit/experiments/neuron_experiment.ts";
 * import { NodePrograms } from "neurite/lib/circuit/patch/node_programs.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { makeYearPrompts } from "neurite/lib/text/year_prompts.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const prompts = makeYearPrompts(await openTokenizer(model.directory), { count: 2 });
 * using programs = new NodePrograms(model);
 * const { order, single } = await neuronExperiment(programs, yearTask(prompts), { layer: 2 });
 * if (order.length !== model.config.dMlp || single.length !== 11) throw new Error("unreachable");
 * ```
 */
export async function neuronExperiment(
  programs: NodePrograms,
  task: ContrastTask,
  { layer, top = LEAST_TOP }: NeuronRequest,
  { onPart, ...run }: RoundOptions = {},
): Promise<NeuronExperiment> {
  if (top < LEAST_TOP) {
    throw new RangeError(`Cannot look at "neurons": top ${top}, expected at least ${LEAST_TOP}`);
  }
  const { dMlp: F } = programs.model.config;
  const wanted = { attentionLayers: [], neuronLayers: [layer] };
  const promptsARound = run.promptsARound ?? promptsThatFit(programs.model, task, wanted);
  const options = { ...run, promptsARound };
  const total = 2 * Math.ceil(taskSize(task) / promptsARound);
  const ranking = new NeuronRanking(task, layer, F);
  let only: RoundContext | undefined;
  const rank = async (context: RoundContext) => {
    await ranking.run(context);
    if (total === 2) only = context;
  };
  const baseline = await runRounds(programs, task, { ...wanted, parts: [{ run: rank }] }, {
    ...options,
    onPart: (done) => onPart?.(done, total),
  });
  const scores = ranking.scores();
  const order = orderByMagnitude(scores);
  const patches = new NeuronPatches(task, {
    layer,
    single: [...order.subarray(0, top)],
    joint: new Map(SUMMED.map((count) => [`top${count}`, [...order.subarray(0, count)]])),
    shown: `top${SUMMED[0]}`,
  });
  if (only) {
    await patches.run(only);
    onPart?.(total, total);
  } else {
    await runRounds(programs, task, { ...wanted, parts: [patches] }, {
      ...options,
      onPart: (done) => onPart?.(total / 2 + done, total),
    });
  }
  const ranked = { layer, scores, order, bounds: ranking.bounds() };
  const { single, joint, mlp } = patches;
  return {
    ...ranked,
    baseline,
    activations: { good: ranking.activations("good"), bad: ranking.activations("bad") },
    single,
    joint,
    mlp,
    arrays: {
      ...allToFloat32({
        "neuron_scores": { data: scores, shape: [F] },
        "neuron_score_bounds": { data: ranked.bounds, shape: [F] },
        ...await shownArrays(programs, task, { ranking, patches, order }),
      }),
      "neuron_order": { data: order, shape: [F] },
    },
  };
}

/** The arrays that figures are drawn from. */
async function shownArrays(
  { model }: NodePrograms,
  task: ContrastTask,
  { ranking, patches, order }: {
    ranking: NeuronRanking;
    patches: NeuronPatches;
    order: Int32Array;
  },
): Promise<Record<string, HostArray>> {
  const { dMlp: F, dModel: D } = model.config;
  const { single } = patches.request;
  const G = groupCount(task);
  const C = task.labelIds.length;
  const groupShape = asksYears(task) ? [G] : [];
  const stack = (parts: readonly Float64Array[], shape: readonly number[]): HostArray => {
    const data = new Float64Array(parts.length * (parts[0]?.length ?? 0));
    parts.forEach((part, i) => data.set(part, i * part.length));
    return { data, shape: [parts.length, ...shape] };
  };
  const matrix = (data: Float64Array): HostArray => ({ data, shape: [...groupShape, C] });
  const activations = (run: "good" | "bad") => {
    const all = ranking.collated(run);
    const of = (f: number) => Float64Array.from({ length: G }, (_, g) => all[g * F + f]!);
    return stack(single.map(of), groupShape);
  };
  // A lens is linear in the activations, so the mean of lenses is the lens of means.
  const means = ranking.collated("good");
  const lenses = await NeuronEffects.of(model, {
    layer: ranking.layer,
    base: means,
    patch: means,
    residual: new Float64Array(G * D),
    labelIds: task.labelIds,
  });
  const effects = single.map((_, i) => patches.effect(i));
  const sum = new Float64Array(G * C);
  for (const effect of effects.slice(0, SUMMED[0])) effect.forEach((x, i) => sum[i]! += x);
  const arrays: Record<string, HostArray> = {
    "neuron_activation_good": activations("good"),
    "neuron_activation_bad": activations("bad"),
    "neuron_lens": stack(single.map((f) => lenses.lens([f])), [...groupShape, C]),
    "neuron_direct_effects": stack(effects, [...groupShape, C]),
    "neuron_direct_sum_top10": matrix(sum),
    "neuron_joint_top10": matrix(patches.shownEffect()),
  };
  for (const count of SUMMED) {
    const lens = lenses.lens([...order.subarray(0, count)]);
    arrays[`neuron_lens_sum_top${count}`] = matrix(lens);
  }
  if (asksYears(task)) return arrays;
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [`label_${name}`, array]),
  );
}
