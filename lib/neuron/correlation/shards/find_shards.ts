/**
 * The finished shards of a run, checked to be all of it before any sum is read.
 *
 * @module
 */
import { basename, join, resolve } from "node:path";
import type { Shard } from "../../../cli/shard_options.ts";
import { cannot, NeuriteError } from "../../../errors.ts";
import { openSafetensors, type SafetensorsFile } from "../../../store/format/safetensors.ts";
import { BLOCKS } from "../exact_sums.ts";
import { finishedMarkers } from "./finished_markers.ts";
import { shardFault, type ShardMarker } from "./finished_shard.ts";
import { runDifference } from "./run_difference.ts";
import { factsIdentity, parseFacts, type RunFacts } from "./run_facts.ts";
import { SHARD_FILE, shardPlace, shardRange, SHARDS_FOLDER } from "./shard_place.ts";

/** A shard that was found. */
export interface FoundShard {
  /** Its place among the shards, from 1. */
  readonly index: number;
  readonly count: number;
  /** The file of its sums, absolute. */
  readonly path: string;
  readonly marker: ShardMarker;
  readonly facts: RunFacts;
  /** Its blocks, first and one past the last. */
  readonly range: readonly [number, number];
}

/** The shards of a run in order. */
export interface FoundShards {
  readonly identity: string;
  readonly facts: RunFacts;
  readonly shards: readonly FoundShard[];
}

/**
 * Finds the shards in the folder of a run: all of one count, each finished and with its share of the
 * blocks, all of one run. Only one with other blocks is compared with its sha256, to say why.
 *
 * @throws {NeuriteError} E-SHARD naming the shard that has to be computed (again) and how;
 * E-FILE-PERMISSION.
 */
export async function findShards(directory: string): Promise<FoundShards> {
  const folder = join(resolve(directory), SHARDS_FOLDER);
  const count = await shardCount(folder);
  const markers = await finishedMarkers(resolve(directory), count);
  const shards: FoundShard[] = [];
  for (const [i, marker] of markers.entries()) {
    shards.push(await openShard(resolve(directory), { index: i + 1, count }, marker));
  }
  const { marker: { identity }, facts } = checkOneRun(shards);
  return { identity, facts, shards };
}

/**
 * Reads every shard to its end and compares it with its sha256.
 *
 * @throws {NeuriteError} E-SHARD naming the damaged one.
 */
export async function verifyShards(
  directory: string,
  { shards }: FoundShards,
  onShard: () => void = () => {},
): Promise<void> {
  for (const shard of shards) {
    const fault = await shardFault(shardPlace(resolve(directory), shard), shard.marker);
    if (fault !== undefined) throw badShard(shard, fault, "the bytes that were written");
    onShard();
  }
}

/** An error about a shard, which is to be computed again. */
export function badShard(
  { index, count, path }: Pick<FoundShard, "index" | "count" | "path">,
  is: string,
  expected: string,
): NeuriteError {
  return cannot("E-SHARD", {
    do: "merge shard",
    thing: path,
    is,
    expected,
    hint: `run that shard again: the command of the others with --shard ${index}/${count}`,
  });
}

async function shardCount(folder: string): Promise<number> {
  const counts = new Set<number>();
  try {
    for await (const { name } of Deno.readDir(folder)) {
      const found = SHARD_FILE.exec(name);
      if (found) counts.add(Number(found[2]));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const [count] = counts;
  if (counts.size === 1 && count! >= 1) return count!;
  const sizes = [...counts].sort((a, b) => a - b);
  throw cannot("E-SHARD", {
    do: "merge the shards in",
    thing: folder,
    is: counts.size === 0
      ? "no finished shard"
      : `shards of runs in ${sizes.join(" and in ")} parts`,
    expected: "all shards of one run",
    hint: counts.size === 0
      ? "deno task un:correlations with --shard i/n and the same --out makes them"
      : "move the shards of the other cut out of the folder",
  });
}

/** A shard of the run that most are of, after a check that all are. */
function checkOneRun(shards: readonly FoundShard[]): FoundShard {
  const runs = [...Map.groupBy(shards, ({ marker }) => marker.identity).values()];
  const [most, other] = runs.sort((a, b) => b.length - a.length);
  const first = most![0]!;
  if (other === undefined) return first;
  throw badShard(
    other[0]!,
    `of another run: ${runDifference(other[0]!.facts.run, first.facts.run)}`,
    `the run of ${basename(first.path)}`,
  );
}

async function openShard(
  directory: string,
  { index, count }: Shard,
  marker: ShardMarker,
): Promise<FoundShard> {
  const place = shardPlace(directory, { index, count });
  const shard = { index, count, path: place.sums };
  try {
    await using file = await openSafetensors(place.sums);
    const facts = parseFacts(file.metadata["facts"] ?? "");
    if (!facts || factsIdentity(facts) !== marker.identity) {
      throw badShard(shard, "without the facts of its run", "a shard as it was written");
    }
    const range = shardRange(facts.blocks, shard);
    if (await hasBlocks(file, range)) return { ...shard, marker, facts, range };
    const fault = await shardFault(place, marker);
    throw badShard(shard, fault ?? "not its share of the run", "a shard as it was written");
  } catch (error) {
    if (!(error instanceof NeuriteError) || error.code !== "E-SAFETENSORS") throw error;
    throw badShard(shard, "no whole safetensors file", "a shard as it was written");
  }
}

async function hasBlocks(
  file: SafetensorsFile,
  [start, end]: readonly [number, number],
): Promise<boolean> {
  const { data } = await file.read(BLOCKS);
  const share = end > start ? [start, end] : [];
  return data instanceof Int32Array && data.join() === share.join();
}
