import assert from "node:assert/strict";
import fc from "fast-check";
import { shown } from "./shown.ts";

Deno.test("shown() keeps four significant digits of any number", () => {
  const cases: [number, number][] = [
    [0.123456, 0.1235],
    [-0.0000123456, -0.00001235],
    [123456, 123500],
    [9999.6, 10000],
    [1000, 1000],
    [-0, 0],
    [NaN, NaN],
    [-Infinity, -Infinity],
    [1e-300, 1e-300],
  ];
  for (const [value, expected] of cases) assert.equal(shown(value), expected);
});

Deno.test("shown() is within half a unit of the fourth digit, and as short as it", () => {
  fc.assert(fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
    const y = shown(x);
    assert.ok(Math.abs(y - x) <= Math.abs(x) * 5.001e-4, `${x} ${y}`);
    assert.equal(Number(y.toPrecision(4)), y);
  }));
});
