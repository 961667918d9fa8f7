import { elementCount } from "../../array.ts";
import type { Node } from "../graph.ts";
import { rowsAndColumns } from "../ops.ts";
import { activationOf, geluOf } from "./gelu.ts";
import { floats, type ReferenceTensor, zeros } from "./tensor.ts";

/** `a [N, K] · b [K, M]`, row-major float64. */
export function matmul(a: Float64Array, b: Float64Array, K: number, M: number): Float64Array {
  const N = a.length / K;
  const out = new Float64Array(N * M);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < K; k++) {
      const left = a[n * K + k]!;
      for (let m = 0; m < M; m++) out[n * M + m]! += left * b[k * M + m]!;
    }
  }
  return out;
}

/** `gather`: rows of a table. */
export function gatherRows(table: ReferenceTensor, ids: ReferenceTensor): Float64Array[] {
  const [V, D] = table.shape as [number, number];
  const rows = floats(table);
  const out = zeros([ids.data.length, D]);
  ids.data.forEach((id, n) => {
    if (id < 0 || id >= V) {
      throw new RangeError(`Cannot gather "row ${id}": outside the table, expected 0 to ${V - 1}`);
    }
    out.set(rows.subarray(id * D, (id + 1) * D), n * D);
  });
  return [out];
}

/** `add`: elementwise. */
export function addTensors(a: ReferenceTensor, b: ReferenceTensor): Float64Array[] {
  const right = floats(b);
  return [floats(a).map((value, i) => value + right[i]!)];
}

/** `concat`: row by row, what stands in `a` and then what stands in `b`. */
export function joinPositions(a: ReferenceTensor, b: ReferenceTensor): Float64Array[] {
  const [before, after] = [floats(a), floats(b)];
  const B = a.shape[0]!;
  const [left, right] = [before.length / B, after.length / B];
  const out = new Float64Array(before.length + after.length);
  for (let row = 0; row < B; row++) {
    out.set(before.subarray(row * left, (row + 1) * left), row * (left + right));
    out.set(after.subarray(row * right, (row + 1) * right), row * (left + right) + left);
  }
  return [out];
}

/** `linear`: product, bias, activation, residual, in that order. */
export function linearRows(node: Node<"linear">, inputs: ReferenceTensor[]): Float64Array[] {
  const [x, weight, ...rest] = inputs as [ReferenceTensor, ReferenceTensor, ...ReferenceTensor[]];
  const [K, M] = weight.shape as [number, number];
  const bias = node.attributes.bias ? floats(rest.shift()!) : undefined;
  const residual = node.attributes.residual ? floats(rest.shift()!) : undefined;
  const activate = activationOf(node.attributes.activation);
  const product = matmul(floats(x), floats(weight), K, M);
  return [
    product.map((value, i) => activate(value + (bias?.[i % M] ?? 0)) + (residual?.[i] ?? 0)),
  ];
}

/** `crossMoment`: `xᵀ · y`. */
export function crossMoments(x: ReferenceTensor, y: ReferenceTensor): Float64Array[] {
  const [K, M] = x.shape as [number, number];
  const N = y.shape[1]!;
  const [left, right] = [floats(x), floats(y)];
  const out = zeros([M, N]);
  for (let m = 0; m < M; m++) {
    for (let k = 0; k < K; k++) {
      const factor = left[k * M + m]!;
      for (let n = 0; n < N; n++) out[m * N + n]! += factor * right[k * N + n]!;
    }
  }
  return [out];
}

/** `gelu`: elementwise. */
export function geluTensor(node: Node<"gelu">, x: ReferenceTensor): Float64Array[] {
  return [floats(x).map((value) => geluOf(value, node.attributes.form))];
}

/** `write`: a change at chosen rows and columns. */
export function writeTensor(node: Node<"write">, inputs: ReferenceTensor[]): Float64Array[] {
  const [x, rows, columns, value] = inputs.map(floats) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const [, C] = rowsAndColumns(inputs[0]!.shape);
  const [valueRows, valueColumns] = inputs[3]!.shape as [number, number];
  const combine = {
    replace: (_: number, given: number) => given,
    add: (old: number, given: number) => old + given,
    scale: (old: number, given: number) => old * given,
    atMost: Math.min,
    atLeast: Math.max,
  }[node.attributes.kind];
  return [x.map((old, i) => {
    const row = Math.floor(i / C);
    const column = i % C;
    if (rows[row] === 0 || columns[column] === 0) return old;
    const at = (valueRows === 1 ? 0 : row * valueColumns) + (valueColumns === 1 ? 0 : column);
    return combine(old, value[at]!);
  })];
}

/** `headResult`: each head's `z · W_O`. */
export function headResults(z: ReferenceTensor, outputWeight: ReferenceTensor): Float64Array[] {
  const [B, T, H, K] = z.shape as [number, number, number, number];
  const D = outputWeight.shape[1]!;
  const values = floats(z);
  const weight = floats(outputWeight);
  const out = zeros([B, T, H, D]);
  for (let row = 0; row < B * T * H; row++) {
    const head = row % H;
    const block = weight.subarray(head * K * D, (head + 1) * K * D);
    out.set(matmul(values.subarray(row * K, (row + 1) * K), block, K, D), row * D);
  }
  return [out];
}

/** `sumHeads`: `Σ_h result + bias`. */
export function sumOfHeads(result: ReferenceTensor, bias: ReferenceTensor): Float64Array[] {
  const [B, T, H, D] = result.shape as [number, number, number, number];
  const values = floats(result);
  const offset = floats(bias);
  const out = zeros([B, T, D]);
  for (let i = 0; i < elementCount([B, T, D]); i++) {
    const row = Math.floor(i / D);
    const d = i % D;
    let sum = offset[d]!;
    for (let h = 0; h < H; h++) sum += values[(row * H + h) * D + d]!;
    out[i] = sum;
  }
  return [out];
}
