import assert from "node:assert/strict";
import fc from "fast-check";
import { letterValues, tukeyDepth } from "./letter_values.ts";
import { X } from "./testing.ts";

function close(ours: ArrayLike<number>, theirs: readonly number[]): void {
  assert.equal(ours.length, theirs.length);
  theirs.forEach((value, i) => assert.ok(Math.abs(ours[i]! - value) < 1e-12, `${i}: ${ours[i]}`));
}

Deno.test("letterValues() are seaborn's with k_depth tukey", () => {
  // seaborn 0.13.2, LetterValues("tukey", 0.007, 0.05)
  const { median, boxes, outliers } = letterValues(X);
  close([median], [-0.1329739202483644]);
  close(boxes.map(({ low }) => low), [
    ...[-0.7609084404129329, -1.3384475648634537, -1.673394921358114],
  ]);
  close(boxes.map(({ high }) => high), [
    ...[0.4936701191351427, 0.8190590451888224, 1.0041424574798001],
  ]);
  assert.equal(outliers.length, 14);
  close([outliers[0]!, outliers.at(-1)!], [-2.4109944726404047, 2.435015402398677]);
});

Deno.test("tukeyDepth() leaves 5 to 8 values beyond each end of samples of 32 and more", () => {
  for (
    const [count, depth] of [[1, 1], [15, 1], [31, 1], [32, 2], [63, 2], [64, 3], [36_864, 12]]
  ) {
    assert.equal(tukeyDepth(count!), depth, `${count}`);
  }
  const count = fc.integer({ min: 32, max: 3000 });
  fc.assert(fc.property(count, (n) => {
    const { outliers } = letterValues(Array.from({ length: n }, (_, i) => (i * 7919) % n));
    assert.ok(outliers.length >= 8 && outliers.length <= 16, `${outliers.length} of ${n}`);
  }));
});

Deno.test("letterValues() nest, and leave out what is not finite", () => {
  fc.assert(fc.property(fc.array(fc.double(), { maxLength: 100 }), (values) => {
    const { count, leftOut, median, boxes, outliers } = letterValues(values);
    assert.equal(count, values.filter(Number.isFinite).length);
    assert.equal(leftOut, values.length - count);
    if (count === 0) return;
    assert.ok(boxes[0]!.low <= median && median <= boxes[0]!.high);
    boxes.slice(1).forEach(({ low, high }, i) =>
      assert.ok(low <= boxes[i]!.low && high >= boxes[i]!.high)
    );
    const inside = values.filter((x) => x >= boxes.at(-1)!.low && x <= boxes.at(-1)!.high).length;
    assert.equal(inside + outliers.length, count);
  }));
});
