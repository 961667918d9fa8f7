import { withClosedProbe } from "./closed_probe.ts";
import { withFixedMemory } from "./fixed_memory.ts";
import type { OnnxRuntime, Runtime } from "./runtime.ts";
import { SESSION_OPTIONS, startRuntime, wrap } from "./runtime.ts";

const MIB = 2 ** 20;

/**
 * Loads the WebAssembly build. Its code is a module import, which needs no permission; without the
 * `raw-imports` feature of deno.json the package reads its own file instead, which needs
 * `--allow-read` of Deno's npm cache.
 */
export async function loadWasm(threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-web");
  const { env } = ort;
  const runtime: OnnxRuntime = ort;
  env.logLevel = "fatal";
  env.wasm.numThreads ??= threads;
  const code = await wasmCode();
  if (code) env.wasm.wasmBinary = code;
  const options = { ...SESSION_OPTIONS, executionProviders: ["wasm"] };
  await withFixedMemory(() => withClosedProbe(() => startRuntime(runtime, options)));
  return {
    name: "wasm",
    version: env.versions.web ?? env.versions.common,
    threads: env.wasm.numThreads,
    maxTensorBytes: 512 * MIB,
    writesInPlace: false,
    open: (model) => runtime.InferenceSession.create(model, options),
    tensor: (data, shape) => wrap(runtime, data, shape),
  };
}

async function wasmCode(): Promise<Uint8Array | undefined> {
  try {
    const { default: code } = await import("onnxruntime-web/ort-wasm-simd-threaded.wasm", {
      with: { type: "bytes" },
    });
    return code as Uint8Array;
  } catch {
    return undefined;
  }
}
