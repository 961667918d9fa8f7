/**
 * The paper's experiment on one circuit: every matrix of direct effects, the logit lenses, what each
 * edge carries, and what the circuit keeps of the behaviour (spec/greater_than section 3.3).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { Model } from "../../model/model.ts";
import type { Circuit } from "../graph/circuit.ts";
import { type CircuitTestName, circuitTests, testMeasures } from "../rounds/circuit_tests.ts";
import { asksYears, type ContrastTask } from "../task/contrast_task.ts";
import { EdgeWeights } from "../rounds/edge_weights.ts";
import { LensPart, type LensSummary } from "../rounds/logit_lens.ts";
import { type RatioSummary, summarizeTests } from "../task/measures.ts";
import { NodePrograms } from "../patch/node_programs.ts";
import { type RoundOptions, runRounds } from "../rounds/rounds.ts";
import { rootSweep } from "../rounds/root_sweep.ts";
import { attentionLayersOf, circuitRoles } from "../graph/routes.ts";
import { SweepPart } from "../rounds/score_matrix.ts";
import { channelSweep, directSweep, lowMlpSweep } from "../rounds/sweeps.ts";

/** The numbers of the experiment. */
export interface CircuitExperiment {
  /**
   * `ipp_*`, `attn_*`, `mlp*` `[L, H + 1]` with `_sd` and `_ci [L, H + 1, 2]`; of years `probs_*` and
   * `logit_lens_*` `[97, 100]`, of other labels `label_probs_*` and `label_logit_lens_*` `[N, C]`.
   */
  readonly arrays: Readonly<Record<string, HostArray<Float64Array>>>;
  /** What the circuit keeps; `lms` where it has a lower part. */
  readonly evaluations: Readonly<Partial<Record<CircuitTestName, RatioSummary>>>;
  /** The logit lens of each head and MLP at END, for right labels over wrong ones. */
  readonly lenses: Readonly<Record<string, LensSummary>>;
  /** Of each matrix, senders that cannot reach its receivers. */
  readonly unreachable: Readonly<Record<string, number>>;
  /** The circuit with its edges weighed. */
  readonly circuit: Circuit;
}

/** How it runs. */
export interface ExperimentOptions extends RoundOptions {
  /** Seed of the bootstrap. @default {0} */
  readonly seed?: number | undefined;
}

/** The sweeps of a circuit by the names of their matrices. */
export function circuitSweeps({ edges }: Circuit): Map<string, SweepPart> {
  const { mlps, heads, lowMlps } = circuitRoles(edges);
  const channels = heads.length > 0 ? ["q", "k", "v"] as const : [];
  return new Map([
    ["ipp_logits", new SweepPart((context) => rootSweep(context))],
    ...mlps.toReversed().map((layer) =>
      [`ipp_m${layer}`, new SweepPart((context) => directSweep(context, edges, layer))] as const
    ),
    ...channels.map((channel) =>
      [
        `attn_${channel}`,
        new SweepPart((context) => channelSweep(context, edges, channel)),
      ] as const
    ),
    ...lowMlps.map((layer) =>
      [`mlp${layer}`, new SweepPart((context) => lowMlpSweep(context, edges, layer))] as const
    ),
  ]);
}

/**
 * Runs the experiment. The model runs twice on each prompt; everything else is single nodes at single
 * positions.
 *
 * @throws {NeuriteError} E-CIRCUIT for a model that is no GPT-2 and for a circuit with unusable edges.
 */
export async function circuitExperiment(
  model: Model,
  task: ContrastTask,
  circuit: Circuit,
  options: ExperimentOptions = {},
): Promise<CircuitExperiment> {
  const { seed = 0, ...run } = options;
  using programs = new NodePrograms(model);
  const { heads, mlps } = circuitRoles(circuit.edges);
  const sweeps = circuitSweeps(circuit);
  const tests = circuitTests(task, circuit);
  const weights = new EdgeWeights(task, circuit.edges);
  const nodes = [...heads, ...mlps.map((layer) => ({ kind: "mlp" as const, layer }))];
  const lenses = new LensPart(task, nodes);
  const baseline = await runRounds(programs, task, {
    parts: [...sweeps.values(), ...tests.values(), weights, lenses],
    attentionLayers: attentionLayersOf(circuit.edges),
  }, run);

  const arrays: Record<string, HostArray<Float64Array>> = {};
  const unreachable: Record<string, number> = {};
  const prefix = asksYears(task) ? "" : "label_";
  for (const [name, sweep] of sweeps) {
    const matrix = sweep.matrix(model.config, seed);
    arrays[name] = matrix.scores;
    arrays[`${name}_sd`] = matrix.sd;
    arrays[`${name}_ci`] = matrix.interval;
    unreachable[name] = matrix.unreachable;
  }
  for (const [name, test] of tests) arrays[`${prefix}probs_${name}`] = test.array();
  for (const [name, lens] of lenses.arrays()) arrays[`${prefix}logit_lens_${name}`] = lens;
  const evaluations = summarizeTests(baseline, testMeasures(tests), seed);
  const weighed = { ...circuit, edges: weights.weighed(seed) };
  return { arrays, evaluations, lenses: lenses.summaries(seed), unreachable, circuit: weighed };
}
