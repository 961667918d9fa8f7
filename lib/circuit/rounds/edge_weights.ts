/**
 * What each edge of a circuit carries by itself.
 *
 * @module
 */
import type { WeightedEdge } from "../graph/circuit.ts";
import { percentileInterval, resampledMeans } from "../task/bootstrap.ts";
import { type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { patchedProbabilities } from "../patch/patched_answers.ts";
import type { CircuitNode } from "../graph/nodes.ts";
import { placeName } from "../graph/nodes.ts";
import { type Edge, edgeName, PatchPlan } from "../graph/patch_plan.ts";
import { placeRows } from "./prompt_runs.ts";
import type { RoundContext, RoundPart } from "./rounds.ts";
import { routesAbove } from "../graph/routes.ts";
import { effectsBySender } from "./score_matrix.ts";
import { type SweepContext, sweepInto } from "./sweeps.ts";
import { meanAndSd, signedSums } from "../task/year_metrics.ts";

/**
 * The change of each prompt's probability difference when one edge alone takes its sender's patch-run
 * value and the circuit above it is recomputed: f64 `[N]` by edge name.
 */
export async function edgeEffects(
  context: SweepContext,
  edges: readonly Edge[],
): Promise<Map<string, Float64Array>> {
  const effects = new Map<string, Float64Array>();
  const sending = edges.filter((edge) => edge.from !== "whole");
  const groups = Map.groupBy(
    sending,
    ({ from, to, channel }) =>
      `${placeName(to)}<${channel}>${from === "whole" ? "" : from.position}`,
  );
  for (const group of groups.values()) {
    const { from, to, channel } = group[0]!;
    if (from === "whole") continue;
    const senders = group.map((edge) => (edge.from as { node: CircuitNode }).node);
    const swept = await sweepInto(context, {
      receivers: [{ to, channel }],
      edges,
      position: from.position,
      senders,
    });
    effectsBySender(swept).forEach((values, index) => {
      const node = swept.senders[index]!;
      effects.set(edgeName({ from: { node, position: from.position }, to, channel }), values);
    });
  }
  for (const edge of edges.filter(({ from }) => from === "whole")) {
    effects.set(edgeName(edge), await wholeEffect(context, edges, edge));
  }
  return effects;
}

/** What each edge carries over all prompts, gathered over rounds. */
export class EdgeWeights implements RoundPart {
  readonly #effects: ReadonlyMap<string, Float64Array>;

  constructor(readonly task: ContrastTask, readonly edges: readonly Edge[]) {
    const N = taskSize(task);
    this.#effects = new Map(edges.map((edge) => [edgeName(edge), new Float64Array(N)]));
  }

  async run(context: RoundContext): Promise<void> {
    for (const [name, values] of await edgeEffects(context, this.edges)) {
      placeRows(this.#effects.get(name)!, values, context.round);
    }
  }

  /** The edges with their mean effects; `seed` is of the bootstrap. */
  weighed(seed: number): WeightedEdge[] {
    const effects = this.edges.map((edge) => this.#effects.get(edgeName(edge))!);
    const draws = resampledMeans(effects, { seed });
    return this.edges.map((edge, index) => {
      const { mean, sd } = meanAndSd(effects[index]!);
      const { low, high } = percentileInterval(draws[index]!);
      return { ...edge, weight: mean, weightSd: sd, weightInterval: [low, high] };
    });
  }
}

async function wholeEffect(
  { programs, pair, task, baseline }: SweepContext,
  edges: readonly Edge[],
  edge: Edge,
): Promise<Float64Array> {
  const plan = new PatchPlan([...routesAbove(edges, [edge.to]), edge]);
  const probabilities = await patchedProbabilities(programs, { pair, plan, task });
  return signedSums(probabilities, task.signs, task.labelIds.length)
    .map((value, n) => value - baseline[n]!);
}
