import type { ForwardRun } from "../../model/witness.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import type { Baseline } from "./rounds.ts";

/** A baseline that was measured in rounds as one forward pass, for `--witness`. */
export function baselineRun(
  { goodTokens, labelIds }: ContrastTask,
  { probabilities }: Baseline,
): ForwardRun {
  const data = Float32Array.from(probabilities, Math.log);
  const shape = [goodTokens.shape[0]!, 1, labelIds.length];
  return {
    tokens: goodTokens,
    options: { read: ["column_log_probs"], positions: "last", columns: labelIds },
    results: { "column_log_probs": { data, shape } },
  };
}
