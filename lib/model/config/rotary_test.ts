import assert from "node:assert/strict";
import { rotaryFrequencies } from "./rotary.ts";

const exact = (dims: number, base = 10000) => rotaryFrequencies({ dims, base, rounding: "none" });
const rounded = (dims: number, base: number) =>
  rotaryFrequencies({ dims, base, rounding: "bfloat16" });

Deno.test("rotaryFrequencies() falls from 1 by equal ratios, one for each pair", () => {
  assert.deepEqual(exact(2), [1]);
  assert.deepEqual(exact(4), [1, 0.01]);
  const sixteen = exact(16);
  assert.equal(sixteen.length, 8);
  sixteen.forEach((frequency, i) => {
    assert.ok(Math.abs(frequency - Math.exp(-i / 8 * Math.log(10000))) < 1e-15);
  });
});

Deno.test("rotaryFrequencies() rounds to the nearest bfloat16 when the model was cast", () => {
  // 0.01 lies between 0.00994873046875 and 0.010009765625.
  assert.deepEqual(rounded(4, 10000), [1, 0.010009765625]);
  for (const [i, frequency] of rounded(32, 10000).entries()) {
    const bits = new Uint32Array(Float32Array.of(frequency).buffer)[0]!;
    assert.equal(bits & 0xffff, 0, `${frequency} is a bfloat16`);
    const apart = Math.abs(frequency - exact(32)[i]!);
    assert.ok(apart <= frequency * 2 ** -8, `${frequency} is ${apart} away`);
  }
});

Deno.test("rotaryFrequencies() rounds a tie to the even bfloat16", () => {
  // With base x⁻² and four dimensions the second frequency is x, halfway between two bfloat16s.
  const second = (x: number) => rounded(4, x ** -2)[1];
  assert.equal(second(1 + 2 ** -8), 1);
  assert.equal(second(1 + 3 * 2 ** -8), 1 + 2 ** -6);
});
