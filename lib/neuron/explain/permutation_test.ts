import assert from "node:assert/strict";
import { RandomStream } from "../../random.ts";
import { groupFeatures } from "../labels/group_features.ts";
import { permutationDraws } from "./permutation.ts";

const random = new RandomStream(2, "permutation");
const codes = Int32Array.from({ length: 9000 }, (_, i) => Math.floor(150 * random.uniform(i) ** 3));
const holds = Uint8Array.from({ length: 150 }, (_, group) => Number(group % 3 === 0));
const grouped = groupFeatures({
  name: "token",
  codes,
  groups: 200,
  features: [{ name: "third", family: "test", holds }],
});

Deno.test("permutationDraws() shuffles groups among neighbours of about their count", () => {
  const { present, counts } = grouped;
  const [draw, other] = permutationDraws(grouped, { seed: 7, draws: 2 });
  assert.deepEqual([...draw!.order].toSorted((a, b) => a - b), [...present.keys()]);
  assert.notDeepEqual(draw!.order, other!.order);
  const ranked = Array.from(counts).sort((a, b) => b - a);
  const block = (p: number) => Math.floor(ranked.indexOf(counts[p]!) / 32);
  const lastBlock = (p: number) => Math.floor(ranked.lastIndexOf(counts[p]!) / 32);
  draw!.order.forEach((from, p) => {
    assert.ok(block(from) <= lastBlock(p) && block(p) <= lastBlock(from), `${from} for ${p}`);
  });
  assert.ok(draw!.order.some((from, p) => from !== p));
});

Deno.test("permutationDraws() counts the positions that each feature then holds of", () => {
  const { present, counts } = grouped;
  for (const { order, held } of permutationDraws(grouped, { seed: 1, draws: 3 })) {
    const wanted = Array.from(present, (group, p) => holds[group] === 1 ? counts[order[p]!]! : 0);
    assert.equal(held[0], wanted.reduce((a, b) => a + b, 0));
  }
});

Deno.test("permutationDraws() depends on seed and name alone", () => {
  const orders = (seed: number) =>
    permutationDraws(grouped, { seed, draws: 2 }).map((d) => d.order);
  assert.deepEqual(orders(4), orders(4));
  assert.notDeepEqual(orders(4), orders(5));
  assert.deepEqual(permutationDraws(grouped, { seed: 4, draws: 1 })[0]!.order, orders(4)[0]);
});
