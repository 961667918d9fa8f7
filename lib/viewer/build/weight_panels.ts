/**
 * What weights show of neurons: cosines with tokens and neurons, compositions with heads.
 *
 * @module
 */
import type { SafetensorsFile } from "../../store/format/safetensors.ts";
import type { Composition } from "../format.ts";
import { type BlockReader, neuronArrays, type OfNeuron } from "./neuron_blocks.ts";
import { ranked, sparseCounts } from "./ranked.ts";
import { shown } from "./shown.ts";

const WITH_TOKENS = ["E_in", "U_in", "E_out", "U_out"] as const;
const WITH_NEURONS = ["in_in", "in_out", "out_in", "out_out"] as const;
/** The page's names of the four compositions; arrays have `comp_` before them. */
const WITH_HEADS = ["v", "o", "query_side", "key_side"] as const;
/** Bins of histograms of cosines; spec/universal_neurons section 1.7. */
const COSINE_BINS = 101;
/** Tokens or neurons kept at either end; the page shows ten. */
const ENDS = 20;

/** What a neuron's weights show. */
export interface WeightPanels {
  readonly compositions: Readonly<Record<string, Composition>>;
  readonly heads: Readonly<Record<string, readonly number[]>>;
}

/** Sizes of the model. */
export interface WeightSizes {
  /** L·F. */
  readonly neurons: number;
  /** V. */
  readonly vocabSize: number;
  /** L·H. */
  readonly heads: number;
}

/** Cosines of one kind: their histogram and both ends. */
function compositionReader(
  file: SafetensorsFile,
  name: string,
  { neurons, ids }: { neurons: number; ids: number },
): BlockReader<Composition> {
  const arrays = neuronArrays(file, neurons, {
    [`${name}_hist`]: COSINE_BINS,
    [`${name}_top`]: undefined,
    [`${name}_top_ix`]: undefined,
    [`${name}_bottom`]: undefined,
    [`${name}_bottom_ix`]: undefined,
  });
  return {
    bytesPerNeuron: arrays.bytesPerNeuron,
    async read(first, count) {
      const rows = await arrays.read(first, count);
      const end = (which: "top" | "bottom", place: number) =>
        ranked(rows[`${name}_${which}_ix`]!.of(place), rows[`${name}_${which}`]!.of(place), {
          most: ENDS,
          ids,
        });
      return (place) => ({
        histogram: sparseCounts(rows[`${name}_hist`]!.of(place)),
        top: end("top", place),
        bottom: end("bottom", place),
      });
    },
  };
}

/** Reads the arrays of a weights run. */
export function weightReader(file: SafetensorsFile, sizes: WeightSizes): BlockReader<WeightPanels> {
  const { neurons, vocabSize } = sizes;
  const kinds = [
    ...WITH_TOKENS.map((name) => [name, vocabSize] as const),
    ...WITH_NEURONS.map((name) => [name, neurons] as const),
  ].map(([name, ids]) => [name, compositionReader(file, name, { neurons, ids })] as const);
  const heads = neuronArrays(
    file,
    neurons,
    Object.fromEntries(WITH_HEADS.map((name) => [`comp_${name}`, sizes.heads])),
  );
  const bytes = kinds.reduce((sum, [, { bytesPerNeuron }]) => sum + bytesPerNeuron, 0);
  return {
    bytesPerNeuron: bytes + heads.bytesPerNeuron,
    async read(first, count) {
      const rows = await heads.read(first, count);
      const compositions: [string, OfNeuron<Composition>][] = [];
      for (const [name, kind] of kinds) {
        compositions.push([name, await kind.read(first, count)]);
      }
      return (place) => ({
        compositions: Object.fromEntries(compositions.map(([name, of]) => [name, of(place)])),
        heads: Object.fromEntries(
          WITH_HEADS.map((name) => [name, Array.from(rows[`comp_${name}`]!.of(place), shown)]),
        ),
      });
    },
  };
}
