/**
 * What a circuit keeps of a behaviour, and what the model keeps without it.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { type Circuit, circuitPlans } from "../graph/circuit.ts";
import { asksYears, type ContrastTask, taskSize } from "../task/contrast_task.ts";
import {
  measure,
  type PromptMeasures,
  type RatioSummary,
  summarizeBeside,
} from "../task/measures.ts";
import type { PatchPlan } from "../graph/patch_plan.ts";
import { patchedProbabilities } from "../patch/patched_answers.ts";
import { placeRows } from "./prompt_runs.ts";
import type { RoundContext, RoundPart } from "./rounds.ts";
import { hasLowerPart } from "../graph/routes.ts";
import { collate } from "../task/year_metrics.ts";

/**
 * A test: `ms` gives a circuit's heads the good prompt and the rest of the model the bad one, `lms`
 * the whole circuit down to the embeddings; `_reverse` the other way round.
 */
export type CircuitTestName = "ms" | "ms_reverse" | "lms" | "lms_reverse";

/** One test of one circuit, gathered over rounds. */
export class CircuitTest implements RoundPart {
  /** f64 `[N, C]`, full-vocabulary label probabilities under the plan. */
  readonly probabilities: Float64Array;

  constructor(
    readonly task: ContrastTask,
    readonly plan: PatchPlan,
    /** Whether the circuit gets the bad prompt. */
    readonly reversed: boolean,
  ) {
    this.probabilities = new Float64Array(taskSize(task) * task.labelIds.length);
  }

  async run({ programs, round }: RoundContext): Promise<void> {
    const { good, bad, task } = round;
    const pair = this.reversed ? { base: good, patch: bad } : { base: bad, patch: good };
    const asked = { pair, plan: this.plan, task };
    placeRows(this.probabilities, await patchedProbabilities(programs, asked), round);
  }

  /** Measures of each prompt. */
  measures(): PromptMeasures {
    return measure(this.task, this.probabilities);
  }

  /** Means beside the model's own, with intervals; `seed` is of the bootstrap. */
  summary(baseline: PromptMeasures, seed: number): RatioSummary {
    return summarizeBeside(this.measures(), baseline, seed);
  }

  /** The probabilities: averaged by start year `[97, 100]` where the labels are years, else `[N, C]`. */
  array(): HostArray<Float64Array> {
    const { task, probabilities } = this;
    if (asksYears(task)) return collate(probabilities, task.YY);
    return { data: probabilities, shape: [taskSize(task), task.labelIds.length] };
  }
}

/** The tests of a circuit; `lms` only where it has a lower part. */
export function circuitTests(
  task: ContrastTask,
  circuit: Circuit,
): Map<CircuitTestName, CircuitTest> {
  const { ms, lms } = circuitPlans(circuit);
  const tests = new Map<CircuitTestName, CircuitTest>([
    ["ms", new CircuitTest(task, ms, false)],
    ["ms_reverse", new CircuitTest(task, ms, true)],
  ]);
  if (hasLowerPart(circuit.edges)) {
    tests.set("lms", new CircuitTest(task, lms, false));
    tests.set("lms_reverse", new CircuitTest(task, lms, true));
  }
  return tests;
}
