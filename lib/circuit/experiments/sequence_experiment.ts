/**
 * What is measured of one generalization task: the behaviour, direct effects on the logits and on the
 * circuit's lowest late MLP, and what the circuit keeps (spec/greater_than section 3.6).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { type Circuit, circuitPlans } from "../graph/circuit.ts";
import { CircuitTest, circuitTests, testMeasures } from "../rounds/circuit_tests.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import {
  type MeasureSummary,
  type RatioSummary,
  summarize,
  summarizeTests,
} from "../task/measures.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { PAPER_NODES, upperRoutes } from "../paper/paper_circuit.ts";
import { PatchPlan } from "../graph/patch_plan.ts";
import { type Baseline, type RoundOptions, runRounds } from "../rounds/rounds.ts";
import { circuitRoles, upperEdges } from "../graph/routes.ts";
import { SweepPart } from "../rounds/score_matrix.ts";
import { directSweep } from "../rounds/sweeps.ts";
import { collate } from "../task/year_metrics.ts";

/** The task of rising years, for which the original adds nodes to the paper's circuit. */
export const WIDENED_TASK = 2;

/**
 * The paper's circuit with MLP 7 and heads a7.h11 and a6.h1. Edges stand for every route along them,
 * so the chain of all five MLPs, which the original's loop leaves out, is part of it.
 */
export const WIDENED_CIRCUIT: Circuit = {
  name: "paper, widened",
  edges: upperRoutes({
    mlps: [7, ...PAPER_NODES.mlps],
    heads: [...PAPER_NODES.heads, [7, 11], [6, 1]],
  }),
  provenance: {
    source: "Hanna, Liu, Variengien 2023, section 5",
    model: "gpt2",
    method: "the paper's circuit with m7, a7.h11 and a6.h1, chosen by hand",
  },
};

/** The circuits that a task is measured with. */
export interface SequenceCircuits {
  /** Absent: the behaviour and the effects on the logits alone. */
  readonly circuit?: Circuit | undefined;
  /** Further tests `ms_wide`, and direct effects on this circuit's lowest MLP. */
  readonly wide?: Circuit | undefined;
}

/** The results of one task. */
export interface SequenceResults {
  /**
   * `probs`, `probs_<test>` f64 `[97, 100]`; `ipp` and `m<layer>` f64 `[L, H + 1]`, with `_sd`, and
   * `_ci [L, H + 1, 2]`.
   */
  readonly arrays: Readonly<Record<string, HostArray<Float64Array>>>;
  /** `baseline`, `bad_run` (its answers to the bad prompts), and of the circuits `ms`, `lms`, … */
  readonly summaries: Readonly<Record<string, MeasureSummary | RatioSummary>>;
  readonly baseline: Baseline;
  readonly tests: ReadonlyMap<string, CircuitTest>;
}

/** How it runs. */
export interface SequenceOptions extends RoundOptions {
  /** Seed of the bootstrap. @default {0} */
  readonly seed?: number | undefined;
}

function sequenceSweeps({ circuit, wide }: SequenceCircuits): Map<string, SweepPart> {
  const upper = upperEdges(circuit?.edges ?? []);
  const sweeps = new Map([["ipp", new SweepPart((context) => directSweep(context, upper))]]);
  for (const { edges } of [circuit, wide].filter((each) => each !== undefined)) {
    const [lowest] = circuitRoles(upperEdges(edges)).mlps;
    if (lowest === undefined) continue;
    sweeps.set(`m${lowest}`, new SweepPart((context) => directSweep(context, edges, lowest)));
  }
  return sweeps;
}

function sequenceTests(
  task: ContrastTask,
  { circuit, wide }: SequenceCircuits,
): Map<string, CircuitTest> {
  const tests = new Map<string, CircuitTest>(circuit && circuitTests(task, circuit));
  // Some tasks have right answers that the bad prompt gives too; without it a share says little.
  tests.set("bad_run", new CircuitTest(task, new PatchPlan([]), false));
  for (const [name, test] of wide ? circuitTests(task, wide) : []) {
    tests.set(name.replace("ms", "ms_wide"), test);
  }
  return tests;
}

/**
 * Measures one task of years. The model runs twice on each prompt.
 *
 * @throws {NeuriteError} E-CIRCUIT for a model that is no GPT-2.
 */
export async function sequenceExperiment(
  programs: NodePrograms,
  task: ContrastTask & { readonly YY: Int32Array },
  circuits: SequenceCircuits,
  options: SequenceOptions = {},
): Promise<SequenceResults> {
  const { seed = 0, ...run } = options;
  const sweeps = sequenceSweeps(circuits);
  const tests = sequenceTests(task, circuits);
  const baseline = await runRounds(programs, task, {
    parts: [...sweeps.values(), ...tests.values()],
    attentionLayers: circuits.circuit ? circuitPlans(circuits.circuit).lms.attentionLayers() : [],
  }, run);
  const arrays: Record<string, HostArray<Float64Array>> = {
    probs: collate(baseline.probabilities, task.YY),
  };
  for (const [name, sweep] of sweeps) {
    const { scores, sd, interval } = sweep.matrix(programs.model.config, seed);
    Object.assign(arrays, { [name]: scores, [`${name}_sd`]: sd, [`${name}_ci`]: interval });
  }
  for (const [name, test] of tests) arrays[`probs_${name}`] = test.array();
  const summaries = {
    baseline: summarize(baseline, seed),
    ...summarizeTests(baseline, testMeasures(tests), seed),
  };
  return { arrays, summaries, baseline, tests };
}
