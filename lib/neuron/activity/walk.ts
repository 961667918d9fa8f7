/**
 * Walks through the token rows: one for each group of neurons whose sums fit in memory.
 *
 * @module
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import { type OrderedBlock, orderedBlock } from "./ordered_block.ts";
import type { SummaryPlan } from "./plan.ts";
import { extentsOf, type RankOptions, type RowPart, type SummarySetup } from "./setup.ts";
import {
  emptySums,
  type LayerActivations,
  type NeuronSlice,
  type SliceSums,
} from "./slice_sums.ts";

/** How far a walk is, with all that was summed in it. */
export interface WalkState {
  /** Number of the walk. */
  readonly pass: number;
  /** Number of the part of the corpus, and of its block that comes next. */
  part: number;
  next: number;
  /** Sums of the part at hand, a slice each. */
  current: SliceSums[];
  /** Sums of the parts before, where rows have labels; otherwise those of `current`. */
  readonly pooled: SliceSums[];
}

/** What a walk is told. */
export interface WalkOptions {
  /** Where to go on. @default the first block */
  readonly begun?: WalkState | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Awaited after each block: all that was summed is in the state. */
  readonly onBlock?: ((state: WalkState) => Promise<void> | void) | undefined;
  /** Awaited with the sums of each part, and at the end with those of all rows (no part). */
  readonly onSums: (sums: readonly SliceSums[], part: RowPart | undefined) => Promise<void>;
}

/** A walk that has not begun. */
export function beginWalk(setup: SummarySetup, plan: SummaryPlan, pass: number): WalkState {
  const { pooled: slots, rank, parts, isLabelled } = setup;
  const extents = extentsOf(rank, slots);
  const pooled = plan.passes[pass]!.map((slice) => emptySums(slice, extents));
  const current = isLabelled ? partSums(parts[0]!, pooled, rank) : pooled;
  return { pass, part: 0, next: 0, current, pooled };
}

/** Sums of nothing for a part, to be merged into `pooled`. */
export function partSums(
  { slots }: RowPart,
  pooled: readonly SliceSums[],
  rank: RankOptions,
): SliceSums[] {
  const extents = extentsOf(rank, slots);
  return pooled.map(({ slice, shift }) => emptySums(slice, extents, shift));
}

/**
 * Walks through all blocks from where `begun` is.
 *
 * @throws {NeuriteError} E-STOPPED, between blocks, when the signal says so; the errors of the forward
 * pass.
 */
export async function walk(
  model: Model,
  setup: SummarySetup,
  plan: SummaryPlan,
  { pass, begun, signal, onBlock, onSums }: WalkOptions & { readonly pass: number },
): Promise<void> {
  const state = begun ?? beginWalk(setup, plan, pass);
  const { parts, rank, isLabelled } = setup;
  for (; state.part < parts.length; state.part++) {
    const part = parts[state.part]!;
    const source = { model, setup, part, rowsPerBlock: plan.rowsPerBlock };
    const slices = plan.passes[pass]!;
    for await (const { block, layers } of readBlocks(source, slices, state.next)) {
      signal?.throwIfAborted();
      for (const sums of state.current) {
        sums.add(layers.get(sums.slice.layer)!, block);
        // Lets the device go on with the block that is read ahead, and signals be heard.
        await nextTurn();
      }
      state.next++;
      await onBlock?.(state);
    }
    await onSums(state.current, isLabelled ? part : undefined);
    if (!isLabelled) return;
    state.pooled.forEach((sums, i) => sums.merge(state.current[i]!, part.toPooled));
    state.next = 0;
    // Let go of before the next are made: they are most of the memory.
    state.current = [];
    const following = parts[state.part + 1];
    if (following) state.current = partSums(following, state.pooled, rank);
  }
  await onSums(state.pooled, undefined);
}

interface Source {
  readonly model: Model;
  readonly setup: SummarySetup;
  readonly part: RowPart;
  readonly rowsPerBlock: number;
}

interface ReadBlock {
  readonly block: OrderedBlock;
  readonly layers: ReadonlyMap<number, LayerActivations>;
}

/**
 * The blocks of a part. A GPU computes the next one while this one is used; on other devices the two
 * would only take the same cores from each other.
 */
async function* readBlocks(
  { model, setup, part, rowsPerBlock }: Source,
  slices: readonly NeuronSlice[],
  start: number,
): AsyncGenerator<ReadBlock> {
  const count = Math.ceil(part.rows.length / rowsPerBlock);
  const layers = [...new Set(slices.map(({ layer }) => layer))];
  function read(index: number): Promise<ReadBlock> {
    const rows = part.rows.subarray(index * rowsPerBlock, (index + 1) * rowsPerBlock);
    const slotOf = setup.rank.vocabTop === 0 ? undefined : part.slots.slotOf;
    const block = orderedBlock(setup.tokens, rows, slotOf);
    const reading = readLayers(model, block, layers);
    // It may fail before anybody waits for it.
    reading.catch(() => {});
    return reading;
  }
  const readsAhead = model.device.name === "webgpu";
  let ahead: Promise<ReadBlock> | undefined;
  try {
    for (let index = start; index < count; index++) {
      const block = await (ahead ?? read(index));
      ahead = readsAhead && index + 1 < count ? read(index + 1) : undefined;
      yield block;
    }
  } finally {
    // The model must not be disposed of while it runs.
    await ahead?.catch(() => {});
  }
}

async function readLayers(
  model: Model,
  block: OrderedBlock,
  layers: readonly number[],
): Promise<ReadBlock> {
  const name = (layer: number, end: string) => `blocks.${layer}.mlp.hook_${end}`;
  const read = layers.flatMap((layer) => [name(layer, "pre"), name(layer, "post")]);
  // The plan has counted what is read; blocks that were cut by memory would depend on it.
  const memory = Number.MAX_SAFE_INTEGER;
  const arrays = await runWithHooks(model, block.tokens, { read, memory });
  const data = (hook: string) => arrays[hook]!.data as Float32Array | Float64Array;
  const ofLayer = (layer: number): LayerActivations => ({
    pre: data(name(layer, "pre")),
    post: data(name(layer, "post")),
    width: model.config.dMlp,
  });
  return { block, layers: new Map(layers.map((layer) => [layer, ofLayer(layer)])) };
}
