import { type HostArray, toFloat32 } from "../array.ts";
import type { YearBehaviour } from "./year_behaviour.ts";

/**
 * A behaviour under the names of arrays.safetensors (design section 8): `probs [97, 100]` averaged by
 * start year, `year_probs` and `logits_years [N, 100]`, `prob_diff` and `sharpness [N]`; float32.
 */
export function yearArrays(behaviour: YearBehaviour): Record<string, HostArray> {
  const shape = [behaviour.probDiff.length];
  return {
    probs: toFloat32(behaviour.collated),
    "year_probs": toFloat32(behaviour.probabilities),
    "logits_years": toFloat32(behaviour.logits),
    "prob_diff": toFloat32({ data: behaviour.probDiff, shape }),
    sharpness: toFloat32({ data: behaviour.sharpness, shape }),
  };
}
