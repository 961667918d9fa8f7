import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { NeuriteError } from "../../errors.ts";
import { openOnnx } from "./mod.ts";

/**
 * A process that runs a block whose weights are zero, so that its output is its input. On two threads
 * this never ended when WebAssembly's memory was left to grow.
 */
const SCRIPT = `
  import { gptBlock } from "neurite/lib/device/onnx/block_testing.ts";
  import { openOnnx } from "neurite/lib/device/onnx/mod.ts";
  const device = await openOnnx({ runtime: Deno.args[0], threads: 2 });
  const graph = gptBlock({ B: 8, T: 128, D: 512, H: 8 });
  const inputs = {};
  for (const [name, { shape }] of graph.inputs) {
    const data = new Float32Array(shape.reduce((a, b) => a * b)).fill(name === "x" ? 3 : 0);
    inputs[name] = device.upload({ data, shape }, name);
  }
  const { out } = await device.run(graph, inputs);
  const [{ data }] = await device.read([out]);
  await device[Symbol.asyncDispose]();
  console.log(device.facts.runtime, device.facts.threads, data.every((value) => value === 3));
`;

/** A script that hangs must fail its test; the slowest machine seen took a tenth of this. */
const PATIENCE_MS = 60_000;

async function runScript(runtime: string, permissions: string[]): Promise<string[]> {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const url = `data:text/javascript,${encodeURIComponent(SCRIPT)}`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--config", "deno.json", ...permissions, url, runtime],
    cwd: root,
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  assert.equal(code, 0, text(stderr));
  return [text(stdout), text(stderr)];
}

Deno.test("openOnnx() runs wasm on two threads without a permission and ends by itself", async () => {
  assert.deepEqual(await runScript("wasm", []), ["wasm 2 true", ""]);
});

Deno.test("openOnnx() takes native where ffi is allowed, and ends by itself", async () => {
  assert.deepEqual(await runScript("auto", ["--allow-ffi"]), ["native 2 true", ""]);
});

Deno.test({
  name: "openOnnx() refuses native where ffi is not allowed",
  permissions: { ffi: false },
  fn: async () => {
    await assert.rejects(
      openOnnx({ runtime: "native" }),
      (error) => error instanceof NeuriteError && error.code === "E-DEVICE",
    );
  },
});

Deno.test("openOnnx() refuses a number of threads that is none", async () => {
  for (const threads of [0, 1.5, NaN]) {
    await assert.rejects(
      openOnnx({ threads }),
      (error) => error instanceof NeuriteError && error.code === "E-USAGE",
    );
  }
});
