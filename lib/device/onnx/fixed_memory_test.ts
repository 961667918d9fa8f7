import assert from "node:assert/strict";
import { withFixedMemory } from "./fixed_memory.ts";

const GROWING = { initial: 1, maximum: 2 ** 16, shared: true };

Deno.test("withFixedMemory() makes large shared memories that cannot grow", async () => {
  let memory: WebAssembly.Memory | undefined;
  await withFixedMemory(() => {
    memory = new WebAssembly.Memory(GROWING);
    return Promise.resolve();
  });
  assert.ok(memory instanceof WebAssembly.Memory);
  assert.ok(memory.buffer.byteLength >= 2 ** 30);
  assert.throws(() => memory!.grow(1), RangeError);
});

Deno.test("withFixedMemory() leaves other memories alone, and all of them afterwards", async () => {
  const { Memory } = WebAssembly;
  await withFixedMemory(() => {
    assert.equal(new WebAssembly.Memory({ initial: 1 }).buffer.byteLength, 2 ** 16);
    const small = new WebAssembly.Memory({ initial: 1, maximum: 9, shared: true });
    assert.equal(small.buffer.byteLength, 2 ** 16);
    return Promise.resolve();
  });
  await assert.rejects(withFixedMemory(() => Promise.reject(new Error("no start"))), /no start/);
  assert.equal(WebAssembly.Memory, Memory);
  assert.equal(new WebAssembly.Memory(GROWING).buffer.byteLength, 2 ** 16);
});
