import type { OnnxRuntime, Runtime } from "./runtime.ts";
import { SESSION_OPTIONS, startRuntime, wrap } from "./runtime.ts";

const MIB = 2 ** 20;

/**
 * Each session has threads of its own, and those of the session before would go on spinning for work on
 * the cores that the next one needs: products of two sessions in turn ran at half their speed.
 */
const STOP_SPINNING = { session: { "force_spinning_stop": "1" } };

/** Loads the native library; needs `--allow-ffi`. */
export async function loadNative(threads: number): Promise<Runtime> {
  const ort = await import("onnxruntime-node");
  const { env } = ort;
  const runtime = ort as unknown as OnnxRuntime;
  const options = {
    ...SESSION_OPTIONS,
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    extra: STOP_SPINNING,
  };
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
