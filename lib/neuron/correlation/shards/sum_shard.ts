/**
 * The sums of one shard of a run, saved as they grow.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { note } from "../../../cli/log.ts";
import type { Shard } from "../../../cli/shard_options.ts";
import { cleanTemps } from "../../../store/atomic.ts";
import { lockFolder } from "../../../store/run/folder_lock.ts";
import type { RunStream } from "../correlate.ts";
import { withCheckpoints } from "../../checkpoints.ts";
import type { ExactSums } from "../exact_sums.ts";
import type { Tile } from "../plan.ts";
import { streamSums } from "../stream_sums.ts";
import { readCheckpoint, type WantedSums, writeCheckpoint } from "./checkpoint.ts";
import { finishShard, readMarker, shardFault, type ShardMarker } from "./finished_shard.ts";
import { passArrays } from "./pass_arrays.ts";
import { encodeFacts, factsIdentity, type RunFacts } from "./run_facts.ts";
import { type ShardPlace, shardPlace, shardRange } from "./shard_place.ts";

/** What a shard is made from. */
export interface ShardRun {
  /** The run's folder; the shard goes into `shards/` in it. */
  readonly directory: string;
  readonly shard: Shard;
  readonly facts: RunFacts;
  readonly stream: RunStream;
  readonly passes: readonly (readonly Tile[])[];
  /** Minutes between two checkpoints; 0 is after every block. */
  readonly checkpointMinutes: number;
  /** Begin again whatever is there. @default {false} */
  readonly force?: boolean;
  /** Called with blocks done in all passes, those of earlier starts included. */
  readonly onProgress?: (done: number) => void;
}

/** A finished shard. */
export interface SummedShard {
  /** The file of its sums. */
  readonly path: string;
  /** Its blocks, first and one past the last. */
  readonly range: readonly [number, number];
  readonly marker: ShardMarker;
}

/**
 * Sums a shard, or goes on with it, or finds it finished. Whatever ends it, the file of its sums is
 * whole or absent, and what was saved last is gone on from: the same bytes as without a stop.
 *
 * @throws {NeuriteError} E-STOPPED when the signal says so, with all blocks so far saved; E-BUSY when
 * another process sums this shard; E-SHARD when the checkpoint has another device's bits;
 * E-FILE-FULL, E-FILE-PERMISSION, and the errors of the forward pass.
 */
export async function sumShard(run: ShardRun): Promise<SummedShard> {
  const { facts, shard, force = false } = run;
  const place = shardPlace(resolve(run.directory), shard);
  const identity = factsIdentity(facts);
  const range = shardRange(facts.blocks, shard);
  if (!force) {
    const marker = await finishedMarker(place, identity);
    if (marker) {
      await clearWork(place);
      return { path: place.sums, range, marker };
    }
  }
  await using _lock = await lockFolder(place.work);
  await cleanTemps(place.work);
  const { covariance, above, float16Moments = false } = run.stream;
  const kind = { covariance, isCount: above !== undefined, float16Moments };
  const paths = run.passes.map((_, i) => join(place.work, `pass-${i}.safetensors`));
  let done = 0;
  for (const [i, tiles] of run.passes.entries()) {
    const wanted = { path: paths[i]!, identity, arrays: passArrays(tiles, kind), range };
    await sumPass(run, tiles, {
      wanted,
      onNext: (next) => run.onProgress?.(done + next - range[0]),
    });
    done += range[1] - range[0];
  }
  const metadata = { shard: place.name, facts: encodeFacts(facts) };
  const marker = await finishShard(place, paths, { identity, metadata });
  await Deno.remove(place.work, { recursive: true });
  return { path: place.sums, range, marker };
}

async function finishedMarker(place: ShardPlace, identity: string) {
  const marker = await readMarker(place);
  if (marker?.identity !== identity) return undefined;
  const fault = await shardFault(place, marker);
  if (fault === undefined) return marker;
  note(`run    ${place.sums}: ${fault}`);
  return undefined;
}

/** Removes what a process left that was killed after it had marked its shard. */
async function clearWork({ work }: ShardPlace): Promise<void> {
  if (!await Deno.stat(work).then(() => true, () => false)) return;
  await using _lock = await lockFolder(work);
  await Deno.remove(work, { recursive: true });
}

/** Sums a pass from where its checkpoint is to the end of the range, and saves it there. */
async function sumPass(
  { stream, force, checkpointMinutes }: ShardRun,
  tiles: readonly Tile[],
  { wanted, onNext }: { wanted: WantedSums; onNext: (next: number) => void },
): Promise<void> {
  const [start, end] = wanted.range;
  const begun = force ? undefined : await readCheckpoint(wanted);
  const next = begun?.blocks()[1] ?? start;
  onNext(next);
  if (begun && next === end) return;
  const save = (sums: ExactSums) => writeCheckpoint(wanted, sums);
  const { identity } = wanted;
  let at = next;
  const sums = await withCheckpoints<ExactSums, ExactSums>((onState) =>
    streamSums({
      ...stream,
      tiles,
      identity,
      begun,
      range: [next, end],
      onSums: async (sums) => {
        onNext(++at);
        // The last are saved below, whatever the time.
        if (at < end) await onState(sums);
      },
    }), { save, minutes: checkpointMinutes, signal: stream.signal });
  await save(sums);
}
