import assert from "node:assert/strict";
import { geluOf } from "../../device/reference/gelu.ts";
import { geluArray } from "./gelu_table.ts";

Deno.test("geluArray() is the reference's GELU within 1e-12 whichever the form", () => {
  const x = Float32Array.from({ length: 200_001 }, (_, i) => (i - 100_000) / 10_000);
  const values = new Float64Array(x.length);
  for (const form of ["erf", "tanh"] as const) {
    geluArray(form)(x, values);
    const worst = x.reduce((w, v, i) => Math.max(w, Math.abs(values[i]! - geluOf(v, form))), 0);
    assert.ok(worst < 1e-12, `${form}: ${worst}`);
  }
});

Deno.test("geluArray() passes NaN and takes infinities to x or 0", () => {
  const values = new Float64Array(5);
  geluArray("tanh")(Float32Array.of(NaN, Infinity, -Infinity, 8, -8), values);
  assert.deepEqual([...values], [NaN, Infinity, 0, 8, 0]);
});
