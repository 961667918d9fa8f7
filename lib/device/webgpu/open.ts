/**
 * Opening the device.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { Device } from "../device.ts";
import { type AdapterFacts, describeAdapter, takeAdapter } from "./adapter.ts";
import { GpuContext } from "./context.ts";
import type { WebGpuOptions } from "./options.ts";
import { Poison } from "./poison.ts";
import { WebGpuDevice } from "./webgpu_device.ts";

/**
 * Opens the graphics card.
 *
 * @throws {NeuriteError} E-DEVICE when there is no adapter, or only a software one and
 * `allowSoftware` is not set.
 *
 * @example Usage
 * ```ts
 * import { openWebGpu, probeWebGpu } from "neurite/lib/device/webgpu/mod.ts";
 *
 * const probe = await probeWebGpu();
 * if (probe.found && !probe.adapter.isSoftware) {
 *   await using device = await openWebGpu();
 *   if (device.name !== "webgpu") throw new Error("unreachable");
 * }
 * ```
 */
export async function openWebGpu(options: WebGpuOptions = {}): Promise<Device> {
  const { context, facts } = await openContext(options);
  const { poison } = options;
  const poisoner = poison === undefined ? null : await Poison.open(context, poison);
  return new WebGpuDevice(context, facts, poisoner);
}

/** The bare context behind a device: for tests and benches of single kernels. */
export async function openContext(
  options: WebGpuOptions,
): Promise<{ context: GpuContext; facts: AdapterFacts }> {
  const adapter = await takeAdapter(options.allowSoftware ?? false);
  const context = new GpuContext(await requestDevice(adapter), options);
  return { context, facts: describeAdapter(adapter) };
}

async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const { description, limits } = describeAdapter(adapter);
  try {
    return await adapter.requestDevice({ label: "neurite", requiredLimits: { ...limits } });
  } catch (cause) {
    throw cannot("E-DEVICE", {
      do: "open device",
      thing: description,
      is: `refused (${cause instanceof Error ? cause.message : String(cause)})`,
      expected: "a device with the adapter's own limits",
      hint: "run `deno task doctor`, or use --device onnx",
      cause,
    });
  }
}
