import assert from "node:assert/strict";
import fc from "fast-check";
import { normal } from "../../../tests/random.ts";
import { f32, i32, runGraph, runOutputs } from "../../../tests/run_graph.ts";
import type { WriteKind } from "../graph.ts";
import * as ops from "../ops.ts";
import { matmul } from "./dense.ts";
import { geluOf } from "./gelu.ts";

Deno.test("matmul() multiplies rows by columns", () => {
  const product = matmul(
    Float64Array.of(1, 2, 3, 4, 5, 6),
    Float64Array.of(1, 0, 2, 1, 0, 3),
    3,
    2,
  );
  assert.deepEqual([...product], [1 + 4, 2 + 9, 4 + 10, 5 + 18]);
});

Deno.test("matmul() is linear in its rows", () => {
  const row = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 3, maxLength: 3 });
  const matrix = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 6, maxLength: 6 });
  fc.assert(fc.property(row, row, matrix, (a, b, m) => {
    const by = (x: number[]) => matmul(Float64Array.from(x), Float64Array.from(m), 3, 2);
    const [left, right] = [by(a), by(b)];
    assert.deepEqual([...by(a.map((x, i) => x + b[i]!))], [...left.map((x, i) => x + right[i]!)]);
  }));
});

Deno.test("concat puts the rows of one behind those of the other", async () => {
  const a = f32([2, 1, 2], 1, 2, 3, 4);
  const b = f32([2, 2, 2], 5, 6, 7, 8, 9, 10, 11, 12);
  const joined = await runGraph({ a, b }, (g, v) => ops.concat(g, v.a!, v.b!));
  assert.deepEqual(joined, [1, 2, 5, 6, 7, 8, 3, 4, 9, 10, 11, 12]);
});

Deno.test("gather takes rows in the asked order and refuses ids outside the table", async () => {
  const table = f32([3, 2], 1, 2, 3, 4, 5, 6);
  const take = (...ids: number[]) =>
    runGraph({ table, ids: i32(...ids) }, (g, v) => ops.gather(g, v.table!, v.ids!));
  assert.deepEqual(await take(2, 0, 2), [5, 6, 1, 2, 5, 6]);
  for (const id of [3, -1]) {
    await assert.rejects(async () => await take(id), {
      name: "RangeError",
      message: `Cannot gather "row ${id}": outside the table, expected 0 to 2`,
    });
  }
});

Deno.test("linear adds the bias before the activation and the residual after it", async () => {
  const feeds = {
    x: f32([1, 2], 1, 2),
    w: f32([2, 2], 1, 0, 0, -1),
    b: f32([2], 0.5, 1),
    r: f32([1, 2], 100, 200),
  };
  for (const form of ["erf", "tanh"] as const) {
    const y = await runGraph(feeds, (g, v) =>
      ops.linear(g, v.x!, v.w!, {
        bias: v.b,
        residual: v.r,
        activation: `gelu_${form}`,
      }));
    assert.deepEqual(y, [geluOf(1.5, form) + 100, geluOf(-1, form) + 200]);
  }
});

Deno.test("each head's results sum to the whole product", async () => {
  const [B, T, H, K, D] = [2, 3, 4, 5, 7];
  const feeds = {
    z: normal([B, T, H, K], 1),
    w: normal([H * K, D], 2),
    b: normal([D], 3),
  };
  const { apart, whole, alone } = await runOutputs(feeds, (g, v) => ({
    apart: ops.sumHeads(g, ops.headResult(g, v.z!, v.w!), v.b!),
    whole: ops.linear(g, v.z!, v.w!, { bias: v.b }),
    alone: ops.headResult(g, v.z!, v.w!),
  }));
  apart!.forEach((value, i) => assert.ok(Math.abs(value - whole![i]!) < 1e-12));
  // Head 2 of row 1, by its own rows of W_O.
  const z = [...feeds.z.data.subarray((1 * H + 2) * K, (1 * H + 3) * K)];
  const own = Array.from(
    { length: D },
    (_, d) => z.reduce((sum, value, k) => sum + value * feeds.w.data[(2 * K + k) * D + d]!, 0),
  );
  own.forEach((value, d) => assert.ok(Math.abs(value - alone![(1 * H + 2) * D + d]!) < 1e-12));
});

Deno.test("write changes chosen rows and columns by its kind", async () => {
  const feeds = {
    x: f32([1, 2, 2], 1, 2, 3, 4),
    rows: f32([2], 1, 1),
    columns: f32([2], 1, 1),
    value: f32([1, 1], 2.5),
  };
  const expected: Record<WriteKind, number[]> = {
    replace: [2.5, 2.5, 2.5, 2.5],
    add: [3.5, 4.5, 5.5, 6.5],
    scale: [2.5, 5, 7.5, 10],
    atMost: [1, 2, 2.5, 2.5],
    atLeast: [2.5, 2.5, 3, 4],
  };
  for (const [kind, values] of Object.entries(expected)) {
    const y = await runGraph(
      feeds,
      (g, v) =>
        ops.write(g, v.x!, kind as WriteKind, {
          rows: v.rows!,
          columns: v.columns!,
          value: v.value!,
        }),
    );
    assert.deepEqual(y, values, kind);
  }
});
