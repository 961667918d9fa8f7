import assert from "node:assert/strict";
import { f32, i32, runGraph, runOutputs } from "../../../tests/run_graph.ts";
import { UNEMBED_STATS } from "../graph.ts";
import * as ops from "../ops.ts";

/** Three tokens with logits that are x times these. */
const W = f32([3, 1], 0, Math.log(2), Math.log(5));
const near = (actual: number | undefined, expected: number, limit = 1e-6) =>
  assert.ok(Math.abs(actual! - expected) <= limit, `${actual} against ${expected}`);

Deno.test("unembedStats gives the statistics of a softmax known by hand", async () => {
  // Logits ln 1, ln 2, ln 5: probabilities 1/8, 2/8, 5/8. Row 1 is uniform.
  const feeds = { x: f32([2, 1], 1, 0), W, targets: i32(1, 2), columns: i32(2, 0, 2) };
  const stats = await runOutputs(feeds, (g, v) => {
    const { targets, columns } = v;
    const given = ops.unembedStats(g, v.x!, v.W!, { targets, columns, stats: UNEMBED_STATS });
    return given as Required<typeof given>;
  });
  near(stats.logZ![0], Math.log(8));
  near(stats.logZ![1], Math.log(3));
  const entropy = -(1 / 8 * Math.log(1 / 8) + 2 / 8 * Math.log(2 / 8) + 5 / 8 * Math.log(5 / 8));
  near(stats.entropy![0], entropy);
  near(stats.entropy![1], Math.log(3));
  near(stats.targetLogit![0], Math.log(2));
  assert.equal(stats.targetLogit![1], 0);
  assert.deepEqual(stats.rank, [1, 0], "ties do not count");
  const [a, b] = [W.data[2]!, W.data[0]!];
  assert.deepEqual(stats.columnLogits, [a, b, a, 0, 0, 0]);
});

Deno.test("unembedStats does not overflow and adds the bias to every row", async () => {
  const feeds = { x: f32([2, 1], 4e4, -4e4), W: f32([2, 1], 1, 0), bias: f32([2], 0, 3) };
  const { logZ, entropy } = await runOutputs(feeds, (g, v) => {
    const given = ops.unembedStats(g, v.x!, v.W!, { bias: v.bias, stats: ["logZ", "entropy"] });
    return { logZ: given.logZ!, entropy: given.entropy! };
  });
  assert.deepEqual(logZ, [4e4, 3]);
  assert.deepEqual(entropy, [0, 0]);
});

Deno.test("unembedStats scales products and base, not the bias", async () => {
  const feeds = {
    x: f32([2, 1], 1, -2),
    W: f32([2, 1], 3, 5),
    base: f32([2, 2], 10, 20, 30, 40),
    scale: f32([2], 2, 0.5),
    bias: f32([2], 100, 200),
    columns: i32(0, 1),
  };
  const columnLogits = await runGraph(feeds, (g, v) => {
    const { columns, base, scale, bias } = v;
    const options = { columns, base, scale, bias, stats: ["columnLogits"] as const };
    return ops.unembedStats(g, v.x!, v.W!, options).columnLogits!;
  });
  assert.deepEqual(columnLogits, [2 * 13 + 100, 2 * 25 + 200, 0.5 * 24 + 100, 0.5 * 30 + 200]);
});

Deno.test("logits are products with the rows of W_U, plus the bias", async () => {
  const feeds = {
    x: f32([2, 2], 1, 2, 3, 4),
    W: f32([3, 2], 1, 0, 0, 1, 1, 1),
    b: f32([3], 0, 10, 20),
  };
  const plain = await runGraph(feeds, (g, v) => ops.logits(g, v.x!, v.W!));
  assert.deepEqual(plain, [1, 2, 3, 3, 4, 7]);
  const shifted = await runGraph(feeds, (g, v) => ops.logits(g, v.x!, v.W!, v.b!));
  assert.deepEqual(shifted, [1, 12, 23, 3, 14, 27]);
});
