import assert from "node:assert/strict";
import fc from "fast-check";
import { openReference } from "../../../device/reference/mod.ts";
import { findShards } from "./find_shards.ts";
import { mergeShards } from "./merge_shards.ts";
import { sumShard } from "./sum_shard.ts";
import { arrayBytes, madeShard, madeWhole } from "./testing.ts";

/** The numbers of all shards of a run, in any order. */
const arrivals = fc.integer({ min: 1, max: 9 }).chain((count) => {
  const all = Array.from({ length: count }, (_, i) => i + 1);
  return fc.shuffledSubarray(all, { minLength: count, maxLength: count });
});

Deno.test("mergeShards() gives the bytes of the whole run for any count in any order of arrival", async () => {
  await using device = openReference();
  const whole = arrayBytes(await madeWhole(device));
  await fc.assert(
    fc.asyncProperty(arrivals, async (order) => {
      const directory = await Deno.makeTempDir();
      try {
        for (const index of order) {
          await sumShard(madeShard(device, { directory, shard: { index, count: order.length } }));
        }
        const merged = await mergeShards(await findShards(directory), { device, memory: 2 ** 30 });
        assert.deepEqual(arrayBytes(merged), whole);
      } finally {
        await Deno.remove(directory, { recursive: true });
      }
    }),
    { numRuns: 8, seed: 0 },
  );
});
