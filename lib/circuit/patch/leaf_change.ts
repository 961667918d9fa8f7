/**
 * What a leaf of a plan sends: its output of the patch run in place of that of the base run.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import type { Place } from "../graph/nodes.ts";
import { difference, headColumns } from "./elements.ts";
import type { NodePrograms } from "./node_programs.ts";
import type { RunCache } from "./run_cache.ts";
import type { RunPair } from "./run_pair.ts";

/**
 * By how much a node's output differs between the runs: `[N, D]`.
 *
 * @throws {RangeError} for the logits, which send nothing.
 */
export async function leafChange(
  { programs, pair: { base, patch } }: { programs: NodePrograms; pair: RunPair },
  { node, position }: Place,
): Promise<Floats> {
  switch (node.kind) {
    case "input":
      return difference(patch.embedding(position), base.embedding(position));
    case "mlp":
      return difference(
        patch.at("mlp", node.layer, position),
        base.at("mlp", node.layer, position),
      );
    case "head": {
      const { layer, head } = node;
      const { nHead, dHead } = programs.model.config;
      const z = (run: RunCache) => headColumns(run.at("z", layer, position), head, [nHead, dHead]);
      return await programs.headOutput(layer, head, difference(z(patch), z(base)));
    }
    case "logits":
      throw new RangeError(`Cannot send from "logits": the end, expected an earlier node`);
  }
}
