import type { HostArray } from "../../array.ts";
import type { FoldedWeights, RowReader } from "../../model/folding.ts";
import type { Testimony } from "../../model/witness.ts";
import { RandomStream } from "../../random.ts";
import { WitnessTally } from "../witness_tally.ts";
import { neuronRows, type NeuronSide } from "./neuron_vectors.ts";
import { normalizeRows, rowRange, rowsTimes } from "./unit_rows.ts";

/** The comparisons whose extremes are kept, `columns_side` for tokens and `side_columns` for neurons. */
export const COMPARISONS = [
  ...["E_in", "E_out", "U_in", "U_out"],
  ...["in_in", "in_out", "out_in", "out_out"],
] as const;

/** What the witness is asked. */
export interface WitnessOptions {
  /** Similarities to recompute. */
  readonly count: number;
  readonly seed?: number;
}

/**
 * Recomputes random entries of the `*_top` arrays `[L·F, k]` in float64.
 *
 * @param read gives a whole array by name.
 */
export async function witnessSimilarities(
  folded: FoldedWeights,
  read: (name: string) => Promise<HostArray>,
  { count, seed = 0 }: WitnessOptions,
): Promise<Testimony> {
  const [, F] = folded.shape("blocks.0.mlp.W_in") as [number, number];
  const readers = new Map<string, RowReader>();
  const vector = async (kind: string, index: number) => {
    if (kind === "in" || kind === "out") {
      const { units } = await neuronRows(folded, Math.floor(index / F), kind satisfies NeuronSide);
      return rowRange(units, index % F, 1);
    }
    const name = kind === "E" ? "embed.W_E" : "unembed.W_U";
    const reader = readers.get(name) ?? await folded.rows(name);
    readers.set(name, reader);
    const data = reader(index, 1);
    normalizeRows(data, data.length);
    return { data, count: 1, width: data.length };
  };
  const stream = new RandomStream(seed, "witness");
  const tally = new WitnessTally();
  for (let i = 0; i < count; i++) {
    const comparison = COMPARISONS[stream.integer(2 * i, COMPARISONS.length)]!;
    const [first, second] = comparison.split("_") as [string, string];
    const values = await read(`${comparison}_top`);
    if (values.data.length === 0) continue;
    const places = await read(`${comparison}_top_ix`);
    const index = stream.integer(2 * i + 1, values.data.length);
    const neuron = Math.floor(index / values.shape[1]!);
    const column = Number(places.data[index]);
    const isToken = first === "E" || first === "U";
    const own = await vector(isToken ? second : first, neuron);
    const other = await vector(isToken ? first : second, column);
    const isOwn = !isToken && column === neuron;
    const reference = isOwn ? 0 : rowsTimes(own, other.data)[0]!;
    tally.add({ name: `${comparison}_top`, index, value: Number(values.data[index]), reference });
  }
  return tally.testimony();
}
