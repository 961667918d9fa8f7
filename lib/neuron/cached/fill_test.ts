import assert from "node:assert/strict";
import fc from "fast-check";
import type { HostArray } from "../../array.ts";
import type { ColumnTarget } from "./column_buffer.ts";
import { fillAggregated, fillOutput, fillPositions, type RowAggregation } from "./fill.ts";

/** [rows, T, F] with a value of its own everywhere. */
function layer(rows: number, T: number, F: number): HostArray {
  const data = Float32Array.from({ length: rows * T * F }, (_, i) => Math.sin(1 + i) * 8);
  return { data, shape: [rows, T, F] };
}

const chosen = { neurons: Int32Array.of(3, 0), columns: Int32Array.of(0, 2) };
const target = (data: ColumnTarget["data"], stride: number, at: number) => ({ data, stride, at });

Deno.test("fillPositions() puts each neuron's positions into its own column", () => {
  const values = layer(2, 3, 4);
  const data = new Float32Array(3 * 8);
  fillPositions(target(data, 8, 2), values, chosen, { overflowed: 0, nonFinite: 0 });
  const at = (neuron: number) => Array.from({ length: 6 }, (_, i) => values.data[i * 4 + neuron]);
  assert.deepEqual([...data], [0, 0, ...at(3), ...Array(8).fill(0), 0, 0, ...at(0)]);
});

Deno.test("fillPositions() counts what float16 cannot hold and what is not finite", () => {
  const counts = { overflowed: 0, nonFinite: 0 };
  const data = Float32Array.of(65519, 65520, -7e4, NaN, Infinity, 1);
  const one = { neurons: Int32Array.of(0), columns: Int32Array.of(0) };
  const values = { data, shape: [2, 3, 1] };
  const half = new Float16Array(6);
  fillPositions(target(half, 6, 0), values, one, counts);
  assert.deepEqual(counts, { overflowed: 2, nonFinite: 2 });
  assert.deepEqual([...half], [65504, Infinity, -Infinity, NaN, Infinity, 1]);
  fillPositions(target(new Float32Array(6), 6, 0), values, one, counts);
  assert.deepEqual(counts, { overflowed: 2, nonFinite: 4 });
});

Deno.test("fillAggregated() is the plain mean, maximum and last of the positions that count", () => {
  const [rows, T, F] = [3, 4, 5];
  const values = layer(rows, T, F);
  const mask = fc.array(fc.constantFrom(0, 1), { minLength: rows * T, maxLength: rows * T })
    .filter((mask) => [0, 1, 2].every((row) => mask.slice(row * T, row * T + T).includes(1)));
  const how = fc.constantFrom<RowAggregation["how"]>("mean", "max", "last");
  const property = fc.property(mask, how, fc.constantFrom(-Infinity, -1), (mask, how, low) => {
    const data = new Float32Array(2 * rows);
    const columns = { neurons: Int32Array.of(4, 1), columns: Int32Array.of(0, 1) };
    const counted = Uint8Array.from(mask);
    fillAggregated(target(data, rows, 0), values, columns, {
      counts: { overflowed: 0, nonFinite: 0 },
      aggregation: { how, counted, maskedMax: low },
    });
    for (const [column, neuron] of [4, 1].entries()) {
      for (let row = 0; row < rows; row++) {
        const at = (t: number) => Number(values.data[(row * T + t) * F + neuron]);
        const kept = [0, 1, 2, 3].filter((t) => mask[row * T + t]);
        const expected = how === "mean"
          ? kept.reduce((sum, t) => sum + at(t), 0) / kept.length
          : how === "last"
          ? at(kept.at(-1)!)
          : Math.max(...[0, 1, 2, 3].map((t) => mask[row * T + t] ? at(t) : low));
        assert.equal(data[column * rows + row], Math.fround(expected));
      }
    }
  });
  fc.assert(property);
});

Deno.test("fillAggregated() counts every position where there is no mask", () => {
  const values = layer(1, 3, 1);
  const one = { neurons: Int32Array.of(0), columns: Int32Array.of(0) };
  for (const how of ["mean", "max", "last"] as const) {
    const [masked, plain] = [Uint8Array.of(1, 1, 1), undefined].map((counted) => {
      const data = new Float32Array(1);
      const aggregation = { how, counted, maskedMax: -1 };
      const counts = { overflowed: 0, nonFinite: 0 };
      fillAggregated(target(data, 1, 0), values, one, { counts, aggregation });
      return data[0];
    });
    assert.equal(masked, plain);
  }
});

Deno.test("fillOutput() ends rows of T - 1 values with 0", () => {
  const data = new Int32Array(8);
  const rank = { data: Int32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] };
  fillOutput(target(data, 8, 0), rank, 4);
  assert.deepEqual([...data], [1, 2, 3, 0, 4, 5, 6, 0]);
  fillOutput(target(data, 8, 0), { data: Int32Array.of(9, 8, 7, 6), shape: [1, 4] }, 4);
  assert.deepEqual([...data].slice(0, 4), [9, 8, 7, 6]);
});
