import assert from "node:assert/strict";
import fc from "fast-check";
import { integers, normal } from "../../../tests/random.ts";
import { f32, runGraph, runOutputs } from "../../../tests/run_graph.ts";
import * as ops from "../ops.ts";

const FREQUENCIES = [1, 0.1];
const K = 6;

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function assertNear(actual: readonly number[], expected: readonly number[], limit = 1e-12): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) =>
    assert.ok(
      Object.is(value, expected[i]) || Math.abs(value - expected[i]!) <= limit,
      `${i}: ${value} against ${expected[i]}`,
    )
  );
}

/** One head's vector at a position, turned. */
function turned(vector: readonly number[], start: number): Promise<number[]> {
  return runGraph(
    { x: f32([1, 1, 1, vector.length], ...vector) },
    (g, v) => ops.rotary(g, v.x!, { frequencies: FREQUENCIES, start }),
  );
}

const vector = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), { minLength: K, maxLength: K });
const position = fc.integer({ min: 0, max: 500 });

Deno.test("rotary turns dimension i with i + R and leaves the rest", async () => {
  const [a, b, c, d, e, f] = await turned([1, 0, 0, 2, 5, 6], 3) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  assertNear([a, c], [Math.cos(3), Math.sin(3)]);
  assertNear([b, d], [-2 * Math.sin(3 * 0.1), 2 * Math.cos(3 * 0.1)], 1e-7);
  assert.deepEqual([e, f], [5, 6]);
});

Deno.test("rotary at position 0 changes nothing, and T rows are T positions of every head", async () => {
  const x = normal([2, 3, 2, K], 1);
  const all = await runGraph({ x }, (g, v) => ops.rotary(g, v.x!, { frequencies: FREQUENCIES }));
  for (let row = 0; row < 12; row++) {
    const at = Math.floor(row / 2) % 3;
    const own = [...x.data.subarray(row * K, (row + 1) * K)];
    const alone = await turned(own, at);
    assertNear(all.slice(row * K, (row + 1) * K), alone);
    if (at === 0) assertNear(alone, own);
  }
});

Deno.test("rotary keeps norms, and q·k depends only on how far apart they are", async () => {
  await fc.assert(
    fc.asyncProperty(vector, vector, position, position, position, async (q, k, m, n, shift) => {
      const here = await turned(q, m);
      assert.ok(Math.abs(dot(here, here) - dot(q, q)) < 1e-9);
      const there = [await turned(q, m + shift), await turned(k, n + shift)] as const;
      assert.ok(Math.abs(dot(here, await turned(k, n)) - dot(...there)) < 1e-9);
    }),
    { numRuns: 30 },
  );
});

Deno.test("attention scores are scaled products, −∞ after the query's own position", async () => {
  // Two queries, the last of three positions, one head of two dimensions.
  const feeds = { q: f32([1, 2, 1, 2], 1, 2, 3, 4), k: f32([1, 3, 1, 2], 1, 0, 0, 1, 1, 1) };
  const scores = await runGraph(feeds, (g, v) => ops.attentionScores(g, v.q!, v.k!, 0.5));
  assert.deepEqual(scores, [0.5, 1, -Infinity, 1.5, 2, 3.5]);
});

Deno.test("attention patterns are a softmax of the allowed scores, at any size of score", async () => {
  const ln = Math.log;
  const feeds = {
    scores: f32([1, 1, 3, 3], 5, 9, 9, ln(1), ln(3), 9, 3e4 + 8, 3e4 + 8, -3e4),
  };
  const pattern = await runGraph(feeds, (g, v) => ops.attentionPattern(g, v.scores!));
  assertNear(pattern, [1, 0, 0, 0.25, 0.75, 0, 0.5, 0.5, 0], 1e-7);
});

Deno.test("attention patterns do not change when a row's scores are shifted", async () => {
  const scores = normal([2, 2, 4, 4], 2, 3);
  const shift = integers([16], 3, 40);
  const shifted = {
    data: scores.data.map((score, i) => score + shift.data[Math.floor(i / 4)]!),
    shape: scores.shape,
  };
  const { a, b } = await runOutputs({ scores, shifted }, (g, v) => ({
    a: ops.attentionPattern(g, v.scores!),
    b: ops.attentionPattern(g, v.shifted!),
  }));
  assertNear(a!, b!, 1e-5);
});

Deno.test("attentionMix weighs each head's own values, also where a pattern is not causal", async () => {
  // Head 0 copies the last position everywhere, head 1 halves the first two.
  const pattern = f32([1, 2, 2, 3], 0, 0, 1, 0, 0, 1, 0.5, 0.5, 0, 0.5, 0.5, 0);
  const v = f32([1, 3, 2, 2], 1, 2, 10, 20, 3, 4, 30, 40, 5, 6, 50, 60);
  const z = await runGraph({ pattern, v }, (g, x) => ops.attentionMix(g, x.pattern!, x.v!));
  assert.deepEqual(z, [5, 6, 20, 30, 5, 6, 20, 30]);
});
