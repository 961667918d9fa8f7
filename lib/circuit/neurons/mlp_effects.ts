/**
 * What each MLP at END sends straight to the logits, and the one that sends most.
 *
 * @module
 */
import { type ContrastTask, taskRows, taskSize } from "../task/contrast_task.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { allSenders, LOGITS_PLACE } from "../graph/nodes.ts";
import { type RoundOptions, runRounds } from "../rounds/rounds.ts";
import { effectsBySender } from "../rounds/score_matrix.ts";
import { type SenderEffects, type SweepContext, sweepInto } from "../rounds/sweeps.ts";
import { meanAndSd } from "../task/year_metrics.ts";

/** Prompts that the choice looks at: as many as the paper's sweeps. */
const CHOICE_PROMPTS = 490;

/** Changes of the probability difference when an MLP's direct path takes the patch run's value. */
export function directMlpEffects(
  context: SweepContext,
  layers?: readonly number[],
): Promise<SenderEffects> {
  return sweepInto(context, {
    receivers: [{ to: LOGITS_PLACE, channel: "x" }],
    edges: [],
    position: "END",
    senders: allSenders(context.programs.model.config)
      .filter((node) => node.kind === "mlp" && (layers?.includes(node.layer) ?? true)),
  });
}

/** The choice, and what it was made by. */
export interface StrongestMlp {
  readonly layer: number;
  /** f64 `[L]`: mean effect of each layer's MLP. */
  readonly effects: Float64Array;
}

/**
 * The layer whose MLP at END has the largest mean direct effect on the logits of a task's first 490
 * prompts, either way; the later one of equals.
 *
 * @throws {NeuriteError} as `runRounds`.
 */
export async function strongestMlp(
  programs: NodePrograms,
  task: ContrastTask,
  options: RoundOptions = {},
): Promise<StrongestMlp> {
  const count = Math.min(taskSize(task), CHOICE_PROMPTS);
  const part = taskRows(task, Array.from({ length: count }, (_, n) => n));
  const sums = new Float64Array(programs.model.config.nLayer);
  await runRounds(programs, part, {
    attentionLayers: [],
    parts: [{
      run: async (context) => {
        effectsBySender(await directMlpEffects(context)).forEach((effects, layer) => {
          sums[layer]! += effects.length * meanAndSd(effects).mean;
        });
      },
    }],
  }, options);
  const effects = sums.map((sum) => sum / count);
  const layer = effects.reduce(
    (best, effect, each) => Math.abs(effect) >= Math.abs(effects[best]!) ? each : best,
    0,
  );
  return { layer, effects };
}
