/**
 * What neurons are compared with, in tiles that are read one at a time: tokens, other neurons, heads.
 *
 * @module
 */
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights, VocabularyMatrix } from "../../model/folding.ts";
import { type HeadComposition, headFactors } from "./head_factors.ts";
import { neuronRows, type NeuronSide } from "./neuron_vectors.ts";
import { normalizeRows, rowRange, type UnitRows } from "./unit_rows.ts";

/** Some of the vectors compared with; they are the columns of the matrix of similarities. */
export interface ColumnTile {
  /** Number of the first among all. */
  readonly first: number;
  /** The vectors, `[count, D]`. */
  readonly rows: UnitRows;
}

/** Vectors in a fixed order and in fixed tiles. */
export interface ColumnSource {
  readonly label: string;
  /** Vectors in all. */
  readonly count: number;
  /** D. */
  readonly width: number;
  /** Tiles in all. */
  readonly tileCount: number;
  /** Reads the tiles from number `from` on. */
  tiles(from: number): AsyncGenerator<ColumnTile>;
}

/** Unit rows of a vocabulary matrix, `count` = V. */
export function vocabularyColumns(
  folded: FoldedWeights,
  name: VocabularyMatrix,
  tile: number,
): ColumnSource {
  const [count, width] = folded.shape(name) as [number, number];
  return {
    label: name,
    count,
    width,
    tileCount: Math.ceil(count / tile),
    async *tiles(from) {
      const read = await folded.rows(name);
      for (let first = from * tile; first < count; first += tile) {
        const size = Math.min(tile, count - first);
        const data = read(first, size);
        normalizeRows(data, width);
        yield { first, rows: { data, count: size, width } };
      }
    },
  };
}

/** Unit vectors of every neuron of the model, layer by layer, `count` = L·F. */
export function neuronColumns(
  folded: FoldedWeights,
  side: NeuronSide,
  { config: { nLayer, dModel, dMlp: F }, tile }: { config: ModelConfig; tile: number },
): ColumnSource {
  const perLayer = Math.ceil(F / tile);
  return {
    label: `W_${side}`,
    count: nLayer * F,
    width: dModel,
    tileCount: nLayer * perLayer,
    async *tiles(from) {
      for (let layer = Math.floor(from / perLayer); layer < nLayer; layer++) {
        const { units } = await neuronRows(folded, layer, side);
        const skipped = Math.max(0, from - layer * perLayer);
        for (let start = skipped * tile; start < F; start += tile) {
          const rows = rowRange(units, start, Math.min(tile, F - start));
          yield { first: layer * F + start, rows };
        }
      }
    },
  };
}

/** The factors of every head, a layer a tile, `count` = L·H·K; they are not of unit length. */
export function headColumns(
  folded: FoldedWeights,
  kind: HeadComposition,
  config: ModelConfig,
): ColumnSource {
  const { nLayer, nHead, dHead, dModel: width } = config;
  const perLayer = nHead * dHead;
  return {
    label: kind,
    count: nLayer * perLayer,
    width,
    tileCount: nLayer,
    async *tiles(from) {
      for (let layer = from; layer < nLayer; layer++) {
        const data = await headFactors(folded, kind, { layer, config });
        yield { first: layer * perLayer, rows: { data, count: perLayer, width } };
      }
    },
  };
}
