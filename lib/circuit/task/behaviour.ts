/**
 * What a model answers to a task: one run, the last position only.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { type ForwardOptions, runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import type { ForwardRun } from "../../model/witness.ts";
import { checkFinite } from "./check_finite.ts";
import type { ContrastTask } from "./contrast_task.ts";
import { measure, type PromptMeasures } from "./measures.ts";

/** A model's answers to the good prompts. */
export interface Behaviour extends PromptMeasures {
  /** f64 `[N, C]`, full-vocabulary probabilities of the labels. */
  readonly probabilities: HostArray<Float64Array>;
  /** f64 `[N, C]`. */
  readonly logits: HostArray<Float64Array>;
  /** The forward pass behind it, for the witness. */
  readonly forward: ForwardRun;
}

/**
 * Runs the good prompts and measures the answers.
 *
 * @throws {NeuriteError} E-CHECKPOINT when a probability is NaN; what `runWithHooks` throws.
 *
 * @example Usage
 * ```ts
 * import { taskBehaviour } from "neurite/lib/circuit/task/behaviour.ts";
 * import { yearTask } from "neurite/lib/circuit/task/contrast_task.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { makeYearPrompts } from "neurite/lib/text/year_prompts.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const prompts = makeYearPrompts(await openTokenizer(model.directory), { count: 4 });
 * const { probDiff } = await taskBehaviour(model, yearTask(prompts));
 * if (probDiff.some((value) => Math.abs(value) > 1)) throw new Error("unreachable");
 * ```
 */
export async function taskBehaviour(
  model: Model,
  task: ContrastTask,
  options: Pick<ForwardOptions, "memory" | "onProgress" | "signal"> = {},
): Promise<Behaviour> {
  const request: ForwardOptions = {
    read: ["column_logits", "column_log_probs"],
    positions: "last",
    columns: task.labelIds,
  };
  const run = { ...options, ...request, share: true };
  const results = await runWithHooks(model, task.goodTokens, run);
  const shape = [task.goodTokens.shape[0]!, task.labelIds.length];
  const logits = Float64Array.from(results.column_logits!.data as Float32Array);
  const logProbs = results.column_log_probs!.data as Float32Array;
  const probabilities = Float64Array.from(logProbs, Math.exp);
  checkFinite(model, probabilities, task.labelIds.length);
  return {
    probabilities: { data: probabilities, shape },
    logits: { data: logits, shape },
    ...measure(task, probabilities),
    forward: { tokens: task.goodTokens, options: request, results },
  };
}
