import type { Node, UnembedStat } from "../graph.ts";
import { floats, type ReferenceTensor } from "./tensor.ts";

function logitRow(x: Float64Array, unembedding: Float64Array, bias?: Float64Array): Float64Array {
  const D = x.length;
  return Float64Array.from({ length: unembedding.length / D }, (_, v) => {
    let dot = bias?.[v] ?? 0;
    for (let d = 0; d < D; d++) dot += x[d]! * unembedding[v * D + d]!;
    return dot;
  });
}

function* logitRows(x: ReferenceTensor, unembedding: ReferenceTensor, bias?: ReferenceTensor) {
  const D = x.shape[1]!;
  for (let n = 0; n < x.shape[0]!; n++) {
    const row = floats(x).subarray(n * D, (n + 1) * D);
    yield [n, logitRow(row, floats(unembedding), bias && floats(bias))] as const;
  }
}

/** Turns the products of row n into `scale · (base + product) + bias`, in place. */
function update(
  products: Float64Array,
  n: number,
  { base, scale, bias }: Record<"base" | "scale" | "bias", ReferenceTensor | undefined>,
): void {
  const V = products.length;
  const factor = scale ? floats(scale)[n]! : 1;
  for (let v = 0; v < V; v++) {
    const known = base ? floats(base)[n * V + v]! : 0;
    products[v] = factor * (known + products[v]!) + (bias ? floats(bias)[v]! : 0);
  }
}

/** `logits`: every row's logit of every token. */
export function allLogits(node: Node<"logits">, inputs: ReferenceTensor[]): Float64Array[] {
  const [x, unembedding, bias] = inputs as [ReferenceTensor, ReferenceTensor, ReferenceTensor?];
  const [N, V] = node.outputs[0]!.shape as [number, number];
  const out = new Float64Array(N * V);
  for (const [n, row] of logitRows(x, unembedding, bias)) out.set(row, n * V);
  return [out];
}

function rankOf(logits: Float64Array, target: number): number {
  if (!(target >= -Infinity)) return NaN;
  return logits.reduce((count, logit) => count + (logit > target ? 1 : 0), 0);
}

/** `unembedStats`: the asked statistics of each row's softmax. */
export function softmaxStats(
  node: Node<"unembedStats">,
  inputs: ReferenceTensor[],
): Float64Array[] {
  const [x, unembedding, ...rest] = inputs as [ReferenceTensor, ReferenceTensor];
  const queue = rest as ReferenceTensor[];
  const { attributes } = node;
  const bias = attributes.bias ? queue.shift() : undefined;
  const targets = attributes.targets ? queue.shift()!.data : [];
  const columns = attributes.columns ? [...queue.shift()!.data] : [];
  const base = attributes.base ? queue.shift() : undefined;
  const scale = attributes.scale ? queue.shift() : undefined;
  const outputs = node.outputs.map((value) => value.shape.reduce((a, b) => a * b, 1))
    .map((length) => new Float64Array(length));
  for (const [n, row] of logitRows(x, unembedding)) {
    update(row, n, { base, scale, bias });
    const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const logZ = top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0));
    const target = targets[n] ?? 0;
    const results: Record<UnembedStat, () => ArrayLike<number>> = {
      logZ: () => [logZ],
      entropy: () => [logZ - row.reduce((sum, l) => sum + Math.exp(l - logZ) * l, 0)],
      targetLogit: () => [row[target]!],
      rank: () => [rankOf(row, row[target]!)],
      columnLogits: () => columns.map((column) => row[column]!),
    };
    attributes.stats.forEach((stat, index) => {
      const values = results[stat]();
      outputs[index]!.set(values, n * values.length);
    });
  }
  return outputs;
}
