import assert from "node:assert/strict";
import { binOf, MatrixRows, TAIL } from "./matrix_rows.ts";
import { MatrixSummary, RowMaxima } from "./matrix_summary.ts";
import { mixed } from "./testing.ts";

const [ROWS, COLUMNS] = [5, 70];
const VALUES = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => mixed(i, 0));

function columnsOf(first: number, count: number): Float32Array {
  return VALUES.filter((_, i) => i % COLUMNS >= first && i % COLUMNS < first + count);
}

function fed(cuts: readonly number[]): MatrixRows {
  const summary = new MatrixRows(ROWS, COLUMNS);
  cuts.forEach((first, i) => {
    const count = (cuts[i + 1] ?? COLUMNS) - first;
    summary.add(columnsOf(first, count), { row: 0, column: first, shape: [ROWS, count] });
  });
  return summary;
}

Deno.test("MatrixRows finds what sorting and naive moments find", () => {
  const arrays = fed([0, 11, 64]).arrays();
  for (let row = 0; row < ROWS; row++) {
    const values = [...VALUES.subarray(row * COLUMNS, (row + 1) * COLUMNS)];
    const order = [...values.keys()].sort((a, b) => values[b]! - values[a]!);
    const ix = arrays["max_tail_corr_ix"]!.data.subarray(row * TAIL, (row + 1) * TAIL);
    assert.deepEqual([...ix as Int32Array], order.slice(0, TAIL));
    const low = arrays["min_tail_corr_ix"]!.data.subarray(row * TAIL, (row + 1) * TAIL);
    assert.deepEqual([...low as Int32Array], order.toReversed().slice(0, TAIL));
    assert.equal(arrays["min_corr"]!.data[row], values[order.at(-1)!]);
    const mean = values.reduce((sum, x) => sum + x, 0) / COLUMNS;
    const moment = (power: number) =>
      values.reduce((sum, x) => sum + (x - mean) ** power, 0) / COLUMNS;
    const expected = {
      "corr_mean": mean,
      "corr_var": moment(2),
      "corr_skew": moment(3) / moment(2) ** 1.5,
      "corr_kurt": moment(4) / moment(2) ** 2,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.ok(Math.abs(Number(arrays[name]!.data[row]) - value) < 1e-6, name);
    }
  }
  const bins = arrays["bin_counts"]!.data as Int32Array;
  assert.equal(bins.reduce((sum, count) => sum + count, 0), VALUES.length);
});

Deno.test("MatrixRows gives the same when the matrix comes in other tiles", () => {
  const [one, many] = [fed([0]).arrays(), fed([0, 1, 30, 69]).arrays()];
  for (const name of ["max_tail_corr", "max_tail_corr_ix", "min_tail_corr_ix", "bin_counts"]) {
    assert.deepEqual(one[name], many[name]);
  }
});

Deno.test("MatrixRows keeps the lower index of equal values, and 0 moments of a row without spread", () => {
  const summary = new MatrixRows(1, 4);
  summary.add(Float32Array.of(0, 0), { row: 0, column: 0, shape: [1, 2] });
  summary.add(Float32Array.of(0, 0), { row: 0, column: 2, shape: [1, 2] });
  const arrays = summary.arrays();
  assert.deepEqual([...arrays["max_tail_corr_ix"]!.data as Int32Array], [0, 1, 2, 3]);
  assert.deepEqual([...arrays["corr_kurt"]!.data as Float32Array], [0]);
});

Deno.test("binOf() puts an edge into the bin below it, and what is beyond into the outer bins", () => {
  assert.deepEqual([-1.5, -1, -0.9999, 1, 1.0001].map(binOf), [0, 0, 1, 99, 100]);
  for (let k = 0; k < 100; k++) assert.equal(binOf(-1 + 2 * k / 99), k);
});

Deno.test("MatrixSummary finds columns and diagonals across tiles, RowMaxima the same maxima", () => {
  const n = 6;
  const whole = Float32Array.from({ length: n * n }, (_, i) => mixed(i, 1));
  const summary = new MatrixSummary(n, n);
  const maxima = new RowMaxima(n);
  for (const column of [0, 2, 4]) {
    for (const row of [0, 3]) {
      const tile = whole.filter((_, i) => {
        const [r, c] = [Math.floor(i / n), i % n];
        return r >= row && r < row + 3 && c >= column && c < column + 2;
      });
      const place = { row, column, shape: [3, 2] as const };
      summary.add(tile, place);
      maxima.add(tile, place);
    }
  }
  const arrays = summary.arrays();
  assert.deepEqual([...arrays["diag_corr"]!.data], [...whole.filter((_, i) => i % (n + 1) === 0)]);
  assert.deepEqual([...arrays["obo_corr"]!.data], [...whole.filter((_, i) => i % (n + 1) === 1)]);
  assert.deepEqual(maxima.maxima(), summary.maxima());
  for (let column = 0; column < n; column++) {
    const values = [...whole.filter((_, i) => i % n === column)];
    const at = values.indexOf(Math.max(...values));
    assert.equal(arrays["max_corr_ix_T"]!.data[column], at);
  }
});
