/**
 * Shards of a run of made neurons, whole and broken.
 *
 * @module
 */
import { join } from "node:path";
import { openReference } from "../../lib/device/reference/mod.ts";
import { shardPlace } from "../../lib/neuron/correlation/shards/shard_place.ts";
import { sumShard } from "../../lib/neuron/correlation/shards/sum_shard.ts";
import { type MadeRun, madeShard } from "../../lib/neuron/correlation/shards/testing.ts";

/** Finished shards of a made run. */
export async function makeShards(
  directory: string,
  count: number,
  made: MadeRun = {},
): Promise<void> {
  await using device = openReference();
  for (let index = 1; index <= count; index++) {
    await sumShard(madeShard(device, { directory, shard: { index, count }, made }));
  }
}

type Break = (out: string) => Promise<void>;

/** Puts a shard, with its marker, under another name. */
async function moveShard(out: string, from: [number, number], to: [number, number]): Promise<void> {
  const [source, target] = [from, to].map(([index, count]) => shardPlace(out, { index, count }));
  await Deno.rename(source!.sums, target!.sums);
  await Deno.rename(source!.marker, target!.marker);
}

/** What can be wrong with the shards in a folder, how it is made, and what is said of it. */
export const BREAKS: readonly (readonly [string, Break, RegExp])[] = [
  ["no shard", () => Promise.resolve(), /no finished shard/],
  [
    "a missing one",
    async (out) => {
      await makeShards(out, 3);
      await Deno.remove(shardPlace(out, { index: 2, count: 3 }).sums);
    },
    /shard-2-of-3\.safetensors": absent.*\nHint: run that shard again: .* --shard 2\/3/,
  ],
  [
    "several missing ones",
    async (out) => {
      await makeShards(out, 4);
      for (const index of [1, 2, 4]) await Deno.remove(shardPlace(out, { index, count: 4 }).sums);
    },
    /shard-1-of-4\.safetensors": absent, and 2 more not finished.*\nHint: run these again: 1,2,4;/,
  ],
  [
    "one that is begun",
    async (out) => {
      await makeShards(out, 2);
      const { sums, marker, work } = shardPlace(out, { index: 2, count: 2 });
      for (const path of [sums, marker]) await Deno.remove(path);
      await Deno.mkdir(work);
    },
    /shard-2-of-2\.safetensors": begun and not finished.*\nHint: wait for what still runs, or run that/,
  ],
  [
    "one without its marker",
    async (out) => {
      await makeShards(out, 3);
      await Deno.remove(shardPlace(out, { index: 3, count: 3 }).marker);
    },
    /shard-3-of-3\.safetensors": without its marker, expected 3 finished shards/,
  ],
  [
    "a changed byte",
    async (out) => {
      await makeShards(out, 3);
      const { sums } = shardPlace(out, { index: 2, count: 3 });
      const bytes = await Deno.readFile(sums);
      bytes[bytes.length - 9]! ^= 1;
      await Deno.writeFile(sums, bytes);
    },
    /shard-2-of-3\.safetensors": changed since it was written.*\nHint: run that shard again/,
  ],
  [
    "a cut file",
    async (out) => {
      await makeShards(out, 2);
      await Deno.truncate(shardPlace(out, { index: 1, count: 2 }).sums, 5000);
    },
    /shard-1-of-2\.safetensors": no whole safetensors file.*\nHint: run that shard again/,
  ],
  [
    "one of another run",
    async (out) => {
      await makeShards(out, 2);
      const other = join(out, "other");
      await makeShards(other, 2, { seed: 1 });
      for (const key of ["sums", "marker"] as const) {
        const [from, to] = [other, out].map((folder) =>
          shardPlace(folder, { index: 2, count: 2 })[key]
        );
        await Deno.rename(from!, to!);
      }
    },
    /shard-2-of-2\.safetensors": of another run: seed 1, not 0, expected the run of shard-1-of-2/,
  ],
  [
    "wrong counts",
    async (out) => {
      await makeShards(out, 3);
      await makeShards(out, 2);
    },
    /shards of runs in 2 and in 3 parts/,
  ],
  [
    "shards of another cut",
    async (out) => {
      await makeShards(out, 3);
      await Deno.remove(shardPlace(out, { index: 2, count: 3 }).sums);
      await moveShard(out, [1, 3], [1, 2]);
      await moveShard(out, [3, 3], [2, 2]);
    },
    /shard-1-of-2\.safetensors": shard 1\/3 under another name, expected a shard as it was written\nHint: run that/,
  ],
  [
    "one of another cut",
    async (out) => {
      await makeShards(out, 2);
      await makeShards(out, 3);
      await moveShard(out, [2, 3], [2, 2]);
      for (const index of [1, 3]) await Deno.remove(shardPlace(out, { index, count: 3 }).sums);
    },
    /shard-2-of-2\.safetensors": shard 2\/3 under another name, .+\n.* --shard 2\/2/,
  ],
  [
    "all blocks in the place of none",
    async (out) => {
      await makeShards(out, 9);
      await makeShards(out, 1);
      await moveShard(out, [1, 1], [1, 9]);
    },
    /shard-1-of-9\.safetensors": shard 1\/1 under another name/,
  ],
];
