import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { NeuriteError } from "../../errors.ts";
import { openOnnx } from "./mod.ts";

/** A process that sleeps before it needs more memory than WebAssembly starts with. */
const SCRIPT = `
  import { openOnnx } from "neurite/lib/device/onnx/mod.ts";
  import { Graph } from "neurite/lib/device/graph.ts";
  import { linear } from "neurite/lib/device/ops.ts";
  const device = await openOnnx({ runtime: Deno.args[0], threads: 2 });
  await new Promise((wake) => setTimeout(wake, 500));
  const graph = new Graph();
  const x = graph.input("x", [4096, 256]);
  graph.output("y", linear(graph, x, graph.input("w", [256, 2048])));
  const ones = (shape) =>
    device.upload({ data: new Float32Array(shape[0] * shape[1]).fill(1), shape }, "ones");
  const { y } = await device.run(graph, { x: ones([4096, 256]), w: ones([256, 2048]) });
  const [{ data }] = await device.read([y]);
  await device[Symbol.asyncDispose]();
  console.log(device.facts.runtime, device.facts.threads, data.every((value) => value === 256));
`;

async function runScript(runtime: string, permissions: string[]): Promise<string[]> {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  const url = `data:text/javascript,${encodeURIComponent(SCRIPT)}`;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", "--config", "deno.json", ...permissions, url, runtime],
    cwd: root,
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
