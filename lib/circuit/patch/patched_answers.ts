import type { ContrastTask } from "../task/contrast_task.ts";
import { patchedResidual } from "./evaluate.ts";
import type { RunPair } from "./run_pair.ts";
import type { NodePrograms } from "./node_programs.ts";
import type { PatchPlan } from "../graph/patch_plan.ts";

/** Label probabilities f64 `[N, C]` under a plan, of the full vocabulary. */
export async function patchedProbabilities(
  programs: NodePrograms,
  { pair, plan, task }: { pair: RunPair; plan: PatchPlan; task: Pick<ContrastTask, "labelIds"> },
): Promise<Float64Array> {
  const residual = await patchedResidual(programs, pair, plan);
  const logProbs = await programs.logProbs(residual, task.labelIds);
  return logProbs.map(Math.exp);
}
