/**
 * Which shards of a run are finished.
 *
 * @module
 */
import { cannot } from "../../../errors.ts";
import { readMarker, type ShardMarker } from "./finished_shard.ts";
import { shardPlace } from "./shard_place.ts";

/** Numbers of shards that a message lists. */
const MOST_NAMED = 50;

/**
 * The markers of all shards in the folder of a run.
 *
 * @throws {NeuriteError} E-SHARD with the numbers of those that are not finished, all at once, so that
 * they can be run together.
 */
export async function finishedMarkers(directory: string, count: number): Promise<ShardMarker[]> {
  const markers: ShardMarker[] = [];
  const unfinished: number[] = [];
  for (let index = 1; index <= count; index++) {
    const place = shardPlace(directory, { index, count });
    const marker = await exists(place.sums) ? await readMarker(place) : undefined;
    if (marker) markers.push(marker);
    else unfinished.push(index);
  }
  const [first, ...others] = unfinished;
  if (first === undefined) return markers;
  const { sums, work } = shardPlace(directory, { index: first, count });
  const isBegun = await exists(work);
  const state = isBegun
    ? "begun and not finished"
    : await exists(sums)
    ? "without its marker"
    : "absent";
  const array = unfinished.length > MOST_NAMED
    ? `${unfinished.slice(0, MOST_NAMED).join()},...`
    : unfinished.join();
  throw cannot("E-SHARD", {
    do: "merge shard",
    thing: sums,
    is: others.length === 0 ? state : `${state}, and ${others.length} more not finished`,
    expected: `${count} finished shards`,
    hint: `${isBegun ? "wait for what still runs, or " : ""}run ` +
      (others.length === 0
        ? `that shard again: the command of the others with --shard ${first}/${count}`
        : `these again: ${array}; on Slurm with --array=${array} --shard-count ${count}`),
  });
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}
