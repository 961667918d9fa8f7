/**
 * Where the shards of a run stand, and which blocks each has.
 *
 * @module
 */
import { join } from "node:path";
import type { Shard } from "../../../cli/shard_options.ts";

/** The folder of the shards in the folder of a run. */
export const SHARDS_FOLDER = "shards";

/** A finished shard's sums; the numbers are its index and count. */
export const SHARD_FILE = /^shard-(\d{1,6})-of-(\d{1,6})\.safetensors$/;

/** The files of a shard, absolute. */
export interface ShardPlace {
  /** `i/n`, as the sums' metadata has it. */
  readonly name: string;
  /** Its sums, once it is finished. */
  readonly sums: string;
  /** What says that it is finished; written last. */
  readonly marker: string;
  /** The folder of its lock and checkpoints; gone once it is finished. */
  readonly work: string;
}

/** Where a shard of the run in `directory` stands. */
export function shardPlace(directory: string, { index, count }: Shard): ShardPlace {
  const work = join(directory, SHARDS_FOLDER, `shard-${index}-of-${count}`);
  return { name: `${index}/${count}`, sums: `${work}.safetensors`, marker: `${work}.json`, work };
}

/** The share of `blocks` that a shard has, first and one past the last; shares differ by one at most. */
export function shardRange(blocks: number, { index, count }: Shard): readonly [number, number] {
  const cut = (i: number) => Math.floor(blocks * i / count);
  return [cut(index - 1), cut(index)];
}
