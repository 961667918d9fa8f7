/**
 * The logit lens of a node: what its output alone would answer (spec/greater_than section 3.1).
 *
 * @module
 */
import type { HostArray } from "../array.ts";
import { type CircuitNode, nodeName } from "./nodes.ts";
import { nodeOutput } from "./evaluate.ts";
import type { SweepContext } from "./sweeps.ts";
import { collate } from "./year_metrics.ts";

/**
 * Year logits of each node's output at END in the good run, without its bias, through the final layer
 * norm with that output's own mean and variance: `logit_lens_<node>` f64 `[97, 100]`, averaged by
 * start year.
 */
export async function logitLens(
  context: SweepContext,
  nodes: readonly CircuitNode[],
): Promise<Record<string, HostArray<Float64Array>>> {
  const { programs, pair, YY, yearTokenIds } = context;
  const lenses: Record<string, HostArray<Float64Array>> = {};
  for (const node of nodes) {
    const output = await nodeOutput(programs, pair.base, { node, position: "END" });
    const { logits } = await programs.answers(output, yearTokenIds);
    lenses[`logit_lens_${nodeName(node)}`] = collate(logits, YY);
  }
  return lenses;
}
