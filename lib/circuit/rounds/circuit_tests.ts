/**
 * What a circuit keeps of a behaviour, and what the model keeps without it.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { type Circuit, circuitPlans } from "../graph/circuit.ts";
import { answerArray } from "../task/answer_rows.ts";
import { type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { measure, type PromptMeasures } from "../task/measures.ts";
import type { PatchPlan } from "../graph/patch_plan.ts";
import { patchedProbabilities } from "../patch/patched_answers.ts";
import { placeRows } from "./prompt_runs.ts";
import type { RoundContext, RoundPart } from "./rounds.ts";
import { hasLowerPart } from "../graph/routes.ts";

/**
 * A test: `ms` gives a circuit's heads the good prompt and the rest of the model the bad one, `lms`
 * the whole circuit down to the embeddings; `_reverse` the other way round.
 */
export type CircuitTestName = "ms" | "ms_reverse" | "lms" | "lms_reverse";

/**
 * Label probabilities f64 `[n, C]` of a round's prompts under a plan: the good run's values in the bad
 * run or, `reversed`, the bad run's in the good one.
 */
export function planAnswers(
  { programs, round: { good, bad, task } }: RoundContext,
  { plan, reversed }: { readonly plan: PatchPlan; readonly reversed: boolean },
): Promise<Float64Array> {
  const pair = reversed ? { base: good, patch: bad } : { base: bad, patch: good };
  return patchedProbabilities(programs, { pair, plan, task });
}

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

  async run(context: RoundContext): Promise<void> {
    placeRows(this.probabilities, await planAnswers(context, this), context.round);
  }

  /** Measures of each prompt. */
  measures(): PromptMeasures {
    return measure(this.task, this.probabilities);
  }

  /** The probabilities: averaged by start year `[97, 100]` where the labels are years, else `[N, C]`. */
  array(): HostArray<Float64Array> {
    return answerArray(this.task, this.probabilities);
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

/** The measures of named tests, for `summarizeTests`. */
export function testMeasures<Name extends string>(
  tests: ReadonlyMap<Name, CircuitTest>,
): Record<Name, PromptMeasures> {
  const entries = [...tests].map(([name, test]) => [name, test.measures()] as const);
  return Object.fromEntries(entries) as Record<Name, PromptMeasures>;
}
