import assert from "node:assert/strict";
import fc from "fast-check";
import { geluOf } from "../../device/reference/gelu.ts";
import { mean, moment } from "../explain/testing.ts";
import { positionInformation, positionStatistics } from "./position_information.ts";
import { flatUniversal, informationNumbers } from "./position_neurons.ts";

const entropy = (p: number) =>
  p === 0 || p === 1 ? 0 : -p * Math.log(p) - (1 - p) * Math.log(1 - p);
const rows = fc.record({ B: fc.integer({ min: 2, max: 8 }), T: fc.integer({ min: 1, max: 9 }) })
  .chain(({ B, T }) =>
    fc.record({
      T: fc.constant(T),
      values: fc.array(fc.integer({ min: -40, max: 40 }), {
        minLength: B * T,
        maxLength: B * T,
      }),
    })
  );

Deno.test("positionStatistics() is entropy less mean entropy by position, and plain moments", () => {
  fc.assert(fc.property(rows, ({ T, values: whole }) => {
    const values = Float32Array.from(whole, (x) => x / 8);
    const at = (p: number) => Array.from(values).filter((_, i) => i % T === p);
    const places = Array.from({ length: T }, (_, p) => at(p));
    const shares = places.map((own) => own.filter((x) => x > 0).length / own.length);
    const found = positionStatistics(values, T, "erf");
    const wanted = entropy(mean(shares)) - mean(shares.map(entropy));
    // The 1e-9 inside the logarithm is the release's.
    assert.ok(Math.abs(found.information - wanted) < 1e-6, `${found.information} ${wanted}`);
    places.forEach((own, p) => {
      const post = own.map((x) => geluOf(x, "erf"));
      assert.ok(Math.abs(found.pre.mean[p]! - mean(own)) < 1e-9);
      assert.ok(Math.abs(found.pre.sd[p]! - Math.sqrt(moment(own, 2))) < 1e-9);
      assert.ok(Math.abs(found.post.mean[p]! - mean(post)) < 1e-9);
      assert.ok(Math.abs(found.post.sd[p]! - Math.sqrt(moment(post, 2))) < 1e-9);
    });
    const means = places.map(mean);
    assert.ok(Math.abs(found.sdOfMeans - Math.sqrt(moment(means, 2))) < 1e-9);
    const sds = places.map((own) => Math.sqrt(moment(own, 2)));
    assert.ok(Math.abs(found.meanOfSds - mean(sds)) < 1e-9);
  }));
});

Deno.test("positionInformation() is 0 of a sign that never changes", () => {
  assert.equal(positionInformation([0, 0, 0]), 0);
  assert.equal(positionInformation([1, 1]), 0);
});

Deno.test("flatUniversal() is strict at both borders and leaves out NaN", () => {
  const columns = {
    layer: [0, 0, 1, 1, 2],
    neuron: [0, 1, 10, 3, 4],
    kurt: [1.9, 2, 1, 1, NaN],
    excess: [0.6, 0.6, 0.51, 0.5, 0.9],
  };
  assert.deepEqual(flatUniversal(columns, { kurt: 2, excess: 0.5 }), ["0.0", "1.10"]);
});

Deno.test("informationNumbers() judges the printed neurons of the paper's model alone", () => {
  const statistics = positionStatistics(Float32Array.of(1, -1, 1, -1), 2, "tanh");
  const found = [{ ...statistics, neuron: "5.386", information: 0.09104 }];
  assert.deepEqual(informationNumbers("tiny-gpt2-a", found), []);
  const judge = (information: number) =>
    informationNumbers("stanford-gpt2-medium-a", [{ ...found[0]!, information }])[0]!.verdict;
  assert.deepEqual([judge(0.09104), judge(0.0912)], ["pass", "fail"]);
});
