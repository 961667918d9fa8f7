import type { FoldedWeights } from "../../model/folding.ts";
import { transpose } from "../../transpose.ts";
import { normalizeRows, rowsTimes, type UnitRows } from "./unit_rows.ts";

/** The two vectors of a neuron: what it reads and what it writes. */
export type NeuronSide = "in" | "out";

/** The weights of one layer's F neurons, folded and centred. */
export interface NeuronVectors {
  /** Unit vectors `[F, D]` by side. */
  readonly units: Readonly<Record<NeuronSide, UnitRows>>;
  /** Their lengths before, f64 `[F]`. */
  readonly norms: Readonly<Record<NeuronSide, Float64Array>>;
  /** `b_in`, f64 `[F]`. */
  readonly inputBias: Float64Array;
  /** Cosine of the two vectors of each neuron, f64 `[F]`; 0 where one of them is zero. */
  readonly inOutSim: Float64Array;
}

/** One side's vectors of a layer's neurons as rows `[F, D]`, with the lengths they had. */
export async function neuronRows(
  folded: FoldedWeights,
  layer: number,
  side: NeuronSide,
): Promise<{ units: UnitRows; norms: Float64Array }> {
  const name = `blocks.${layer}.mlp.W_${side}`;
  const matrix = await folded.read(name);
  const [rows, columns] = folded.shape(name) as [number, number];
  const data = side === "in" ? transpose(matrix, [rows, columns]) : matrix;
  const width = side === "in" ? rows : columns;
  const norms = normalizeRows(data, width);
  return { units: { data, count: norms.length, width }, norms };
}

/** Everything about one layer's neurons that needs no other layer. */
export async function neuronVectors(folded: FoldedWeights, layer: number): Promise<NeuronVectors> {
  const read = await neuronRows(folded, layer, "in");
  const write = await neuronRows(folded, layer, "out");
  const { count, width } = read.units;
  const products = read.units.data.map((value, i) => value * write.units.data[i]!);
  const ones = new Float64Array(width).fill(1);
  return {
    units: { in: read.units, out: write.units },
    norms: { in: read.norms, out: write.norms },
    inputBias: await folded.read(`blocks.${layer}.mlp.b_in`),
    inOutSim: rowsTimes({ data: products, count, width }, ones),
  };
}
