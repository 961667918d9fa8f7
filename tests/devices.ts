/**
 * The devices under test. GPU cases are skipped only where there is no Vulkan adapter at all, and
 * `NEURITE_REQUIRE_GPU=1` (CI) turns that skip into a failure.
 *
 * @module
 */
import type { Device } from "../lib/device/device.ts";
import { openOnnx } from "../lib/device/onnx/mod.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { openWebGpu } from "../lib/device/webgpu/mod.ts";

/** A device as the tests open it. */
export interface TestDevice {
  /** Named in the test's title. */
  name: string;
  /** True when the machine cannot have it. */
  absent: boolean;
  /** Opens it. */
  open(): Promise<Device>;
}

// Outside the tests, because the wasm runtime opens a message port when it first starts and keeps it.
await (await openOnnx({ runtime: "wasm", threads: 1 }))[Symbol.asyncDispose]();

const adapter = await navigator.gpu?.requestAdapter();
const gpuRequired = Deno.env.get("NEURITE_REQUIRE_GPU") === "1";

/** All devices, software GPUs included. */
export const TEST_DEVICES: readonly TestDevice[] = [
  { name: "reference", absent: false, open: () => Promise.resolve(openReference()) },
  { name: "onnx wasm", absent: false, open: () => openOnnx({ runtime: "wasm", threads: 1 }) },
  { name: "onnx native", absent: false, open: () => openOnnx({ runtime: "native", threads: 1 }) },
  {
    name: "webgpu",
    absent: !adapter && !gpuRequired,
    open: () => openWebGpu({ allowSoftware: true }),
  },
];
