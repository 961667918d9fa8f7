import assert from "node:assert/strict";
import { philox, RandomStream } from "./random.ts";

Deno.test("philox() gives the published known answers", () => {
  const hex = (words: number[]) =>
    words.map((word) => word.toString(16).padStart(8, "0")).join(" ");
  const ones = 0xffffffff;
  assert.equal(hex(philox([0, 0, 0, 0], [0, 0])), "6627e8d5 e169c58d bc57ac4c 9b00dbd8");
  assert.equal(
    hex(philox([ones, ones, ones, ones], [ones, ones])),
    "408f276d 41c83b0e a20bc7c6 6d5451fd",
  );
  assert.equal(
    hex(philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])),
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  );
});

Deno.test("RandomStream draws do not depend on the order of drawing", () => {
  const stream = new RandomStream(3, "years");
  const forward = [0, 1, 2, 3].map((index) => stream.uniform(index));
  const backward = [3, 2, 1, 0].map((index) => stream.uniform(index)).reverse();
  assert.deepEqual(forward, backward);
  assert.notEqual(stream.uniform(0), new RandomStream(3, "nouns").uniform(0));
  assert.notEqual(stream.uniform(0), new RandomStream(4, "years").uniform(0));
});

Deno.test("RandomStream.integer() covers its range evenly", () => {
  const stream = new RandomStream(5, "dice");
  const counts = new Array(6).fill(0);
  for (let index = 0; index < 6000; index++) counts[stream.integer(index, 6)]++;
  // 6,000 throws: standard deviation 29, so 150 is over five of them.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 150, `${counts}`);
});

Deno.test("RandomStream refuses seeds it cannot hold", () => {
  for (const seed of [-1, 0.5, 2 ** 32, NaN]) {
    assert.throws(() => new RandomStream(seed, "x"), RangeError);
  }
});
