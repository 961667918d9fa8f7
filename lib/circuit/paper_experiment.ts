/**
 * The paper's experiment on one circuit: every matrix of direct effects, the logit lenses, and what
 * the circuit keeps of the behaviour (spec/greater_than section 3.3).
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import type { ForwardOptions } from "../model/forward/forward.ts";
import type { Model } from "../model/model.ts";
import { logitLens } from "./logit_lens.ts";
import { NodePrograms } from "./node_programs.ts";
import { patchedResidual, type RunPair } from "./evaluate.ts";
import { upperPlan, wholePlan, type YearCircuit } from "./paper_circuit.ts";
import type { PatchPlan } from "./patch_plan.ts";
import { promptPositions } from "./prompt_positions.ts";
import { cacheRun } from "./run_cache.ts";
import {
  channelSweep,
  directSweep,
  lowMlpSweep,
  type SweepContext,
  type SweepScores,
} from "./sweeps.ts";
import { summarizeYears, type YearQuestion, type YearSummary } from "./year_behaviour.ts";
import { collate, cutoffSharpness, probDiff } from "./year_metrics.ts";

/** What a circuit keeps: the measures under its plan, and the mean's share of the baseline's. */
export type Evaluation = YearSummary & { readonly ratio: number };

/** The numbers of the experiment. */
export interface PaperExperiment {
  /** `ipp_*`, `attn_*`, `mlp*` `[L, H + 1]`, `logit_lens_*` and `probs_*` `[97, 100]`. */
  readonly arrays: Readonly<Record<string, HostArray<Float64Array>>>;
  readonly evaluations: Readonly<Record<"ms" | "ms_reverse" | "lms", Evaluation>>;
  /** Of each matrix, senders that cannot reach its receiver. */
  readonly unreachable: Readonly<Record<string, number>>;
}

/** Prompts in pairs and the behaviour on the good ones. */
export interface ExperimentInputs extends Omit<YearQuestion, "tokens"> {
  readonly goodTokens: YearQuestion["tokens"];
  readonly badTokens: YearQuestion["tokens"];
  /** Mean probability difference on the good prompts. */
  readonly baseline: number;
}

/** How it runs. */
export interface ExperimentOptions extends Pick<ForwardOptions, "memory" | "signal"> {
  /** Told after each of the {@linkcode partCount} parts how many are done. */
  readonly onPart?: (done: number) => void;
}

/** The parts of {@linkcode paperExperiment}: sweeps, three circuit tests, the lenses. */
export function partCount({ mlps, lowMlps }: Pick<YearCircuit, "mlps" | "lowMlps">): number {
  return 1 + mlps.length + 3 + lowMlps.length + 3 + 1;
}

/**
 * Runs the experiment. The model runs twice; everything else is single nodes at single positions.
 *
 * @throws {NeuriteError} E-CIRCUIT for a model that is no GPT-2, E-PROMPTS for prompts without a
 * common YY position.
 */
export async function paperExperiment(
  model: Model,
  inputs: ExperimentInputs,
  circuit: YearCircuit,
  options: ExperimentOptions = {},
): Promise<PaperExperiment> {
  const { goodTokens, badTokens, YY, yearTokenIds, baseline } = inputs;
  const request = {
    positions: promptPositions(inputs),
    attentionLayers: [...new Set(circuit.heads.map(([layer]) => layer))],
  };
  const good = await cacheRun(model, goodTokens, request, options);
  const bad = await cacheRun(model, badTokens, request, options);
  using programs = new NodePrograms(model);
  const context: SweepContext = {
    programs,
    pair: { base: good, patch: bad },
    YY: YY.data,
    yearTokenIds: yearTokenIds.data,
    baseline,
    signal: options.signal,
  };
  const { mlps, lowMlps } = circuit;
  const sweeps: [string, () => Promise<SweepScores>][] = [
    ["ipp_logits", () => directSweep(context, mlps)],
    ...[...mlps].reverse().map((layer): [string, () => Promise<SweepScores>] => [
      `ipp_m${layer}`,
      () => directSweep(context, mlps, layer),
    ]),
    ...(["q", "k", "v"] as const).map((channel): [string, () => Promise<SweepScores>] => [
      `attn_${channel}`,
      () => channelSweep(context, circuit, channel),
    ]),
    ...lowMlps.map((layer): [string, () => Promise<SweepScores>] => [
      `mlp${layer}`,
      () => lowMlpSweep(context, circuit, layer),
    ]),
  ];
  const upper = upperPlan(circuit);
  const tests = {
    ms: [upper, { base: bad, patch: good }],
    "ms_reverse": [upper, { base: good, patch: bad }],
    lms: [wholePlan(circuit), { base: bad, patch: good }],
  } as const;
  let done = 0;
  const finished = () => options.onPart?.(++done);

  const arrays: Record<string, HostArray<Float64Array>> = {};
  const unreachable: Record<string, number> = {};
  for (const [name, sweep] of sweeps) {
    const result = await sweep();
    arrays[name] = result.scores;
    unreachable[name] = result.unreachable;
    finished();
  }
  const evaluations: Record<string, Evaluation> = {};
  for (const [name, [plan, pair]] of Object.entries(tests)) {
    const { probabilities, evaluation } = await evaluatePlan(context, plan, pair);
    arrays[`probs_${name}`] = collate(probabilities, YY.data);
    evaluations[name] = evaluation;
    finished();
  }
  const nodes = [
    ...circuit.heads.map(([layer, head]) => ({ kind: "head" as const, layer, head })),
    ...mlps.map((layer) => ({ kind: "mlp" as const, layer })),
  ];
  Object.assign(arrays, await logitLens(context, nodes));
  finished();
  return { arrays, evaluations: evaluations as PaperExperiment["evaluations"], unreachable };
}

async function evaluatePlan(context: SweepContext, plan: PatchPlan, pair: RunPair) {
  const { programs, YY, yearTokenIds, baseline } = context;
  const residual = await patchedResidual(programs, pair, plan);
  const { logProbs } = await programs.answers(residual, yearTokenIds);
  const probabilities = logProbs.map(Math.exp);
  const summary = summarizeYears(probDiff(probabilities, YY), cutoffSharpness(probabilities, YY));
  const evaluation = { ...summary, ratio: summary.prob_diff_mean / baseline };
  return { probabilities, evaluation };
}
