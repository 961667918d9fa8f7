/**
 * One walk through token blocks that fills the sums of a pass.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { ExactSums } from "./exact_sums.ts";
import { float16Sums } from "./float16_moments.ts";
import type { Column, Group, Tile } from "./plan.ts";
import { MomentQueue, uploadMatrix } from "./products.ts";
import type { NeuronReader, NeuronSource } from "./sources.ts";
import {
  type Activations,
  type NeuronSums,
  prepare,
  type Standard,
  standardOf,
  type Threshold,
} from "./standard.ts";
import { streamValues } from "./streams.ts";
import {
  baseName,
  columnName,
  COUNT,
  covarianceName,
  crossName,
  factorName,
  float16SquareName,
  float16SumName,
  shiftName,
  squareName,
  sumName,
} from "./sum_names.ts";
import type { TokenBlock, TokenBlocks } from "../token_blocks.ts";

/** What the sums of a pass are made from. */
export interface StreamOptions {
  readonly device: Device;
  readonly base: NeuronSource;
  readonly partners: readonly NeuronSource[];
  readonly blocks: TokenBlocks;
  readonly tiles: readonly Tile[];
  /** Whether the covariances within each layer are summed too. */
  readonly covariance: boolean;
  /** Counts activations above this instead of summing them, for Jaccard. */
  readonly above?: number | undefined;
  /** Sums in float16 too, as the original does. @default {false} */
  readonly float16Moments?: boolean | undefined;
  readonly seed: number;
  /** Names the run; only sums of one identity are merged. */
  readonly identity: string;
  /** The part of the blocks that is summed. @default all */
  readonly range?: readonly [start: number, end: number] | undefined;
  /** Sums of blocks before `range`, to which those of `range` are added. @default none */
  readonly begun?: ExactSums | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each block. */
  readonly onBlock?: (() => void) | undefined;
  /** Awaited after each block with the sums so far, to save them. */
  readonly onSums?: ((sums: ExactSums) => Promise<void>) | undefined;
}

/** A walk through blocks; see {@linkcode streamSums}. */
class Walk {
  readonly #options: StreamOptions;
  readonly #groups: readonly Group[];
  readonly #layers: readonly number[];
  readonly #columns: readonly Column[];
  readonly #standards = new Map<string, Standard | Threshold>();
  readonly #queue: MomentQueue;
  readonly #scratch = new Map<string, Float32Array>();
  readonly sums: ExactSums;

  constructor(options: StreamOptions, readonly readers: Readers) {
    const { tiles, device } = options;
    this.#options = options;
    this.#groups = [...new Set(tiles.map(({ group }) => group))];
    this.#columns = [...new Set(tiles.map(({ column }) => column))];
    this.#layers = this.#groups.flatMap(({ from, to }) =>
      Array.from({ length: to - from }, (_, i) => from + i)
    );
    this.#queue = new MomentQueue(device);
    this.sums = options.begun ?? new ExactSums(options.identity);
  }

  /** Fixes shift and scale of every layer by the first block of the run, whichever part this is. */
  async fixStandards(block: TokenBlock): Promise<void> {
    const { base, partners, above } = this.#options;
    const fix = (name: string, width: number, values: Activations, kept: Int32Array) => {
      if (above !== undefined) return void this.#standards.set(name, { above });
      const standard = standardOf(values, width, kept);
      this.#standards.set(name, standard);
      this.sums.fix(shiftName(name), standard.shift);
      this.sums.fix(factorName(name), standard.factor);
    };
    if (above === undefined) {
      const read = await this.readers.base.read(block, this.#layers);
      read.forEach((values, i) => fix(baseName(this.#layers[i]!), base.width, values, block.kept));
    }
    for (const partner of partners.keys()) {
      for await (const [column, stream] of this.#streams(partner, block)) {
        fix(columnName(column), column.width, stream.values, stream.kept);
      }
    }
    if (above === undefined) return;
    for (const layer of this.#layers) this.#standards.set(baseName(layer), { above });
  }

  /** Adds a block. */
  async add(block: TokenBlock): Promise<void> {
    const { partners, device, blocks } = this.#options;
    using scope = new DisposableStack();
    const K = blocks.positions;
    const left = new Map<Group, ReturnType<typeof uploadMatrix>>();
    for (const [group, matrix] of await this.#baseMatrices(block)) {
      left.set(group, scope.use(uploadMatrix(device, matrix, [K, group.rows])));
    }
    for (const partner of partners.keys()) {
      for await (const [column, stream] of this.#streams(partner, block)) {
        await this.#addColumn(column, stream, left);
      }
    }
    await this.#queue.drain();
    this.sums.add(COUNT, [1], Float64Array.of(block.kept.length));
    this.sums.countBlock(block.index);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
  }

  /** The first model's neurons, `[K, rows]` a group. */
  async #baseMatrices(block: TokenBlock): Promise<Map<Group, Float32Array>> {
    const { base: { width }, blocks } = this.#options;
    const K = blocks.positions;
    const layers = await this.readers.base.read(block, this.#layers);
    const matrices = new Map<Group, Float32Array>();
    for (const group of this.#groups) {
      const matrix = this.#reused(`base ${group.from}`, group.rows * K);
      for (let layer = group.from; layer < group.to; layer++) {
        const values = layers[this.#layers.indexOf(layer)]!;
        const place = { across: group.rows, start: (layer - group.from) * width };
        const by = this.#by(layer);
        const sums = prepare(values, matrix, { kept: block.kept, width, by, place });
        this.#addNeurons(baseName(layer), sums);
        this.#addFloat16(baseName(layer), values, { kept: block.kept, width });
      }
      matrices.set(group, matrix);
    }
    return matrices;
  }

  /**
   * Memory that the block before has done with: its tensors are disposed, and a device that does not
   * copy what it is given has run by then.
   */
  #reused(name: string, size: number): Float32Array {
    const known = this.#scratch.get(name);
    if (known?.length === size) return known;
    const made = new Float32Array(size);
    this.#scratch.set(name, made);
    return made;
  }

  #by(layer: number): Standard | Threshold {
    return this.#standards.get(baseName(layer))!;
  }

  #addNeurons(name: string, { sum, square }: NeuronSums): void {
    this.sums.add(sumName(name), [sum.length], sum);
    this.sums.add(squareName(name), [square.length], square);
  }

  #addFloat16(name: string, values: Activations, of: { kept: Int32Array; width: number }): void {
    if (!this.#options.float16Moments) return;
    const { sum, square } = float16Sums(values, of);
    this.sums.add(float16SumName(name), [sum.length], sum);
    this.sums.add(float16SquareName(name), [square.length], square);
  }

  /** The streams of a partner, layer by layer. */
  async *#streams(partner: number, block: TokenBlock) {
    const { partners, seed } = this.#options;
    const columns = this.#columns.filter((column) => column.partner === partner);
    const reader = this.readers.partners[partner];
    if (columns.length === 0 || !reader) return;
    const layers = [...new Set(columns.map(({ layer }) => layer))];
    const read = await reader.read(block, layers);
    for (const column of columns) {
      const { layer, width, kind } = column;
      const source = { seed, partner: partners[partner]!.label, layer, width, block };
      yield [column, streamValues(kind, read[layers.indexOf(layer)]!, source)] as const;
    }
  }

  /** All products of a layer of a stream. */
  async #addColumn(
    column: Column,
    { values, kept }: { values: Activations; kept: Int32Array },
    left: ReadonlyMap<Group, ReturnType<typeof uploadMatrix>>,
  ): Promise<void> {
    const { tiles, device, covariance, blocks } = this.#options;
    const { width } = column;
    const K = blocks.positions;
    const rows = this.#reused("rows", K * width);
    const by = this.#standards.get(columnName(column))!;
    this.#addNeurons(columnName(column), prepare(values, rows, { kept, width, by }));
    this.#addFloat16(columnName(column), values, { kept, width });
    using right = uploadMatrix(device, rows, [K, width]);
    for (const { group } of tiles.filter((tile) => tile.column === column)) {
      const shape = [group.rows, width];
      await this.#queue.add(left.get(group)!, right, (product) => {
        this.sums.add(crossName(group, column), shape, product);
      });
    }
    if (!covariance) return;
    await this.#queue.add(right, right, (product) => {
      this.sums.add(covarianceName(column), [width, width], product);
    });
  }
}

/** Open models: the first, and each partner that the pass needs. */
interface Readers {
  readonly base: NeuronReader;
  readonly partners: readonly (NeuronReader | undefined)[];
}

/**
 * Runs the models of a pass over the blocks of `range` and sums their products in float32 by blocks and
 * exactly between blocks, see `grid.ts`. The sums of ranges that cover a run merge into the same bits
 * as those of one walk.
 *
 * @throws {NeuriteError} E-STOPPED, between blocks, when the signal says so; E-SHARD when `begun` was
 * made with other models or on a device that computes other bits.
 */
export async function streamSums(options: StreamOptions): Promise<ExactSums> {
  const { base, partners, blocks, tiles } = options;
  await using scope = new AsyncDisposableStack();
  const readers: (NeuronReader | undefined)[] = [];
  for (const [index, partner] of partners.entries()) {
    const isNeeded = tiles.some(({ column }) => column.partner === index);
    readers.push(isNeeded ? scope.use(await partner.open()) : undefined);
  }
  const walk = scope.use(
    new Walk(options, { base: scope.use(await base.open()), partners: readers }),
  );
  await walk.fixStandards(blocks.firstKept()!);
  const [start, end] = options.range ?? [0, blocks.count];
  for (let index = start; index < end; index++) {
    // Lets the signals that came in be heard: a device that computes in this thread never waits.
    await new Promise((resolve) => setTimeout(resolve));
    options.signal?.throwIfAborted();
    await walk.add(blocks.at(index));
    await options.onSums?.(walk.sums);
    options.onBlock?.();
  }
  return walk.sums;
}
