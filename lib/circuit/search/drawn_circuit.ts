/**
 * One of many circuits tested at once: only sums are kept of it, so that their number can be large.
 *
 * @module
 */
import { measure, type PromptMeasures } from "../task/measures.ts";
import type { PatchPlan } from "../graph/patch_plan.ts";
import { planAnswers } from "../rounds/circuit_tests.ts";
import type { RoundContext, RoundPart } from "../rounds/rounds.ts";
import type { MeanAndSd } from "../task/year_metrics.ts";

/** A running mean and sum of squared deviations (Chan, Golub & LeVeque 1983). */
class Moments {
  #count = 0;
  #mean = 0;
  #squares = 0;

  add(values: Float64Array): void {
    for (const value of values) {
      const before = value - this.#mean;
      this.#mean += before / ++this.#count;
      this.#squares += before * (value - this.#mean);
    }
  }

  get meanAndSd(): MeanAndSd {
    const sd = this.#count > 1 ? Math.sqrt(this.#squares / (this.#count - 1)) : 0;
    return { mean: this.#mean, sd };
  }
}

/** The sufficiency test (`ms`) of one plan: the good run's values in the bad run. */
export class DrawnCircuit implements RoundPart {
  readonly #moments = new Map<keyof PromptMeasures, Moments>();

  constructor(readonly plan: PatchPlan) {}

  async run(context: RoundContext): Promise<void> {
    context.signal?.throwIfAborted();
    const answers = await planAnswers(context, { plan: this.plan, reversed: false });
    const measures = measure(context.round.task, answers);
    for (const name of ["probDiff", "sharpness"] as const) {
      const values = measures[name];
      if (!values) continue;
      const moments = this.#moments.get(name) ?? new Moments();
      this.#moments.set(name, moments);
      moments.add(values);
    }
  }

  /** Mean and sample standard deviation over the prompts; undefined where it was not measured. */
  summary(name: keyof PromptMeasures): MeanAndSd | undefined {
    return this.#moments.get(name)?.meanAndSd;
  }
}
