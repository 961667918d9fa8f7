import assert from "node:assert/strict";
import fc from "fast-check";
import { centred, dotRows, movedDeviations } from "./centred.ts";

const numbers = (length: number) =>
  fc.array(fc.integer({ min: -9000, max: 9000 }), { minLength: length, maxLength: length })
    .map((values) => Float64Array.from(values, (value) => value / 1000));

const deviationOf = (row: Float64Array, epsilon: number) => {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  return Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length + epsilon);
};

Deno.test("centred() takes each row's mean from it", () => {
  assert.deepEqual([...centred(Float32Array.of(1, 2, 6, -1, -1, 5), 3)], [-2, -1, 3, -2, -2, 4]);
});

Deno.test("dotRows() gives every product when rows are more and fewer than four", () => {
  for (const S of [1, 3, 4, 7]) {
    const a = Float64Array.of(1, 2, 3, 4);
    const b = Float64Array.from({ length: 2 * S }, (_, i) => i * i - 3);
    const expected = [0, 1].flatMap((r) =>
      Array.from({ length: S }, (_, s) => a[2 * r]! * b[2 * s]! + a[2 * r + 1]! * b[2 * s + 1]!)
    );
    assert.deepEqual([...dotRows(a, b, 2)], expected);
  }
});

Deno.test("movedDeviations() is the deviation of the moved residuals", () => {
  fc.assert(fc.property(numbers(10), numbers(15), numbers(6), (rows, directions, moves) => {
    const movement = {
      residual: centred(rows, 5),
      directions: centred(directions, 5),
      dModel: 5,
      epsilon: 1e-5,
    };
    const actual = movedDeviations(movement, moves);
    for (const n of [0, 1]) {
      const row = rows.slice(5 * n, 5 * n + 5).map((x, d) =>
        x + [0, 1, 2].reduce((sum, k) => sum + moves[3 * n + k]! * directions[5 * k + d]!, 0)
      );
      const expected = deviationOf(row, 1e-5);
      assert.ok(Math.abs(actual[n]! - expected) <= 1e-6 * (1 + expected));
    }
  }));
});

Deno.test("movedDeviations() is that of the epsilon alone when a move cancels the residual", () => {
  const residual = centred(Float64Array.of(1, 2, 4), 3);
  const movement = { residual, directions: residual, dModel: 3, epsilon: 1e-5 };
  assert.ok(Math.abs(movedDeviations(movement, Float64Array.of(-1))[0]! - Math.sqrt(1e-5)) < 1e-9);
});
