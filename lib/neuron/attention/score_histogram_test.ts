import assert from "node:assert/strict";
import fc from "fast-check";
import { scoreEdges, ScoreHistogram, scoreRange } from "./score_histogram.ts";

Deno.test("scoreRange() is the narrowest of 12.5, its halves and doubles when values are known", () => {
  const cases = [[0.01, 12.5 / 128], [0.4, 12.5 / 16], [6.25, 12.5], [12.4, 12.5], [13, 25]];
  for (const [largest, range] of cases) assert.equal(scoreRange(largest!), range);
  assert.equal(scoreRange(1e9), 100);
});

Deno.test("ScoreHistogram counts every value between its edges when the range holds it", () => {
  const value = fc.integer({ min: -20_000, max: 20_000 }).map((i) => i / 1024);
  const values = fc.array(value, { minLength: 1 });
  fc.assert(fc.property(values, (values) => {
    const histogram = new ScoreHistogram();
    for (const value of values) histogram.add(value);
    const range = scoreRange(histogram.largest);
    const edges = scoreEdges(range);
    const expected = new Int32Array(100);
    for (const value of values) expected[Math.floor((value + range) / (range / 50))]!++;
    assert.deepEqual([...histogram.counts(range)], [...expected]);
    assert.deepEqual([edges[0], edges[50], edges[100]], [-range, 0, range]);
    assert.equal(histogram.beyond, 0);
  }));
});

Deno.test("ScoreHistogram tells of values that no range holds", () => {
  const histogram = new ScoreHistogram();
  for (const value of [-100.5, 3, 1e6]) histogram.add(value);
  assert.equal(histogram.beyond, 2);
  assert.equal(histogram.counts(100).reduce((a, b) => a + b), 1);
});
