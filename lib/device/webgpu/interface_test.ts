import assert from "node:assert/strict";
import { kernelInterface, packParams, parseInterface } from "./interface.ts";
import { type KernelName, KERNELS } from "./kernels.ts";

const NAMES = Object.keys(KERNELS) as KernelName[];

Deno.test("kernelInterface() matches the header's list of bindings for every kernel", () => {
  for (const name of NAMES) {
    const { buffers, paramsBinding } = kernelInterface(name);
    const all = [...buffers.map((buffer) => buffer.name), "params"];
    assert.deepEqual(
      buffers.map(({ binding }) => binding),
      all.slice(0, -1).map((_, i) => i),
      name,
    );
    assert.equal(paramsBinding, buffers.length, name);
    const header = /^\/\/ Bindings {4}(.*)$/m.exec(KERNELS[name])![1]!;
    all.forEach((buffer, i) => assert.match(header, new RegExp(`\\b${i} ${buffer}\\b`), name));
  }
});

Deno.test("every kernel has one writable buffer", () => {
  for (const name of NAMES) {
    assert.equal(kernelInterface(name).buffers.filter(({ writable }) => writable).length, 1, name);
  }
});

// naga 29 does not zero a loop's variables again (gfx-rs/wgpu#9592).
Deno.test("every local variable of a kernel has an initialiser", () => {
  for (const name of NAMES) {
    const code = KERNELS[name].replaceAll(/\/\/.*/g, "");
    assert.deepEqual(code.match(/^\s+var \w+(: [^=;]+)?;/gm), null, name);
  }
});

// Metal drops stores to a component of a workgroup vector chosen at run time (gfx-rs/wgpu#4500).
Deno.test("no kernel stores to a component by index", () => {
  for (const name of NAMES) {
    assert.doesNotMatch(KERNELS[name], /\]\[[^\]]+\] [-+*/]?= /, name);
  }
});

Deno.test("packParams() lays members out in order and pads to 16 bytes", () => {
  const bytes = packParams("gather", {
    count: 1,
    width: 2,
    start: 3,
    rows: 4,
    total: 5,
    missing: 0.5,
  });
  assert.equal(bytes.byteLength, 32);
  assert.deepEqual([...new Uint32Array(bytes.buffer, 0, 5)], [1, 2, 3, 4, 5]);
  assert.equal(new Float32Array(bytes.buffer)[5], 0.5);
});

Deno.test("packParams() refuses missing and unknown names", () => {
  assert.throws(() => packParams("add", {}), /Cannot pack "add": no "quads", expected a u32/);
  assert.throws(
    () => packParams("add", { quads: 1, x: 2 }),
    /"x", expected only members of Params/,
  );
});

Deno.test("parseInterface() refuses a kernel without params", () => {
  const source = "@group(0) @binding(0) var<storage, read> x: array<f32>;";
  assert.throws(() => parseInterface(source), /no uniform "params"/);
});
