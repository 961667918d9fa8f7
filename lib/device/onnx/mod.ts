/**
 * The onnx device: graphs become plain opset-20 ONNX models, run on the processor by ONNX Runtime.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { Device } from "../device.ts";
import { deviceFailure } from "./failures.ts";
import { loadNative } from "./native.ts";
import { OnnxDevice } from "./onnx_device.ts";
import type { Runtime } from "./runtime.ts";
import { loadWasm } from "./wasm.ts";

/** What {@linkcode openOnnx} may be told. */
export interface OnnxOptions {
  /**
   * `wasm` needs no permission; `native` needs `--allow-ffi` and is several times faster; `auto` takes
   * `native` where it is allowed and loads. @default {"auto"}
   */
  runtime?: "auto" | "wasm" | "native" | undefined;
  /**
   * Threads of the products. WebAssembly starts its threads once a process, so there the first
   * device decides. @default {navigator.hardwareConcurrency}
   */
  threads?: number | undefined;
}

/**
 * Opens the onnx device. Disposing it releases its compiled models.
 *
 * @throws {NeuriteError} E-DEVICE when the runtime asked for cannot be had, E-USAGE for a number of
 * threads that is not a positive integer.
 *
 * @example Usage
 * ```ts
 * import { openOnnx } from "neurite/lib/device/onnx/mod.ts";
 *
 * await using device = await openOnnx({ runtime: "wasm", threads: 1 });
 * if (device.name !== "onnx") throw new Error("unreachable");
 * ```
 */
export async function openOnnx(options: OnnxOptions = {}): Promise<Device> {
  const { runtime = "auto", threads = navigator.hardwareConcurrency } = options;
  if (!Number.isInteger(threads) || threads < 1) {
    throw cannot("E-USAGE", {
      do: "open the onnx device with",
      thing: "threads",
      is: String(threads),
      expected: "a positive integer",
      hint: "--threads 4",
    });
  }
  const mayLoad = Deno.permissions.querySync({ name: "ffi" }).state === "granted";
  if (runtime === "native") return new OnnxDevice(await native(threads, mayLoad));
  if (runtime === "wasm" || !mayLoad) return new OnnxDevice(await wasm(threads));
  try {
    return new OnnxDevice(await native(threads, mayLoad));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return new OnnxDevice(await wasm(threads), { note: ` (native did not load: ${why})` });
  }
}

async function native(threads: number, mayLoad: boolean): Promise<Runtime> {
  if (!mayLoad) {
    throw cannot("E-DEVICE", {
      do: "open the onnx runtime",
      thing: "native",
      is: "not permitted to load a library",
      expected: "--allow-ffi",
      hint: "run again with --allow-ffi, or without a runtime to get wasm",
    });
  }
  try {
    return await loadNative(threads);
  } catch (cause) {
    throw deviceFailure("load the onnx runtime", "native", cause);
  }
}

async function wasm(threads: number): Promise<Runtime> {
  try {
    return await loadWasm(threads);
  } catch (cause) {
    throw deviceFailure("load the onnx runtime", "wasm", cause);
  }
}
