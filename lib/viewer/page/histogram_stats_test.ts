import assert from "node:assert/strict";
import fc from "fast-check";
import { addCounts, density, quantile, total } from "./histogram_stats.ts";

const EDGES = [0, 1, 2, 4];

Deno.test("quantile() lies on a line within its bin", () => {
  // Bin 1 is 0 < x ≤ 1 and bin 3 is 2 < x ≤ 4.
  const histogram = { first: 1, counts: [10, 0, 10] };
  assert.equal(quantile(histogram, EDGES, 0), 0);
  assert.equal(quantile(histogram, EDGES, 0.25), 0.5);
  assert.equal(quantile(histogram, EDGES, 0.5), 1);
  assert.equal(quantile(histogram, EDGES, 0.75), 3);
  assert.equal(quantile(histogram, EDGES, 1), 4);
  assert.ok(Number.isNaN(quantile({ first: 0, counts: [] }, EDGES, 0.5)));
});

Deno.test("quantile() takes a bin without an edge to be as wide as its neighbour", () => {
  assert.equal(quantile({ first: 0, counts: [4] }, EDGES, 0), -1);
  assert.equal(quantile({ first: 4, counts: [4] }, EDGES, 1), 6);
});

Deno.test("quantile() rises with its share when counts are random", () => {
  const counts = fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(counts, fc.double({ min: 0, max: 1, noNaN: true }), (counts, q) => {
    fc.pre(counts.some((count) => count > 0));
    const histogram = { first: 0, counts };
    assert.ok(quantile(histogram, EDGES, q / 2) <= quantile(histogram, EDGES, q) + 1e-12);
  }));
});

Deno.test("density() has an area of 1", () => {
  const points = density({ first: 1, counts: [3, 1, 4] }, EDGES);
  const area = [1, 1, 2].reduce((sum, width, k) => sum + width * points[k + 1]![1], 0);
  assert.ok(Math.abs(area - 1) < 1e-12);
  assert.equal(points[0]![1], 0);
  assert.equal(points.at(-1)![1], 0);
});

Deno.test("addCounts() keeps every count when histograms begin at different bins", () => {
  const sum = addCounts([{ first: 2, counts: [1, 2] }, { first: 0, counts: [5] }]);
  assert.deepEqual(sum, { first: 0, counts: [5, 0, 1, 2] });
  assert.equal(total(sum), 8);
});
