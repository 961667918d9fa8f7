import assert from "node:assert/strict";
import fc from "fast-check";
import type { Device } from "../../device/device.ts";
import { bytesPerRow, cutBatches, rowsPerBatch } from "./batching.ts";
import { parseConfig } from "../config/read_config.ts";
import { checkRequest, type ForwardOptions } from "./request.ts";

const config = parseConfig({
  "model_type": "gpt2",
  "n_layer": 2,
  "n_head": 4,
  "n_embd": 16,
  "vocab_size": 1000,
  "n_positions": 10000,
}, "");

function bytes(T: number, options: Partial<ForwardOptions>) {
  return bytesPerRow(config, T, checkRequest(config, [1, T], { read: [], ...options }));
}

function rows(T: number, memory?: number, maxTensorBytes = 2 ** 31): number {
  const request = checkRequest(config, [1, T], { read: [] });
  return rowsPerBatch({ maxTensorBytes } as Device, { config, T, request, memory });
}

Deno.test("bytesPerRow() grows by what is read, at 4 bytes an element", () => {
  const T = 8;
  const plain = bytes(T, {});
  const added = (options: Partial<ForwardOptions>) => bytes(T, options).total - plain.total;
  assert.equal(added({ read: ["blocks.0.hook_resid_pre"] }), 4 * T * 16);
  assert.equal(added({ read: ["blocks.0.attn.hook_result"] }), 4 * T * 4 * 16);
  assert.equal(added({ read: ["blocks.1.attn.hook_pattern"] }), 4 * 4 * T * T);
  assert.equal(added({ read: ["logits"] }), 4 * T * 1000);
  assert.equal(added({ read: ["logits"], positions: "last" }), 4 * 1000);
  const columns = new Int32Array(500);
  assert.equal(added({ read: ["column_logits"], columns }), 4 * T * 500);
  assert.equal(added({ read: ["column_log_probs"], columns, positions: "last" }), 4 * 500);
  assert.equal(added({ read: ["loss_per_token"] }), 0);
});

Deno.test("bytesPerRow() knows the largest single value", () => {
  // MLP [T, 64] at first, the pattern [4, T, T] of long rows, the logits where they are read.
  assert.equal(bytes(8, {}).largest, 4 * 8 * 64);
  assert.equal(bytes(100, {}).largest, 4 * 4 * 100 * 100);
  assert.equal(bytes(8, { read: ["logits"] }).largest, 4 * 8 * 1000);
  const columns = new Int32Array(900);
  assert.equal(bytes(8, { read: ["column_logits"], columns }).largest, 4 * 8 * 900);
});

Deno.test("bytesPerRow() counts what is written, which must exist on its own too", () => {
  const wide = { ...config, nHead: 16, dHead: 1 };
  const hook = "blocks.0.attn.hook_result";
  const request = checkRequest(wide, [1, 8], { read: [], writes: [{ hook, kind: "zero" }] });
  assert.equal(bytesPerRow(wide, 8, request).largest, 4 * 8 * 16 * 16);
});

Deno.test("rowsPerBatch() takes as many rows as fit the memory, and no more", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 200 }),
    fc.integer({ min: 1, max: 40 }),
    fc.nat(),
    (T, wanted, extra) => {
      const { total } = bytes(T, {});
      const memory = wanted * total + extra % total;
      assert.equal(rows(T, memory), wanted);
    },
  ));
});

Deno.test("rowsPerBatch() keeps every value inside the device's largest tensor", () => {
  const { largest } = bytes(8, {});
  assert.equal(rows(8, undefined, 5 * largest), 5);
  assert.equal(rows(8, undefined, 6 * largest - 1), 5);
});

Deno.test("bytesPerRow() counts the keys and values that rows which share keep", () => {
  const T = 8;
  const added = (options: Partial<ForwardOptions>) =>
    bytes(T, { ...options, share: true }).total - bytes(T, options).total;
  // Two kept arrays of each block that runs, and four on their way into one.
  assert.equal(added({ read: ["logits"] }), 4 * T * 16 * (2 * 2 + 4));
  assert.equal(added({ read: ["blocks.0.hook_resid_post"] }), 4 * T * 16 * (2 * 1 + 4));
});

function cut(T: number, most: number, shared: number[]): [number, number][] {
  return cutBatches({ order: new Int32Array(), shared: Int32Array.from(shared) }, T, most);
}

Deno.test("cutBatches() covers the rows in order, no batch over its rows or tokens", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 3000 }),
    fc.integer({ min: 1, max: 12 }),
    fc.array(fc.nat(), { minLength: 1, maxLength: 40 }),
    (T, most, seeds) => {
      const shared = seeds.map((seed) => seed % (T + 1));
      const batches = cut(T, most, shared);
      assert.deepEqual(batches.map(([start]) => start), [
        0,
        ...batches.slice(0, -1).map(([, end]) => end),
      ]);
      assert.equal(batches.at(-1)![1], shared.length);
      const tokens = ([start, end]: [number, number]) =>
        shared.slice(start + 1, end).reduce((sum, common) => sum + T - common, T);
      batches.forEach(([start, end], i) => {
        assert.ok(end > start && end - start <= most);
        assert.ok(tokens([start, end]) <= 8192);
        const isFull = i === batches.length - 1 || end - start === most ||
          tokens([start, end + 1]) > 8192;
        assert.ok(isFull, `batch ${i} could take one row more`);
      });
    },
  ));
});

Deno.test("cutBatches() takes one long row although it is more tokens than a batch wants", () => {
  assert.deepEqual(cut(9000, 9, [0, 0]), [[0, 1], [1, 2]]);
  assert.deepEqual(cut(4096, 9, [0, 0, 0]), [[0, 2], [2, 3]]);
  assert.deepEqual(cut(4096, 9, [0, 2048, 2048]), [[0, 3]]);
});

Deno.test("rowsPerBatch() says how many bytes a row needs when one does not fit", () => {
  const { total, largest } = bytes(8, {});
  const is = `${total} bytes in all, ${largest} bytes in one tensor`;
  assert.throws(() => rows(8, total - 1), {
    code: "E-DEVICE-MEMORY",
    message: `Cannot run a row of "8 tokens": ${is}, expected at most ${total - 1} bytes in all ` +
      `and ${2 ** 31} bytes in one tensor`,
  });
  assert.throws(() => rows(8, undefined, largest - 1), { code: "E-DEVICE-MEMORY" });
  assert.throws(() => rows(8, NaN), { code: "E-DEVICE-MEMORY" });
  assert.equal(rows(8, total, largest), 1);
});
