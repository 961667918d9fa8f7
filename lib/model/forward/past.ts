/**
 * Attention to positions that were computed before: their keys and values enter a block from the
 * level before, and leave it for the next.
 *
 * @module
 */
import type { Graph, Value } from "../../device/graph.ts";
import * as ops from "../../device/ops.ts";

/** The rows and positions that a block's own continue. */
export interface PastShape {
  readonly rows: number;
  readonly positions: number;
}

/** What attention reads of a position besides the query's own. */
export type KeyOrValue = "k" | "v";

/**
 * Puts what came before each row in front of it: `own [N, T, H, K] -> [N, positions + T, H, K]`.
 * Inputs: `past.k` and `past.v`, `[rows, positions·H·K]`, and `past.rows`, i32 `[N]`.
 */
export function afterPast(
  graph: Graph,
  own: Value,
  { name, past }: { name: KeyOrValue; past: PastShape | undefined },
): Value {
  if (!past) return own;
  const [N, , H, K] = own.shape as [number, number, number, number];
  const { rows, positions } = past;
  const table = graph.input(`past.${name}`, [rows, positions * H * K]);
  const before = ops.gather(graph, table, graph.input("past.rows", [N], "i32"));
  return ops.concat(graph, ops.reshape(graph, before, [N, positions, H, K]), own);
}

/** Names `[N, S, H, K]` an output for the next level: `kept.k` or `kept.v`, `[N, S·H·K]`. */
export function keepForNext(graph: Graph, name: KeyOrValue, whole: Value): void {
  const [N, ...rest] = whole.shape as [number, number, number, number];
  const width = rest.reduce((product, extent) => product * extent, 1);
  graph.output(`kept.${name}`, ops.reshape(graph, whole, [N, width]));
}
