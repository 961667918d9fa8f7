import assert from "node:assert/strict";
import fc from "fast-check";
import { float16Decimal, float32Decimal, pythonText } from "./number_text.ts";

Deno.test("float16Decimal() is the decimal NumPy prints for a float16", () => {
  // Printed by NumPy in the published tables.
  for (
    const text of ["0.8027", "0.893", "0.12305", "0.09845", "0.2249", "0.989", "0.6562", "0.1562"]
  ) {
    const value = Math.f16round(Number(text));
    assert.equal(String(float16Decimal(value)), text);
  }
  assert.deepEqual([0.65625, -0.65625, 0.34375].map(float16Decimal), [0.6562, -0.6562, 0.3438]);
  assert.equal(float16Decimal(0.80269), 0.8027, "rounds first");
  assert.ok(Number.isNaN(float16Decimal(NaN)));
});

Deno.test("float32Decimal() is short and reads back to the same float32", () => {
  assert.equal(float32Decimal(Math.fround(0.38197115)), 0.38197115);
  assert.equal(float32Decimal(Math.fround(0.1)), 0.1);
  assert.equal(float32Decimal(2 ** 24 + 2), 16777218);
  fc.assert(fc.property(fc.float({ noNaN: true }), (x) => {
    assert.equal(Math.fround(float32Decimal(x)), x);
    const digits = float32Decimal(x).toExponential().replace(/e.*|[-.]/g, "");
    assert.ok(digits.length <= 9, digits);
  }));
});

Deno.test("pythonText() writes as Python's repr does", () => {
  const cases: [number, string][] = [
    [0, "0.0"],
    [-0, "-0.0"],
    [1, "1.0"],
    [0.6, "0.6"],
    [-0.5, "-0.5"],
    [0.0001, "0.0001"],
    [0.00012, "0.00012"],
    [0.000012, "1.2e-05"],
    [-9.1998336e-05, "-9.1998336e-05"],
    [1e-5, "1e-05"],
    [2.5e-12, "2.5e-12"],
    [1e-123, "1e-123"],
    [123456789, "123456789.0"],
    [1e16, "1e+16"],
    [0.5031666666666667, "0.5031666666666667"],
    [0.01719152, "0.01719152"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [NaN, ""],
  ];
  for (const [value, text] of cases) assert.equal(pythonText(value), text);
});

Deno.test("pythonText() reads back to the same number", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
    assert.equal(Number(pythonText(x)), x);
  }));
});
