/**
 * The activations whose principal components are looked at (spec/greater_than section 3.7).
 *
 * @module
 */
import { elementCount, type HostArray } from "../../array.ts";
import { type ForwardOptions, runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import type { ForwardRun } from "../../model/witness.ts";
import { type ContrastTask, taskSize } from "../task/contrast_task.ts";
import { nodeName } from "../graph/nodes.ts";
import type { PcaNodes } from "./pca_nodes.ts";

/** Activations by name, and the forward pass they come from. */
export interface PcaActivations {
  /** f32 `[N, D]` each: `mlp<layer>_input`, the head, the control, `embedding`. */
  readonly rows: ReadonlyMap<string, HostArray>;
  readonly forward: ForwardRun;
}

/** Where one set of activations stands. */
interface Site {
  readonly name: string;
  readonly hook: string;
  readonly position: number;
  /** Of a hook `[B, T, H, D]`. */
  readonly head?: number;
}

/**
 * Runs the good prompts and takes, at END, the residual that the MLP reads before its layer norm and
 * the two heads' outputs without bias; at YY the token plus position embedding.
 *
 * @throws {NeuriteError} as `runWithHooks`.
 */
export async function pcaActivations(
  model: Model,
  task: ContrastTask,
  { nodes: { head, control, mlp }, ...options }:
    & { readonly nodes: PcaNodes }
    & Pick<ForwardOptions, "memory" | "signal">,
): Promise<PcaActivations> {
  const { END, YY } = task.positions;
  const sites: Site[] = [
    { name: `mlp${mlp}_input`, hook: `blocks.${mlp}.hook_resid_mid`, position: END },
    ...[head, control].map((node) => ({
      name: nodeName(node),
      hook: `blocks.${node.layer}.attn.hook_result`,
      position: END,
      head: node.head,
    })),
    { name: "embedding", hook: "blocks.0.hook_resid_pre", position: YY },
  ];
  const request: ForwardOptions = { read: [...new Set(sites.map(({ hook }) => hook))] };
  const results = await runWithHooks(model, task.goodTokens, { ...options, ...request });
  const N = taskSize(task);
  const rows = sites.map(({ name, hook, position, head = 0 }): [string, HostArray] => {
    const { data, shape } = results[hook]!;
    const D = shape.at(-1)!;
    const stride = elementCount(shape.slice(1));
    const inner = elementCount(shape.slice(2));
    const out = new Float32Array(N * D);
    for (let n = 0; n < N; n++) {
      const from = n * stride + position * inner + head * D;
      out.set(data.subarray(from, from + D) as Float32Array, n * D);
    }
    return [name, { data: out, shape: [N, D] }];
  });
  return {
    rows: new Map(rows),
    forward: { tokens: task.goodTokens, options: request, results },
  };
}
