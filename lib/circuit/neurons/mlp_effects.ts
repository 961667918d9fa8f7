/**
 * What each MLP at END sends straight to the logits, and the one that sends most.
 *
 * @module
 */
import { type ContrastTask, searchRows, taskSize } from "../task/contrast_task.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { allSenders, LOGITS_PLACE } from "../graph/nodes.ts";
import { type RoundOptions, runRounds } from "../rounds/rounds.ts";
import { effectsBySender } from "../rounds/score_matrix.ts";
import { type SenderEffects, type SweepContext, sweepInto } from "../rounds/sweeps.ts";
import { percentileInterval, resampledMeans } from "../task/bootstrap.ts";
import { placeRows } from "../rounds/prompt_runs.ts";
import { meanAndSd } from "../task/year_metrics.ts";

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
  /** f64 `[L]`: its sample standard deviation over prompts. */
  readonly sd: Float64Array;
  /** f64 `[L, 2]`: the 95 % bootstrap interval of the mean. */
  readonly interval: Float64Array;
}

/**
 * The layer whose MLP at END has the largest mean direct effect on the logits, either way, over the
 * prompts that a search looks at (`searchRows`); the later one of equals. `seed` is of the bootstrap.
 *
 * @throws {NeuriteError} as `runRounds`.
 */
export async function strongestMlp(
  programs: NodePrograms,
  task: ContrastTask,
  { seed = 0, ...options }: RoundOptions & { readonly seed?: number | undefined } = {},
): Promise<StrongestMlp> {
  const part = searchRows(task);
  const { nLayer: L } = programs.model.config;
  const byPrompt = Array.from({ length: L }, () => new Float64Array(taskSize(part)));
  await runRounds(programs, part, {
    attentionLayers: [],
    parts: [{
      run: async (context) => {
        effectsBySender(await directMlpEffects(context)).forEach((effects, layer) => {
          placeRows(byPrompt[layer]!, effects, context.round);
        });
      },
    }],
  }, options);
  const spreads = byPrompt.map(meanAndSd);
  const effects = Float64Array.from(spreads, ({ mean }) => mean);
  const intervals = resampledMeans(byPrompt, { seed }).map((draws) => percentileInterval(draws));
  const layer = effects.reduce(
    (best, effect, each) => Math.abs(effect) >= Math.abs(effects[best]!) ? each : best,
    0,
  );
  return {
    layer,
    effects,
    sd: Float64Array.from(spreads, ({ sd }) => sd),
    interval: Float64Array.from(intervals.flatMap(({ low, high }) => [low, high])),
  };
}
