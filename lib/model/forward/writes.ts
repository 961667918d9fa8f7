/**
 * Writing to hooks: what a caller asks for, turned into the masks and values of the `write`
 * operation.
 *
 * @module
 */
import { elementCount, formatShape, type HostArray } from "../../array.ts";
import type { WriteKind } from "../../device/graph.ts";
import { rowsAndColumns } from "../../device/ops.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../config/config.ts";
import { findHook, type Hook, type HookAxis, hookShape } from "./hooks.ts";

/** What a write does to the value at its places. */
export type HookWriteKind = "replace" | "add" | "zero" | "mean" | "scale" | "clamp";

/**
 * One change of a run: at `hook`, at the chosen places (all, when none are chosen), do `kind`.
 *
 * `value` broadcasts: a number; an array of the hook's trailing axes (what a mean over batch and
 * positions is); or an array of the hook's whole shape for all rows of the run. `mean` is `replace`
 * by such a mean, which the caller supplies. `clamp` holds values inside `range`.
 */
export interface HookWrite {
  /** TransformerLens hook name. */
  hook: string;
  /** What to do. */
  kind: HookWriteKind;
  /** Needed by replace, add, mean and scale. */
  value?: number | HostArray<Float32Array>;
  /** `[lowest, highest]`, needed by clamp; either may be infinite. */
  range?: readonly [number, number];
  /** Positions on the T axis; negative counts from the end. */
  positions?: readonly number[];
  /** Heads on the H axis. */
  heads?: readonly number[];
  /** Indices on the last axis (neurons, residual or head dimensions). */
  features?: readonly number[];
}

/** A device write: the operation's kind and its host inputs. */
export interface PreparedWrite {
  kind: WriteKind;
  rows: HostArray<Float32Array>;
  columns: HostArray<Float32Array>;
  value: HostArray<Float32Array>;
}

function complain(write: HookWrite, is: string, expected: string) {
  return cannot("E-WRITE", {
    do: `${write.kind} at hook`,
    thing: write.hook,
    is,
    expected,
    hint: "see docs/hooks.md for the axes of each hook",
  });
}

function chosenOn(write: HookWrite, hook: Hook): Map<HookAxis, readonly number[]> {
  const asked: [string, HookAxis, readonly number[] | undefined][] = [
    ["positions", "T", write.positions],
    ["heads", "H", write.heads],
    ["features", hook.axes.at(-1)!, write.features],
  ];
  const chosen = new Map<HookAxis, readonly number[]>();
  for (const [option, axis, indices] of asked) {
    if (indices === undefined) continue;
    if (!hook.axes.includes(axis)) {
      throw complain(write, `${option} on axes ${hook.axes.join(" ")}`, `an axis ${axis}`);
    }
    chosen.set(axis, indices);
  }
  return chosen;
}

function axisMask(write: HookWrite, extent: number, indices?: readonly number[]): number[] {
  if (!indices) return Array(extent).fill(1);
  const mask = Array(extent).fill(0);
  for (const index of indices) {
    const at = index < 0 ? extent + index : index;
    if (!Number.isInteger(at) || at < 0 || at >= extent) {
      throw complain(write, `index ${index}`, `an integer from ${-extent} to ${extent - 1}`);
    }
    mask[at] = 1;
  }
  return mask;
}

function outerMask(masks: readonly number[][]): HostArray<Float32Array> {
  const product = masks.reduce((left, right) => left.flatMap((a) => right.map((b) => a * b)), [1]);
  return { data: Float32Array.from(product), shape: [product.length] };
}

function scalar(value: number): HostArray<Float32Array> {
  return { data: Float32Array.of(value), shape: [1, 1] };
}

function broadcast(
  write: HookWrite,
  shape: readonly number[],
  batch: { start: number; total: number },
): HostArray<Float32Array> {
  const { value } = write;
  if (typeof value === "number") return scalar(value);
  const [R, C] = rowsAndColumns(shape);
  const whole = [batch.total, ...shape.slice(1)];
  if (value && formatShape(value.shape) === formatShape(shape.slice(2))) {
    return { data: value.data, shape: [1, C] };
  }
  if (value && formatShape(value.shape) === formatShape(whole)) {
    const rowSize = elementCount(shape.slice(1));
    const from = batch.start * rowSize;
    return { data: value.data.subarray(from, from + shape[0]! * rowSize), shape: [R, C] };
  }
  throw complain(
    write,
    value ? `a value of shape ${formatShape(value.shape)}` : "no value",
    `a number, ${formatShape(shape.slice(2))} or ${formatShape(whole)}`,
  );
}

/**
 * The device writes of one hook write for the batch rows `start` to `start + shape[0]` of a run of
 * `total` rows.
 *
 * @throws {NeuriteError} E-WRITE for places the hook does not have or values that do not fit.
 */
export function prepareWrite(
  config: ModelConfig,
  write: HookWrite,
  batch: { start: number; rows: number; total: number; positions: number },
): PreparedWrite[] {
  const hook = findHook(config, write.hook);
  const shape = hookShape(hook, config, [batch.rows, batch.positions]);
  const chosen = chosenOn(write, hook);
  const masks = hook.axes.map((axis, i) => axisMask(write, shape[i]!, chosen.get(axis)));
  const rows = outerMask(masks.slice(0, 2));
  const columns = outerMask(masks.slice(2));
  const prepared = (kind: WriteKind, value: HostArray<Float32Array>) => ({
    kind,
    rows,
    columns,
    value,
  });
  switch (write.kind) {
    case "zero":
      return [prepared("replace", scalar(0))];
    case "clamp": {
      const [lowest, highest] = write.range ?? [NaN, NaN];
      if (!(lowest <= highest)) {
        throw complain(write, `range [${lowest}, ${highest}]`, "range [lowest, highest]");
      }
      return [
        ...(lowest > -Infinity ? [prepared("atLeast", scalar(lowest))] : []),
        ...(highest < Infinity ? [prepared("atMost", scalar(highest))] : []),
      ];
    }
    case "mean":
      return [prepared("replace", broadcast(write, shape, batch))];
    default:
      return [prepared(write.kind, broadcast(write, shape, batch))];
  }
}
