import type { OnnxRuntime, Runtime } from "./runtime.ts";
import { SESSION_OPTIONS, startRuntime, wrap } from "./runtime.ts";

const MIB = 2 ** 20;

/** Loads the native library; needs `--allow-ffi`. */
export async function loadNative(threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-node");
  const { env } = ort;
  const runtime = ort as unknown as OnnxRuntime;
  const options = { ...SESSION_OPTIONS, executionProviders: ["cpu"], intraOpNumThreads: threads };
  await startRuntime(runtime, options);
  return {
    name: "native",
    version: env.versions.node ?? env.versions.common,
    threads,
    maxTensorBytes: 2048 * MIB,
    writesInPlace: true,
    open: (model) => runtime.InferenceSession.create(model, options),
    tensor: (data, shape) => wrap(runtime, data, shape),
  };
}
