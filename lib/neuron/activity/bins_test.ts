import assert from "node:assert/strict";
import fc from "fast-check";
import { BIN_CENTERS, binOf, ORIGINAL_ACTIVE_BIN, POSITIVE_BIN, PRE_EDGES } from "./bins.ts";

/** The definition: edges strictly below. */
function leftSearch(x: number): number {
  return PRE_EDGES.filter((edge) => edge < x).length;
}

/** The next float64 above a number that is not 0. */
function above(x: number, steps = 1n): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  view.setBigInt64(0, view.getBigInt64(0) + (x > 0 ? steps : -steps));
  return view.getFloat64(0);
}

Deno.test("binOf() counts the edges below a number, at every edge and on both sides of it", () => {
  for (const edge of PRE_EDGES) {
    const beside = edge === 0
      ? [-Number.MIN_VALUE, Number.MIN_VALUE]
      : [above(edge), above(edge, -1n)];
    for (const x of [edge, Math.fround(edge), ...beside]) {
      assert.equal(binOf(x), leftSearch(x), `${x}`);
    }
  }
});

Deno.test("binOf() is a left search when numbers are drawn", () => {
  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.float({ min: -11, max: 16, noNaN: true }),
  );
  fc.assert(fc.property(number, (x) => assert.equal(binOf(x), leftSearch(x))), { numRuns: 2000 });
});

Deno.test("PRE_EDGES are linspace(-10, 15, 256) with 0 where the original looks for it", () => {
  assert.deepEqual([PRE_EDGES.length, PRE_EDGES[0], PRE_EDGES[255]], [256, -10, 15]);
  assert.ok(PRE_EDGES.every((edge, k) => Math.abs(edge - (-10 + k * 25 / 255)) < 1e-14));
  assert.deepEqual([PRE_EDGES[102], ORIGINAL_ACTIVE_BIN, POSITIVE_BIN], [0, 102, 103]);
  assert.deepEqual([binOf(0), binOf(-0), binOf(1e-300)], [102, 102, 103]);
  assert.ok(
    Math.abs(BIN_CENTERS[0]! + 10.049) < 1e-3 && Math.abs(BIN_CENTERS[256]! - 15.049) < 1e-3,
  );
});
