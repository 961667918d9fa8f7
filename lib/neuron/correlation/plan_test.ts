import assert from "node:assert/strict";
import { planCorrelation, type PlanInput, usualBlockTokens } from "./plan.ts";

const SMALL = { layers: 12, width: 3072, weightBytes: 5e8 };
const INPUT: PlanInput = {
  base: SMALL,
  partners: [SMALL, SMALL],
  streams: ["real"],
  covariance: true,
  positions: 2048,
  blocks: 10,
  draws: 1,
};

Deno.test("planCorrelation() covers every pair of layers once, in fewer passes with more memory", () => {
  const passes = [6, 12, 64].map((gib) => {
    const plan = planCorrelation(INPUT, gib * 2 ** 30);
    const tiles = plan.passes.flat();
    const names = tiles.map(({ group, column }) =>
      `${column.partner} ${column.layer} ${group.from}`
    );
    assert.equal(new Set(names).size, 2 * 12 * 12);
    assert.equal(names.length, 2 * 12 * 12);
    assert.ok(plan.peakBytes <= gib * 2 ** 30);
    return plan.passes.length;
  });
  assert.ok(passes[0]! > passes[1]! && passes[1]! > passes[2]!, passes.join());
  assert.equal(passes[2], 1);
});

Deno.test("planCorrelation() cuts the same tiles whatever the memory", () => {
  const [little, much] = [8, 64].map((gib) => planCorrelation(INPUT, gib * 2 ** 30).passes.flat());
  assert.deepEqual(little, much);
});

Deno.test("planCorrelation() joins layers of small models into one tile", () => {
  const tiny = { layers: 4, width: 512, weightBytes: 1e6 };
  const { groups, sumBytes, productFlop } = planCorrelation(
    { ...INPUT, base: tiny, partners: [tiny] },
    2 ** 30,
  );
  assert.deepEqual(groups, [{ from: 0, to: 4, start: 0, rows: 2048 }]);
  assert.equal(sumBytes, 8 * (2048 * 2048 + 4 * 512 * 512));
  assert.equal(productFlop, 2 * (2048 * 2048 + 4 * 512 * 512) * 2048 * 10);
});

Deno.test("usualBlockTokens() takes more tokens for few neurons, by the largest model", () => {
  const shape = (layers: number, width: number) => ({ layers, width, weightBytes: 0 });
  const tokens = (...[base, ...partners]: [number, number][]) =>
    usualBlockTokens({ base: shape(...base!), partners: partners.map((each) => shape(...each)) });
  assert.equal(tokens([4, 512], [4, 512]), 8192);
  assert.equal(tokens([1, 1], [1, 1]), 8192);
  assert.equal(tokens([4, 512], [6, 1024], [4, 512]), 2048);
  assert.equal(tokens([4, 1024], [4, 512]), 4096);
  assert.equal(tokens([12, 3072], [4, 512]), 2048);
});

Deno.test("planCorrelation() says what it needs when one tile does not fit", () => {
  assert.throws(() => planCorrelation(INPUT, 2 ** 30), {
    code: "E-DEVICE-MEMORY",
    message: /one tile/,
  });
});
