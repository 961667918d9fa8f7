import assert from "node:assert/strict";
import type { NeuriteError } from "../../errors.ts";
import { KERNELS } from "./kernels.ts";
import { probeWebGpu } from "./mod.ts";
import { openContext } from "./open.ts";
import { PipelineCache } from "./pipelines.ts";
import { Faults, scoped } from "./scopes.ts";
import { paddedBytes } from "./buffer_pool.ts";
import { tableParts, wrapGroups } from "./step.ts";
import { Uploader } from "./uploads.ts";

// Every ignore below: no adapter of any kind on this machine.
const absent = !(await probeWebGpu()).found;

/** A device whose scopes catch what a test says. */
function fakeDevice(caught: { validation?: string; memory?: string }): GPUDevice {
  const stack: string[] = [];
  return {
    pushErrorScope: (filter: string) => void stack.push(filter),
    popErrorScope: () => {
      const message = stack.pop() === "validation" ? caught.validation : caught.memory;
      return Promise.resolve(message === undefined ? null : { message });
    },
  } as unknown as GPUDevice;
}

Deno.test("scoped() reports out of memory before the invalid buffer it causes", async () => {
  const device = fakeDevice({ validation: "Buffer with 'x' label is invalid", memory: "too much" });
  const { result, fault } = scoped(device, "weights", () => 7);
  assert.equal(result, 7);
  const error = await fault;
  assert.equal(error?.code, "E-DEVICE-MEMORY");
  assert.match(error!.message, /^Cannot allocate "weights": out of device memory \(too much\)/);
});

Deno.test("Faults.check() throws memory first, once", async () => {
  const faults = new Faults();
  faults.note(scoped(fakeDevice({ validation: "bad" }), "a", () => 0));
  faults.note(scoped(fakeDevice({ memory: "full" }), "b", () => 0));
  await assert.rejects(faults.check(), { code: "E-DEVICE-MEMORY" });
  await faults.check();
});

Deno.test({
  name: "PipelineCache.get() names kernel, line and column when WGSL does not compile",
  ignore: absent,
  fn: async () => {
    const { context } = await openContext({ allowSoftware: true });
    const sources = {
      ...KERNELS,
      add: KERNELS.add.replace("out[at] = a[at]", "out[at] = nothing[at]"),
    };
    const cache = new PipelineCache(context.gpu, sources);
    await assert.rejects(cache.get("add"), (error: NeuriteError) => {
      const line = sources.add.split("\n").findIndex((text) => text.includes("nothing")) + 1;
      assert.equal(error.code, "E-DEVICE");
      assert.match(error.message, new RegExp(`kernels/add\\.wgsl:${line}:\\d+: [^]*nothing`));
      return true;
    });
    assert.equal(await cache.get("gelu").then(({ pipeline }) => pipeline.label), "neurite/gelu");
    assert.equal(cache.get("gelu"), cache.get("gelu"));
    context.close(false);
  },
});

Deno.test({
  name: "a buffer beyond the limit is an error that names it, and is not handed out again",
  ignore: absent,
  fn: async () => {
    const { context } = await openContext({ allowSoftware: true });
    const huge = context.storagePool.acquire(2 ** 40, "neurite/upload/huge");
    await assert.rejects(context.faults.check(), /"neurite\/upload\/huge"/);
    context.storagePool.release(huge);
    assert.notEqual(context.storagePool.acquire(2 ** 40, "again"), huge);
    context.close(false);
  },
});

Deno.test({
  name:
    "a buffer beyond the limit is not handed out again though it was let go of before its error",
  ignore: absent,
  fn: async () => {
    const { context } = await openContext({ allowSoftware: true, maxFreeBytes: 2 ** 50 });
    const huge = context.storagePool.acquire(2 ** 40, "huge");
    context.storagePool.release(huge);
    await assert.rejects(context.faults.check(), /"huge"/);
    assert.notEqual(context.storagePool.acquire(2 ** 40, "again"), huge);
    context.close(false);
  },
});

Deno.test({
  name: "Uploader.write() refuses what would make Deno panic",
  ignore: absent,
  fn: async () => {
    const { context } = await openContext({ allowSoftware: true });
    const { buffer } = context.storagePool.acquire(256, "small");
    const uploader = new Uploader(context.gpu);
    assert.throws(() => uploader.write(buffer, new Uint8Array(260)), /260 bytes, expected/);
    assert.throws(() => uploader.write(buffer, new Uint8Array(3)), /3 bytes, expected/);
    context.close(false);
  },
});

Deno.test("tableParts() covers all rows once and keeps each part within the limit", () => {
  assert.deepEqual(tableParts([50257, 768], 128 * 2 ** 20), [
    { start: 0, rows: 43690 },
    { start: 43690, rows: 6567 },
  ]);
  assert.deepEqual(tableParts([3, 4], 48), [{ start: 0, rows: 3 }]);
  assert.deepEqual(tableParts([], 48), [{ start: 0, rows: 1 }]);
});

Deno.test("wrapGroups() reaches every workgroup within the limit of a dimension", () => {
  assert.deepEqual(wrapGroups(65_535), [65_535, 1, 1]);
  assert.deepEqual(wrapGroups(65_536), [32_768, 2, 1]);
  assert.deepEqual(wrapGroups(0), [0, 1, 1]);
});

Deno.test("paddedBytes() is a positive multiple of 256", () => {
  assert.deepEqual([0, 1, 256, 257].map(paddedBytes), [256, 256, 256, 512]);
});
