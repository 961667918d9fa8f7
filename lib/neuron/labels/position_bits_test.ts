import assert from "node:assert/strict";
import fc from "fast-check";
import { groupFeatures, previousCodes, standingOf } from "./group_features.ts";
import { PositionBits } from "./position_bits.ts";

Deno.test("PositionBits gives back every bit by group when bits are random", () => {
  const sets = fc.record({
    positions: fc.integer({ min: 1, max: 60 }),
    count: fc.integer({ min: 1, max: 70 }),
    at: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 200 }),
  });
  fc.assert(fc.property(sets, ({ positions, count, at }) => {
    const names = Array.from({ length: count }, (_, f) => ({ name: `f${f}`, family: "test" }));
    const bits = new PositionBits(positions, names);
    const wanted = names.map(() => new Uint8Array(positions));
    for (const [p, f] of at) {
      bits.set(p % positions, f % count);
      wanted[f % count]![p % positions] = 1;
    }
    const { codes, groups, features } = bits.labelling("sequence");
    features.forEach(({ holds }, f) => {
      assert.deepEqual(Uint8Array.from(codes, (code) => holds[code]!), wanted[f]);
    });
    const rows = new Set(
      Array.from({ length: positions }, (_, p) => wanted.map((row) => row[p]).join()),
    );
    assert.equal(groups, rows.size);
  }));
});

Deno.test("PositionBits keeps thousands of different positions apart when its table grows", () => {
  const names = Array.from({ length: 40 }, (_, f) => ({ name: `f${f}`, family: "test" }));
  const bits = new PositionBits(20_000, names);
  for (let p = 0; p < 20_000; p++) {
    const row = p % 5000;
    for (let f = 0; f < 13; f++) if (row >> f & 1) bits.set(p, 27 + f);
  }
  const { codes, groups } = bits.labelling("sequence");
  assert.equal(groups, 5000);
  assert.deepEqual(codes.subarray(5000, 10_000), codes.subarray(0, 5000));
  assert.throws(() => bits.set(0, 40), /Cannot set "feature 40"/);
});

Deno.test("previousCodes() starts every row anew", () => {
  const codes = Int32Array.of(1, 2, 3, 4, 5, 6);
  assert.deepEqual([...previousCodes(codes, 3, 9)], [9, 1, 2, 9, 4, 5]);
});

Deno.test("groupFeatures() keeps features of the groups that occur", () => {
  const feature = (name: string, ...holds: number[]) => {
    return { name, family: "test", holds: Uint8Array.from(holds) };
  };
  const grouped = groupFeatures({
    name: "token",
    codes: Int32Array.of(4, 1, 1, 4, 4),
    groups: 5,
    features: [feature("a", 1, 1, 0, 0), feature("b", 0, 1, 0, 0, 1), feature("c", 1, 0, 1, 1)],
  });
  assert.deepEqual([...grouped.present], [1, 4]);
  assert.deepEqual([...grouped.counts], [2, 3]);
  assert.deepEqual([...grouped.held], [2, 5, 0]);
  assert.deepEqual([...grouped.rows], [0, 1]);
  assert.deepEqual([...grouped.starts], [0, 2, 3]);
  assert.deepEqual([...grouped.members], [0, 1, 1]);
});

Deno.test("standingOf() says why a feature has no variance on either side", () => {
  assert.deepEqual([0, 1, 2, 9, 10].map((held) => standingOf(held, 10)), [
    ...["never", "once", "judged", "once", "always"],
  ]);
});
