import type { Node } from "../graph.ts";
import { floats, type ReferenceTensor, zeros } from "./tensor.ts";

function meanOf(row: Float64Array): number {
  return row.reduce((sum, value) => sum + value, 0) / row.length;
}

function scaleOf(row: Float64Array, epsilon: number): number {
  const mean = meanOf(row);
  const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
  return Math.sqrt(variance + epsilon);
}

function* rowsOf(x: ReferenceTensor): Generator<[number, Float64Array]> {
  const width = x.shape.at(-1)!;
  const values = floats(x);
  for (let row = 0; row * width < values.length; row++) {
    yield [row, values.subarray(row * width, (row + 1) * width)];
  }
}

/** `layerNormScale`: `√(var + ε)` of each row. */
export function layerNormScales(node: Node<"layerNormScale">, x: ReferenceTensor): Float64Array[] {
  const out = zeros(node.outputs[0]!.shape);
  for (const [row, values] of rowsOf(x)) out[row] = scaleOf(values, node.attributes.epsilon);
  return [out];
}

/** `layerNorm`, and `layerNormApply` when the scales are given. */
export function layerNormRows(
  inputs: { x: ReferenceTensor; weight: ReferenceTensor; bias: ReferenceTensor },
  scale: { epsilon: number } | ReferenceTensor,
): Float64Array[] {
  const { x } = inputs;
  const width = x.shape.at(-1)!;
  const weight = floats(inputs.weight);
  const bias = floats(inputs.bias);
  const out = zeros(x.shape);
  for (const [row, values] of rowsOf(x)) {
    const mean = meanOf(values);
    const divisor = "epsilon" in scale ? scaleOf(values, scale.epsilon) : floats(scale)[row]!;
    for (let d = 0; d < width; d++) {
      out[row * width + d] = (values[d]! - mean) / divisor * weight[d]! + bias[d]!;
    }
  }
  return [out];
}
