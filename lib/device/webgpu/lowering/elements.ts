/**
 * Operations element by element.
 *
 * @module
 */
import { elementCount } from "../../../array.ts";
import type { Node, Value, WriteKind } from "../../graph.ts";
import { rowsAndColumns } from "../../ops.ts";
import type { PlanBuilder } from "../plan_builder.ts";
import type { Groups } from "../recorder.ts";
import { type Operand, wrapGroups } from "../step.ts";
import { ACTIVATION_CODES } from "./gemm.ts";

/** Value of the kernel's `KIND`. */
const WRITE_CODES: Readonly<Record<WriteKind, number>> = {
  replace: 0,
  add: 1,
  scale: 2,
  atMost: 3,
  atLeast: 4,
};

function flatGroups(threads: number): Groups {
  return wrapGroups(Math.ceil(threads / 256));
}

/** `add`. */
export function lowerAdd(builder: PlanBuilder, node: Node<"add">): void {
  const [a, b] = node.inputs as [Value, Value];
  const quads = Math.ceil(elementCount(a.shape) / 4);
  builder.step({
    kernel: "add",
    name: "add",
    bind: { a, b, out: node.outputs[0]! },
    params: { quads },
    groups: flatGroups(quads),
  });
}

/** `concat`. */
export function lowerConcat(builder: PlanBuilder, node: Node<"concat">): void {
  const [a, b] = node.inputs as [Value, Value];
  const out = node.outputs[0]!;
  const count = elementCount(out.shape);
  const [left, right] = [a, b].map(({ shape }) => elementCount(shape.slice(1))) as [number, number];
  builder.step({
    kernel: "concat",
    name: "concat",
    bind: { a, b, out },
    params: { count, left, right },
    groups: flatGroups(count),
  });
}

/** `gelu`. */
export function lowerGelu(builder: PlanBuilder, node: Node<"gelu">): void {
  const x = node.inputs[0]!;
  const count = elementCount(x.shape);
  builder.step({
    kernel: "gelu",
    name: "gelu",
    constants: { ACTIVATION: ACTIVATION_CODES[`gelu_${node.attributes.form}`] },
    bind: { x, out: node.outputs[0]! },
    params: { count },
    groups: flatGroups(count),
  });
}

/** Rows of a table, one dispatch a part of it. */
export function gatherRows(
  builder: PlanBuilder,
  table: Value,
  operands: { ids: Value; out: Value | Operand },
): void {
  const count = operands.ids.shape[0]!;
  const total = table.shape[0]!;
  const width = elementCount(table.shape.slice(1));
  builder.parts(table).forEach(({ start, rows }, part) =>
    builder.step({
      kernel: "gather",
      name: "gather",
      bind: { ...operands, table: { slot: builder.root(table).id, part } },
      params: { count, width, start, rows, total, missing: NaN },
      groups: flatGroups(count * width),
    })
  );
}

/** `gather`. */
export function lowerGather(builder: PlanBuilder, node: Node<"gather">): void {
  const [table, ids] = node.inputs as [Value, Value];
  gatherRows(builder, table, { ids, out: node.outputs[0]! });
}

/** `rotary`. */
export function lowerRotary(builder: PlanBuilder, node: Node<"rotary">): void {
  const x = node.inputs[0]!;
  const { frequencies, start } = node.attributes;
  const [, T, H, K] = x.shape as [number, number, number, number];
  const half = frequencies.length;
  const turns = new Float32Array(2 * T * half);
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < half; i++) {
      const angle = (start + t) * frequencies[i]!;
      turns[2 * (t * half + i)] = Math.cos(angle);
      turns[2 * (t * half + i) + 1] = Math.sin(angle);
    }
  }
  const count = elementCount(x.shape);
  builder.step({
    kernel: "rotary",
    name: "rotary",
    bind: { x, turns: builder.constant(turns), out: node.outputs[0]! },
    params: { count, positions: T, heads: H, width: K, half },
    groups: flatGroups(count),
  });
}

/** `sumHeads`. */
export function lowerSumHeads(builder: PlanBuilder, node: Node<"sumHeads">): void {
  const [result, bias] = node.inputs as [Value, Value];
  const [B, T, H, D] = result.shape as [number, number, number, number];
  const count = B * T * D;
  builder.step({
    kernel: "sum_heads",
    name: "sumHeads",
    bind: { result, bias, out: node.outputs[0]! },
    params: { count, heads: H, width: D },
    groups: flatGroups(count),
  });
}

/** `write`. */
export function lowerWrite(builder: PlanBuilder, node: Node<"write">): void {
  const [x, rows, columns, value] = node.inputs as [Value, Value, Value, Value];
  const [R, C] = rowsAndColumns(x.shape);
  const [valueRows, valueColumns] = value.shape as [number, number];
  builder.step({
    kernel: "write",
    name: "write",
    constants: { KIND: WRITE_CODES[node.attributes.kind] },
    bind: { x, rows, columns, value, out: node.outputs[0]! },
    params: {
      count: R * C,
      width: C,
      valueRow: valueRows === 1 ? 0 : valueColumns,
      valueColumn: valueColumns === 1 ? 0 : 1,
    },
    groups: flatGroups(R * C),
  });
}
