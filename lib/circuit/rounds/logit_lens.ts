/**
 * The logit lens of a node: what its output alone would answer (spec/greater_than section 3.1).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { answerArray } from "../task/answer_rows.ts";
import { type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { nodeOutput } from "../patch/evaluate.ts";
import { type CircuitNode, nodeName } from "../graph/nodes.ts";
import { placeRows } from "./prompt_runs.ts";
import type { RoundContext, RoundPart } from "./rounds.ts";
import type { SweepContext } from "./sweeps.ts";
import { type Bounds, measure, type MeasureSummary, summarize } from "../task/measures.ts";

/**
 * Label logits of a node's output at END in the good run, without its bias, through the final layer
 * norm with that output's own mean and variance: f64 `[N, C]`.
 */
export async function logitLens(
  { programs, pair, task }: Pick<SweepContext, "programs" | "pair" | "task">,
  node: CircuitNode,
): Promise<Float64Array> {
  const output = await nodeOutput(programs, pair.base, { node, position: "END" });
  return await programs.logits(output, task.labelIds);
}

/**
 * A lens over the prompts: the probability difference's formula and, for years, the cutoff's, on
 * logits (spec/greater_than sections 1.4 and 3.3).
 */
export type LensSummary =
  & Readonly<{ "logit_diff_mean": number; "logit_diff_sd": number; "logit_diff_ci": Bounds }>
  & Omit<MeasureSummary, "prob_diff_mean" | "prob_diff_sd" | "prob_diff_ci">;

/** The lenses of some nodes, gathered over rounds. */
export class LensPart implements RoundPart {
  readonly #logits: readonly Float64Array[];

  constructor(readonly task: ContrastTask, readonly nodes: readonly CircuitNode[]) {
    const length = taskSize(task) * task.labelIds.length;
    this.#logits = nodes.map(() => new Float64Array(length));
  }

  async run(context: RoundContext): Promise<void> {
    for (const [index, node] of this.nodes.entries()) {
      placeRows(this.#logits[index]!, await logitLens(context, node), context.round);
    }
  }

  /** By node: averaged by start year `[97, 100]` where the labels are years, else `[N, C]`. */
  arrays(): Map<string, HostArray<Float64Array>> {
    return new Map(this.nodes.map((node, index) => [
      nodeName(node),
      answerArray(this.task, this.#logits[index]!),
    ]));
  }

  /** By node, what its lens says for right labels over wrong ones; `seed` is of the bootstrap. */
  summaries(seed: number): Record<string, LensSummary> {
    return Object.fromEntries(this.nodes.map((node, index) => {
      const { prob_diff_mean, prob_diff_sd, prob_diff_ci, ...sharpness } = summarize(
        measure(this.task, this.#logits[index]!),
        seed,
      );
      return [nodeName(node), {
        "logit_diff_mean": prob_diff_mean,
        "logit_diff_sd": prob_diff_sd,
        "logit_diff_ci": prob_diff_ci,
        ...sharpness,
      }];
    }));
  }
}
