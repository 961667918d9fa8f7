/**
 * Where the products of a layer's neurons go.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { RowSummary, type SummaryTile } from "../row_summary.ts";
import type { DeviceColumns } from "./device_columns.ts";
import { HeadSummary } from "./head_summary.ts";
import type { NeuronSide, NeuronVectors } from "./neuron_vectors.ts";
import { rowsTimes } from "./unit_rows.ts";

/** Takes tiles of products and gives arrays. */
export interface Sink {
  /** Takes the next columns, and may change them. */
  add(tile: SummaryTile): void;
  /** The arrays by name, `[F, ...]` each. */
  finish(): Record<string, HostArray>;
}

/** One layer's neurons and what they are compared with. */
export interface SinkInput {
  readonly vectors: NeuronVectors;
  readonly layer: number;
  readonly side: NeuronSide;
  readonly columns: DeviceColumns;
  readonly config: ModelConfig;
}

/** Compositions with every head, as the one array `name`. */
export function headSink(name: string, { vectors, side, config }: SinkInput): Sink {
  const { nLayer, nHead, dHead } = config;
  const rows = vectors.units[side].count;
  const summary = new HeadSummary({ rows, heads: nLayer * nHead, dHead });
  return {
    add: (tile) => summary.add(tile),
    finish: () => ({ [name]: summary.finish() }),
  };
}

/** Cosines with tokens, as `name_mean` and so on. */
export function tokenSink(name: string, top: number, input: SinkInput): Sink {
  const { vectors, side, columns } = input;
  const count = columns.source.count;
  const mean = rowsTimes(vectors.units[side], columns.sum).map((sum) => sum / count);
  const summary = new RowSummary({ mean, columns: count, top });
  return {
    add: (tile) => summary.add(tile),
    finish: () => prefixed(name, summary.finish()),
  };
}

/** Cosines with the neurons' vectors of side `other`, where each neuron's own counts as 0. */
export function neuronSink(
  name: string,
  top: number,
  { other, ...input }: SinkInput & { readonly other: NeuronSide },
): Sink {
  const { vectors, side, columns, layer, config } = input;
  const count = columns.source.count;
  const sums = rowsTimes(vectors.units[side], columns.sum);
  const own = other === side
    ? vectors.norms[side].map((norm) => norm > 0 ? 1 : 0)
    : vectors.inOutSim;
  const mean = sums.map((sum, row) => (sum - own[row]!) / count);
  const summary = new RowSummary({ mean, columns: count, top });
  return {
    add(tile) {
      clearOwn(tile, layer * config.dMlp, sums.length);
      summary.add(tile);
    },
    finish: () => prefixed(name, summary.finish()),
  };
}

/** Sets row r's column `ownFirst + r` to 0 where it is in the tile. */
function clearOwn({ data, first, count }: SummaryTile, ownFirst: number, rows: number): void {
  const from = Math.max(0, first - ownFirst);
  const to = Math.min(rows, first + count - ownFirst);
  for (let row = from; row < to; row++) data[row * count + ownFirst + row - first] = 0;
}

function prefixed(
  name: string,
  arrays: Readonly<Record<string, HostArray>>,
): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([key, array]) => [`${name}_${key}`, array]),
  );
}
