/**
 * The run of all shards.
 *
 * @module
 */
import type { Device } from "../../../device/device.ts";
import { formatShape } from "../../../array.ts";
import { openSafetensors } from "../../../store/format/safetensors.ts";
import { ExactSums } from "../exact_sums.ts";
import { type Correlations, finishRun } from "../finish_run.ts";
import { type CorrelationPlan, planCorrelation, type Tile } from "../plan.ts";
import { randomRotation } from "../rotation.ts";
import { streamsOf } from "../streams.ts";
import { badShard, type FoundShard, type FoundShards } from "./find_shards.ts";
import { type PassArray, passArrays } from "./pass_arrays.ts";
import type { RunFacts } from "./run_facts.ts";

/** The models' shapes; a merge opens none, so they weigh nothing. */
function shapesOf({ base, partners }: RunFacts) {
  const shape = (model: RunFacts["base"]) => ({ ...model, weightBytes: 0 });
  return { base: shape(base), partners: partners.map(shape) };
}

/**
 * The passes in which a merge reads the shards.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when the memory does not hold one tile.
 */
export function planMerge(facts: RunFacts, memory: number): CorrelationPlan {
  const { baseline, positions, blocks, draws } = facts;
  const isRotated = baseline === "rotation";
  return planCorrelation({
    ...shapesOf(facts),
    streams: streamsOf(baseline),
    covariance: isRotated,
    positions,
    blocks,
    draws: isRotated ? draws : 0,
  }, memory);
}

/**
 * Adds up the shards of a run in their order and finishes it: the results of one run over all blocks,
 * to the bit. Reads each shard once a pass, one array at a time.
 *
 * @param device of the shards' kind; it multiplies by rotations.
 * @throws {NeuriteError} E-SHARD, E-DEVICE-MEMORY, E-STOPPED.
 */
export async function mergeShards(
  { identity, facts, shards }: FoundShards,
  { device, memory, signal, onShard = () => {} }: {
    device: Device;
    memory: number;
    signal?: AbortSignal;
    onShard?: () => void;
  },
): Promise<Correlations> {
  const { baseline, similarity, rotation: form, draws, seed, float16Moments = false } = facts;
  const { passes } = planMerge(facts, memory);
  const isRotated = baseline === "rotation";
  const rotation = isRotated ? randomRotation({ form, seed, draws }) : undefined;
  const kind = { covariance: isRotated, isCount: similarity === "jaccard", float16Moments };
  const asked = { similarity, baseline, rotation, float16Moments };
  const options = { device, ...shapesOf(facts), passes, ...asked };
  return await finishRun(options, async (tiles: readonly Tile[]) => {
    const sums = new ExactSums(identity);
    const arrays = passArrays(tiles, kind);
    for (const shard of shards) {
      signal?.throwIfAborted();
      await addShard(sums, shard, arrays);
      onShard();
    }
    return sums;
  });
}

async function addShard(
  sums: ExactSums,
  shard: FoundShard,
  arrays: readonly PassArray[],
): Promise<void> {
  const [start, end] = shard.range;
  await using file = await openSafetensors(shard.path);
  const names = new Set(file.names());
  for (const { name, stored, kind, shape } of arrays) {
    // A shard of no block has no sums.
    if (kind === "sum" && start === end) continue;
    if (!names.has(stored)) throw badShard(shard, `without "${stored}"`, "all sums of the run");
    const { data, shape: found } = await file.read(stored);
    const isRight = data instanceof Float64Array && formatShape(found) === formatShape(shape);
    if (!isRight) {
      throw badShard(shard, `"${stored}" ${formatShape(found)}`, `float64 ${formatShape(shape)}`);
    }
    if (kind === "sum") sums.add(name, shape, data);
    else fixFrom(sums, shard, { name, data });
  }
  for (let block = start; block < end; block++) sums.countBlock(block);
}

/** Standards are computed by every shard from the same block, so they show a device of other bits. */
function fixFrom(
  sums: ExactSums,
  shard: FoundShard,
  { name, data }: { name: string; data: Float64Array },
): void {
  try {
    sums.fix(name, data);
  } catch {
    throw badShard(
      shard,
      `another "${name}" than the shards before it: computed on a device of other bits`,
      "all shards computed on devices of one kind",
    );
  }
}
