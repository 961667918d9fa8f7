import { cannot } from "../errors.ts";
import type { Device, DeviceName } from "./device.ts";

/** What `--device` takes. */
export type DeviceChoice = DeviceName | "auto";

/** A device and why it was taken. */
export interface ChosenDevice {
  readonly device: Device;
  /** For people: "auto: no GPU adapter, so onnx". */
  readonly reason: string;
}

async function openOnnxDevice(threads: number | undefined): Promise<Device> {
  const { openOnnx } = await import("./onnx/mod.ts");
  return await openOnnx(threads === undefined ? {} : { threads });
}

async function openAuto(threads: number | undefined): Promise<ChosenDevice> {
  const { openWebGpu, probeWebGpu } = await import("./webgpu/mod.ts");
  const probe = await probeWebGpu();
  if (probe.found && !probe.adapter.isSoftware) {
    return { device: await openWebGpu(), reason: "auto: a hardware GPU is there" };
  }
  const why = probe.found
    ? `${probe.adapter.description} is a software adapter`
    : "no GPU adapter answers";
  return { device: await openOnnxDevice(threads), reason: `auto: ${why}` };
}

/**
 * Opens the device that was asked for. `auto` takes a hardware GPU, never a software adapter, and
 * `onnx` otherwise; `webgpu` by name takes a software adapter too, for tests.
 *
 * @throws {NeuriteError} E-DEVICE when it cannot be had.
 *
 * @example Usage
 * ```ts
 * import { openDevice } from "neurite/lib/device/choose.ts";
 *
 * const { device, reason } = await openDevice("reference");
 * await device[Symbol.asyncDispose]();
 * if (reason !== "asked for by name") throw new Error("unreachable");
 * ```
 */
export async function openDevice(
  choice: DeviceChoice,
  { threads }: { threads?: number | undefined } = {},
): Promise<ChosenDevice> {
  const reason = "asked for by name";
  switch (choice) {
    case "auto":
      return await openAuto(threads);
    case "webgpu": {
      const { openWebGpu } = await import("./webgpu/mod.ts");
      return { device: await openWebGpu({ allowSoftware: true }), reason };
    }
    case "onnx":
      return { device: await openOnnxDevice(threads), reason };
    case "reference": {
      const { openReference } = await import("./reference/mod.ts");
      return { device: openReference(), reason };
    }
    default:
      throw cannot("E-DEVICE", {
        do: "open device",
        thing: choice satisfies never,
        is: "not a device",
        expected: "auto, webgpu, onnx or reference",
        hint: "deno task doctor",
      });
  }
}
