/**
 * What a graph becomes: dispatches over numbered slots.
 *
 * @module
 */
import type { KernelName } from "./kernels.ts";
import type { Constants } from "./pipelines.ts";
import type { Groups } from "./recorder.ts";

/** A buffer of a plan: a slot, and which part where a table is split. */
export interface Operand {
  /** A value's id, or a number above all of them for a plan's own buffers. */
  readonly slot: number;
  /** Part of a split table. */
  readonly part: number;
}

/** One dispatch. */
export interface Step {
  readonly kernel: KernelName;
  /** Names the dispatch in errors: `neurite/<kernel>/<tensor>`. */
  readonly label: string;
  readonly constants: Constants;
  /** The kernel's buffers, in its order. */
  readonly operands: readonly Operand[];
  /** Packed `Params`. */
  readonly params: Uint8Array<ArrayBuffer>;
  readonly groups: Groups;
}

/** Rows of a table that share a buffer. */
export interface TablePart {
  readonly start: number;
  readonly rows: number;
}

/** The most workgroups a dimension takes on any device. */
export const MAX_GROUPS = 65_535;

/** `count` workgroups, wrapped into y where one dimension does not hold them. */
export function wrapGroups(count: number): Groups {
  if (count <= MAX_GROUPS) return [count, 1, 1];
  return [32_768, Math.ceil(count / 32_768), 1];
}

/** How the rows of a table `[rows, width]` are split so that no part exceeds `maxBytes`. */
export function tableParts(shape: readonly number[], maxBytes: number): TablePart[] {
  const rows = shape[0] ?? 1;
  const rowBytes = 4 * shape.slice(1).reduce((product, extent) => product * extent, 1);
  const most = Math.max(1, Math.floor(maxBytes / Math.max(rowBytes, 1)));
  if (rows <= most) return [{ start: 0, rows }];
  const parts = Math.ceil(rows / most);
  return Array.from({ length: parts }, (_, index) => ({
    start: index * most,
    rows: Math.min(most, rows - index * most),
  }));
}
