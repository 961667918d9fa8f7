/**
 * The data of a viewer folder, file by file: nothing but a block of neurons is held.
 *
 * @module
 */
import type { RunFolder } from "../../store/run/run_folder.ts";
import type {
  DataName,
  NeuronInSubset,
  ViewerModel,
  ViewerNeuron,
  ViewerTokens,
} from "../format.ts";
import type { ShownColumn } from "./columns.ts";
import { dataFile, dataPath } from "./data_file.ts";
import type { BlockReader, OfNeuron } from "./neuron_blocks.ts";
import type { WeightPanels } from "./weight_panels.ts";

/** Bytes of arrays held at a time. */
const BLOCK_BYTES = 64 * 2 ** 20;

/** Files written at a time: each waits for the disk to have it. */
const FILES_AT_ONCE = 8;

/** Where each part of a neuron is read. */
export interface NeuronReaders {
  readonly pooled?: BlockReader<NeuronInSubset> | undefined;
  readonly subsets?: readonly BlockReader<NeuronInSubset>[] | undefined;
  readonly weights?: BlockReader<WeightPanels> | undefined;
  readonly partners?: BlockReader<NonNullable<ViewerNeuron["partners"]>> | undefined;
}

/** Everything that is written. */
export interface ViewerData {
  readonly model: ViewerModel;
  readonly tokens: ViewerTokens;
  readonly columns: readonly ShownColumn[];
  readonly readers: NeuronReaders;
}

/** Settings of {@linkcode writeData}. */
export interface WriteDataOptions {
  /** Stops the work between two shards. */
  readonly signal?: AbortSignal | undefined;
  /** Bytes of arrays held at a time, one shard's at least. @default 64 MiB */
  readonly blockBytes?: number | undefined;
  /** Told how many neurons are written. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Neurons of a block: whole shards, as many as fit. */
function blockNeurons(readers: NeuronReaders, shardNeurons: number, blockBytes: number): number {
  const all = [readers.pooled, ...(readers.subsets ?? []), readers.weights, readers.partners];
  const bytes = all.reduce((sum, reader) => sum + (reader?.bytesPerNeuron ?? 0), 0);
  return shardNeurons * Math.max(1, Math.floor(blockBytes / Math.max(1, bytes) / shardNeurons));
}

async function readBlock(
  { pooled, subsets, weights, partners }: NeuronReaders,
  first: number,
  count: number,
): Promise<OfNeuron<ViewerNeuron>> {
  const ofPooled = await pooled?.read(first, count);
  const ofSubsets: OfNeuron<NeuronInSubset>[] = [];
  for (const subset of subsets ?? []) ofSubsets.push(await subset.read(first, count));
  const ofWeights = await weights?.read(first, count);
  const ofPartners = await partners?.read(first, count);
  return (place) => ({
    pooled: ofPooled?.(place),
    subsets: subsets && ofSubsets.map((of) => of(place)),
    ...ofWeights?.(place),
    partners: ofPartners?.(place),
  });
}

/**
 * Writes `data/*.js`: the model, its tokens, the columns, and shards of neurons.
 *
 * @returns the names written.
 * @throws {NeuriteError} as the files read, and as `RunFolder.writeFile`.
 */
export async function writeData(
  run: RunFolder,
  { model, tokens, columns, readers }: ViewerData,
  { signal, blockBytes = BLOCK_BYTES, onProgress }: WriteDataOptions = {},
): Promise<Set<DataName>> {
  const written = new Set<DataName>();
  const write = async (name: DataName, data: unknown) => {
    await run.writeFile(dataPath(name), dataFile(name, data));
    written.add(name);
  };
  await write("model", model);
  await write("tokens", tokens);
  for (const { info, values } of columns) await write(`column-${info.name}`, values);
  const { shardNeurons } = model;
  const n = model.layers * model.width;
  const step = blockNeurons(readers, shardNeurons, blockBytes);
  for (let first = 0; first < n; first += step) {
    const end = Math.min(n, first + step);
    const neuron = await readBlock(readers, first, end - first);
    const writeShard = (start: number) => {
      const count = Math.min(shardNeurons, end - start);
      const shard = Array.from({ length: count }, (_, i) => neuron(start - first + i));
      return write(`shard-${start / shardNeurons}`, shard);
    };
    for (let start = first; start < end;) {
      signal?.throwIfAborted();
      const next = Math.min(end, start + FILES_AT_ONCE * shardNeurons);
      const places: number[] = [];
      for (; start < next; start += shardNeurons) places.push(start);
      await Promise.all(places.map(writeShard));
      onProgress?.(next);
    }
  }
  return written;
}
