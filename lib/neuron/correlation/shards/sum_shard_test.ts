import assert from "node:assert/strict";
import { join } from "node:path";
import { openReference } from "../../../device/reference/mod.ts";
import { sha256File } from "../../../store/hash.ts";
import { lockFolder } from "../../../store/run/folder_lock.ts";
import { findShards, verifyShards } from "./find_shards.ts";
import { mergeShards, planMerge } from "./merge_shards.ts";
import { shardPlace } from "./shard_place.ts";
import { sumShard } from "./sum_shard.ts";
import { arrayBytes, type MadeRun, madeShard, madeWhole } from "./testing.ts";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Sums the shards in an order of arrival and merges them. */
async function mergedBytes(
  directory: string,
  { count, order, made = {} }: { count: number; order: readonly number[]; made?: MadeRun },
) {
  await using device = openReference();
  for (const index of order) {
    await sumShard(madeShard(device, { directory, shard: { index, count }, made }));
  }
  const found = await findShards(directory);
  await verifyShards(directory, found);
  return arrayBytes(await mergeShards(found, { device, memory: made.memory ?? 2 ** 30 }));
}

Deno.test("shards in any number and order of arrival merge into the bytes of the whole run", async () => {
  await using device = openReference();
  for (const made of [{}, { float16Moments: true }, { similarity: "jaccard", draws: 0 }] as const) {
    const whole = arrayBytes(await madeWhole(device, made));
    const cuts = [[1], [1, 2, 3, 4, 5, 6, 7], [5, 2, 7, 1, 6, 3, 4], [9, 1, 8, 2, 7, 3, 6, 4, 5]];
    for (const order of cuts) {
      await inFolder(async (folder) => {
        const bytes = await mergedBytes(folder, { count: order.length, order, made });
        assert.deepEqual(bytes, whole, `${order}`);
      });
    }
  }
});

Deno.test("shards summed and merged in several passes give the same bytes", async () => {
  await using device = openReference();
  const whole = arrayBytes(await madeWhole(device));
  await inFolder(async (folder) => {
    const shard = { index: 1, count: 1 };
    const { facts } = madeShard(device, { directory: folder, shard });
    const memory = planMerge(facts, 2 ** 30).peakBytes - 1;
    assert.ok(planMerge(facts, memory).passes.length > 1);
    assert.deepEqual(
      await mergedBytes(folder, { count: 2, order: [2, 1], made: { memory } }),
      whole,
    );
  });
});

Deno.test("sumShard() saves what it has when it is stopped, and goes on from there", async () => {
  await using device = openReference();
  const shard = { index: 1, count: 1 };
  await inFolder(async (folder) => {
    const { sums, marker, work } = shardPlace(folder, shard);
    const unbroken = join(folder, "unbroken");
    const expected = await sumShard(madeShard(device, { directory: unbroken, shard }));
    const starts: number[] = [];
    for (let start = 1; start <= 3; start++) {
      const stop = new AbortController();
      const reason = new Error("stopped");
      let first: number | undefined;
      const made = { signal: stop.signal };
      const run = {
        ...madeShard(device, { directory: folder, shard, made }),
        checkpointMinutes: Infinity,
        onProgress(done: number) {
          first ??= done;
          if (done === first + 2) stop.abort(reason);
        },
      };
      await assert.rejects(sumShard(run), reason);
      starts.push(first!);
      await assert.rejects(Deno.stat(sums), Deno.errors.NotFound);
      await assert.rejects(Deno.stat(marker), Deno.errors.NotFound);
    }
    assert.deepEqual(starts, [0, 2, 4]);
    const done = await sumShard(madeShard(device, { directory: folder, shard }));
    assert.deepEqual(done.marker, expected.marker);
    await assert.rejects(Deno.stat(work), Deno.errors.NotFound);
  });
});

Deno.test("sumShard() keeps a finished shard, and computes one again that is not as it was", async () => {
  await using device = openReference();
  const shard = { index: 2, count: 3 };
  await inFolder(async (folder) => {
    const run = () => {
      let blocks = 0;
      const made = madeShard(device, { directory: folder, shard });
      const counted = { ...made, onProgress: (done: number) => void (blocks = done) };
      return sumShard(counted).then(({ marker }) => ({ marker, blocks }));
    };
    const first = await run();
    assert.deepEqual([first.blocks > 0, (await run()).blocks], [true, 0]);
    const { sums, marker } = shardPlace(folder, shard);
    const bytes = await Deno.readFile(sums);
    bytes[bytes.length - 5]! ^= 1;
    for (
      const damage of [
        () => Deno.writeFile(sums, bytes),
        () => Deno.truncate(sums, 100),
        () => Deno.remove(sums),
        () => Deno.writeTextFile(marker, "{"),
        () => Deno.remove(marker),
      ]
    ) {
      await damage();
      assert.deepEqual(await run(), first);
      assert.equal((await sha256File(sums)).sha256, first.marker.sha256);
    }
  });
});

Deno.test("sumShard() computes a shard again that another one was put in the place of", async () => {
  await using device = openReference();
  const whole = arrayBytes(await madeWhole(device));
  await inFolder(async (folder) => {
    for (const index of [1, 2]) {
      await sumShard(madeShard(device, { directory: folder, shard: { index, count: 3 } }));
      const [from, to] = [3, 2].map((count) => shardPlace(folder, { index, count }));
      await Deno.rename(from!.sums, to!.sums);
      await Deno.rename(from!.marker, to!.marker);
    }
    await assert.rejects(findShards(folder), {
      code: "E-SHARD",
      message:
        /shard-1-of-2\.safetensors": shard 1\/3 under another name, expected a shard as it was written$/,
    });
    assert.deepEqual(await mergedBytes(folder, { count: 2, order: [1, 2] }), whole);
  });
});

Deno.test("sumShard() begins again when the checkpoint is damaged or of another run", async () => {
  await using device = openReference();
  const shard = { index: 1, count: 1 };
  await inFolder(async (folder) => {
    const path = join(shardPlace(folder, shard).work, "pass-0.safetensors");
    const stopAt = async (made: MadeRun) => {
      const stop = new AbortController();
      const run = madeShard(device, {
        directory: folder,
        shard,
        made: { ...made, signal: stop.signal },
      });
      const onProgress = (done: number) => done === 3 && stop.abort(new Error("stopped"));
      await assert.rejects(sumShard({ ...run, onProgress: (done) => void onProgress(done) }));
    };
    const firstOf = async (made: MadeRun) => {
      const seen: number[] = [];
      const run = madeShard(device, { directory: folder, shard, made });
      await sumShard({ ...run, onProgress: (done) => void seen.push(done) });
      return seen[0];
    };
    await stopAt({});
    await Deno.truncate(path, 300);
    assert.equal(await firstOf({}), 0);
    await stopAt({ seed: 1 });
    assert.equal(await firstOf({ seed: 2 }), 0);
  });
});

Deno.test("sumShard() refuses a shard that another process sums", async () => {
  await using device = openReference();
  const shard = { index: 1, count: 1 };
  await inFolder(async (folder) => {
    await using _lock = await lockFolder(shardPlace(folder, shard).work);
    const run = sumShard(madeShard(device, { directory: folder, shard }));
    await assert.rejects(run, { name: "NeuriteError", code: "E-BUSY" });
  });
});
