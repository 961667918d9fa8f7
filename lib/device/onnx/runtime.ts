/**
 * What the device asks of ONNX Runtime, in either of its two builds.
 *
 * @module
 */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { ModelBuilder } from "./model_builder.ts";

/** A loaded ONNX Runtime. */
export interface Runtime {
  /** Which build: WebAssembly, or the native library. */
  readonly name: "wasm" | "native";
  /** Its version. */
  readonly version: string;
  /** Threads its products run on. */
  readonly threads: number;
  /** The largest value a graph may hold, in bytes. */
  readonly maxTensorBytes: number;
  /** Whether a run can write its results to given memory. */
  readonly writesInPlace: boolean;
  /** Compiles a model. */
  open(model: Uint8Array): Promise<InferenceSession>;
  /** Wraps host memory for a run, without a copy. */
  tensor(data: Float32Array | Int32Array, shape: readonly number[]): Tensor;
}

/** What both builds of onnxruntime share. */
export interface OnnxRuntime {
  InferenceSession: typeof InferenceSession;
  Tensor: typeof Tensor;
}

/**
 * Fatal only: what fails is thrown, so that the runtime's own lines would say it twice, and its
 * warnings are about the machine (no GPU found) and its own optimizer.
 */
const LOG_FATAL_ONLY = 4;

/** Session options of both builds. */
export const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  graphOptimizationLevel: "all",
  executionMode: "sequential",
  interOpNumThreads: 1,
  logSeverityLevel: LOG_FATAL_ONLY,
};

/** Options of every run; a run does not inherit the session's log level. */
export const RUN_OPTIONS: InferenceSession.RunOptions = { logSeverityLevel: LOG_FATAL_ONLY };

/** Wraps host memory as a tensor of a runtime. */
export function wrap(
  { Tensor }: OnnxRuntime,
  data: Float32Array | Int32Array,
  shape: readonly number[],
): Tensor {
  return data instanceof Int32Array
    ? new Tensor("int32", data, shape)
    : new Tensor("float32", data, shape);
}

/**
 * Compiles the smallest model, so that a runtime that cannot start says so when it is opened and not
 * in the middle of a run.
 */
export async function startRuntime(
  { InferenceSession }: OnnxRuntime,
  options: InferenceSession.SessionOptions,
): Promise<void> {
  const model = new ModelBuilder();
  model.input("x", "f32", [1]);
  model.alias("x", "y");
  model.output("y", "f32", [1]);
  const session = await InferenceSession.create(model.finish(), options);
  await session.release();
}
