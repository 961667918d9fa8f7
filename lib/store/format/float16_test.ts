import assert from "node:assert/strict";
import { widenBfloat16, widenFloat16 } from "./float16.ts";

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

function sign(bits: number): number {
  return bits >> 15 ? -1 : 1;
}

Deno.test("widenFloat16() follows IEEE 754 for every bit pattern", () => {
  const target = new Float32Array(65536);
  widenFloat16(ALL_BITS, target);
  for (const bits of ALL_BITS) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const wanted = exponent === 31 ? (fraction ? NaN : sign(bits) * Infinity) : sign(bits) *
      (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
    assert.ok(Object.is(target[bits], wanted), `pattern ${bits}: ${target[bits]}, ${wanted}`);
  }
});

Deno.test("widenBfloat16() follows its definition for every bit pattern", () => {
  const target = new Float32Array(65536);
  widenBfloat16(ALL_BITS, target);
  for (const bits of ALL_BITS) {
    const exponent = (bits >> 7) & 255;
    const fraction = bits & 127;
    const wanted = exponent === 255 ? (fraction ? NaN : sign(bits) * Infinity) : sign(bits) *
      (exponent ? 2 ** (exponent - 127) * (1 + fraction / 128) : 2 ** -126 * (fraction / 128));
    assert.ok(Object.is(target[bits], wanted), `pattern ${bits}: ${target[bits]}, ${wanted}`);
  }
});
