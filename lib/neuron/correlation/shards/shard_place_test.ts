import assert from "node:assert/strict";
import fc from "fast-check";
import { SHARD_FILE, shardPlace, shardRange } from "./shard_place.ts";

Deno.test("shardRange() gives each block to one shard, and shares that differ by one at most", () => {
  const sizes = fc.tuple(fc.nat(2 ** 31), fc.integer({ min: 1, max: 300 }));
  fc.assert(fc.property(sizes, ([blocks, count]) => {
    let [covered, least, most] = [0, Infinity, 0];
    for (let index = 1; index <= count; index++) {
      const [start, end] = shardRange(blocks, { index, count });
      assert.equal(start, covered);
      covered = end;
      least = Math.min(least, end - start);
      most = Math.max(most, end - start);
    }
    assert.equal(covered, blocks);
    assert.ok(most - least <= 1);
  }));
});

Deno.test("shardPlace() names files that SHARD_FILE finds", () => {
  const { sums, marker } = shardPlace("out", { index: 3, count: 12 });
  assert.deepEqual(SHARD_FILE.exec(sums.split(/[/\\]/).at(-1)!)?.slice(1), ["3", "12"]);
  assert.equal(SHARD_FILE.exec(marker), null);
});
