import { type HostArray, toFloat32 } from "../../array.ts";
import type { Behaviour } from "./behaviour.ts";
import { asksYears, type ContrastTask } from "./contrast_task.ts";
import { collate } from "./year_metrics.ts";

/**
 * A behaviour under the names of arrays.safetensors (design section 8), float32. Years: `probs
 * [97, 100]` averaged by start year, `year_probs` and `logits_years [N, 100]`, `prob_diff` and
 * `sharpness [N]`. Other labels: `label_probs` and `label_logits [N, C]`, `prob_diff [N]`.
 */
export function behaviourArrays(
  task: ContrastTask,
  { probabilities, logits, probDiff, sharpness }: Behaviour,
): Record<string, HostArray> {
  const shape = [probDiff.length];
  const difference = { "prob_diff": toFloat32({ data: probDiff, shape }) };
  if (!asksYears(task)) {
    return {
      "label_probs": toFloat32(probabilities),
      "label_logits": toFloat32(logits),
      ...difference,
    };
  }
  return {
    probs: toFloat32(collate(probabilities.data, task.YY)),
    "year_probs": toFloat32(probabilities),
    "logits_years": toFloat32(logits),
    ...difference,
    ...(sharpness && { sharpness: toFloat32({ data: sharpness, shape }) }),
  };
}

/** The prompts of a task under the names of a prompt file, so that a run can be repeated from it. */
export function promptArrays(task: ContrastTask): Record<string, HostArray<Int32Array>> {
  const { goodTokens, badTokens, labelIds, signs, YY } = task;
  const [N, C] = [goodTokens.shape[0]!, labelIds.length];
  const pairs = { "good_tokens": goodTokens, "bad_tokens": badTokens };
  if (YY) {
    return {
      ...pairs,
      YY: { data: YY, shape: [N] },
      "year_token_ids": { data: labelIds, shape: [C] },
    };
  }
  return {
    ...pairs,
    "label_token_ids": { data: labelIds, shape: [C] },
    "label_signs": { data: Int32Array.from(signs), shape: [N, C] },
  };
}
