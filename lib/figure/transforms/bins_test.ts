import assert from "node:assert/strict";
import fc from "fast-check";
import { binEdges, binOf, countBins, countGrid } from "./bins.ts";
import { X, Y } from "./testing.ts";

Deno.test("countBins() and countGrid() are NumPy's histogram and histogram2d", () => {
  const x = { low: -2, high: 2, count: 8 };
  const { counts } = countBins(X, x);
  // numpy 2.4.6, density=True: of 95 values inside, in bins of a half
  assert.deepEqual([...counts], [5, 13, 11, 23, 19, 18, 5, 1]);
  const grid = countGrid(X, Y, { x: { ...x, count: 4 }, y: { low: -1, high: 2, count: 3 } });
  assert.deepEqual([...grid.counts], [11, 6, 0, 0, 7, 28, 27, 4, 0, 0, 10, 2]);
  assert.equal(grid.outside, 5);
});

Deno.test("countBins() counts as NumPy at the edges (0.3 is below 3 × 0.1), and what it leaves out", () => {
  const tenths = { low: 0, high: 1, count: 10 };
  const { counts, leftOut, outside } = countBins(
    [0, 0.1, 0.3, 0.7, 0.9, 1, -0.1, 1.1, NaN, -Infinity],
    tenths,
  );
  assert.deepEqual([...counts], [1, 1, 1, 0, 0, 0, 1, 0, 0, 2]);
  assert.deepEqual([leftOut, outside], [2, 2]);
  assert.throws(() => countBins([1], { low: 1, high: 1, count: 4 }), RangeError);
  assert.throws(() => countBins([1], { low: 0, high: NaN, count: 4 }), RangeError);
  assert.throws(() => countBins([1], { low: 0, high: 1, count: 0 }), RangeError);
  assert.throws(() => countGrid([1], [], { x: tenths, y: tenths }), RangeError);
});

Deno.test("binOf() agrees with the edges for any bins and value", () => {
  const end = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      end,
      end,
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (
        a,
        b,
        count,
        share,
      ) => {
        const bins = { low: Math.min(a, b), high: Math.max(a, b), count };
        // Below this the edges of a bin are the same float64.
        fc.pre(bins.high - bins.low > 1e-6);
        const value = Math.min(bins.high, bins.low + share * (bins.high - bins.low));
        const bin = binOf(bins, value);
        const edges = binEdges(bins);
        assert.ok(edges[bin]! <= value && value <= edges[bin + 1]!);
        assert.ok(value < edges[bin + 1]! || bin === count - 1);
        assert.equal(binOf(bins, bins.high + 1), -1);
      },
    ),
  );
});
