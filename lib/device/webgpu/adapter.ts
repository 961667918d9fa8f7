/**
 * Finding a graphics adapter and saying what it is.
 *
 * @module
 */
import { cannot } from "../../errors.ts";

/** What is known about an adapter before a device is opened on it. */
export interface AdapterFacts {
  /** The driver's own line, e.g. `"NVIDIA H100 (…)"`. */
  readonly description: string;
  /** Vendor as reported; a PCI number on some systems. */
  readonly vendor: string;
  /** Architecture as reported; often empty in Deno. */
  readonly architecture: string;
  /** Whether the adapter says it is a fallback. */
  readonly isFallbackAdapter: boolean;
  /** Whether it computes on the CPU, by its own word or by its name. */
  readonly isSoftware: boolean;
  /** Feature names the adapter lists. */
  readonly features: readonly string[];
  /** Its limits, by WebGPU's names; bytes where the name says size. */
  readonly limits: Readonly<Record<string, number>>;
}

/** What {@linkcode probeWebGpu} found. */
export type Probe =
  | { readonly found: true; readonly adapter: AdapterFacts }
  | { readonly found: false; readonly reason: string };

/** The limits asked for in full; the defaults of all others suffice. */
export const WANTED_LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBuffersPerShaderStage",
  "minUniformBufferOffsetAlignment",
] as const;

const SOFTWARE_NAMES = /llvmpipe|lavapipe|swiftshader|softpipe|basic render|\bwarp\b|software/i;

/** Why a machine with a graphics card may still show no adapter. */
const NO_ADAPTER_HINT =
  "run with --device onnx, or see `deno task doctor`; in a container NVIDIA_DRIVER_CAPABILITIES=all " +
  "and libvulkan1 are needed, and DENO_WEBGPU_BACKEND=vulkan avoids a faulty GL driver";

/** The facts of an adapter. */
export function describeAdapter(adapter: GPUAdapter): AdapterFacts {
  const { info } = adapter;
  const isFallbackAdapter = info.isFallbackAdapter === true;
  const name = `${info.description} ${info.device} ${info.vendor}`;
  return {
    description: info.description || info.device || "unnamed adapter",
    vendor: info.vendor,
    architecture: info.architecture,
    isFallbackAdapter,
    isSoftware: isFallbackAdapter || SOFTWARE_NAMES.test(name),
    features: [...adapter.features].sort(),
    limits: Object.fromEntries(WANTED_LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  };
}

async function request(): Promise<GPUAdapter | null> {
  const gpu = navigator.gpu as GPU | undefined;
  return await gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
}

/**
 * Looks for an adapter without opening a device on it.
 *
 * @example Usage
 * ```ts
 * import { probeWebGpu } from "neurite/lib/device/webgpu/mod.ts";
 *
 * const probe = await probeWebGpu();
 * const line = probe.found ? probe.adapter.description : probe.reason;
 * if (line === "") throw new Error("unreachable");
 * ```
 */
export async function probeWebGpu(): Promise<Probe> {
  const adapter = await request();
  if (adapter) return { found: true, adapter: describeAdapter(adapter) };
  return { found: false, reason: "no graphics adapter answers (no Vulkan, Metal or DX12 driver)" };
}

/**
 * Takes the adapter, refusing one that computes on the CPU unless it is allowed.
 *
 * @throws {NeuriteError} E-DEVICE when there is none, or only a software one.
 */
export async function takeAdapter(allowSoftware: boolean): Promise<GPUAdapter> {
  const adapter = await request();
  if (!adapter) {
    throw cannot("E-DEVICE", {
      do: "open device",
      thing: "webgpu",
      is: "no graphics adapter",
      expected: "an adapter with a Vulkan, Metal or DX12 driver",
      hint: NO_ADAPTER_HINT,
    });
  }
  const { description, isSoftware } = describeAdapter(adapter);
  if (isSoftware && !allowSoftware) {
    throw cannot("E-DEVICE", {
      do: "open device",
      thing: "webgpu",
      is: `the software adapter ${description}`,
      expected: "a hardware adapter",
      hint: NO_ADAPTER_HINT,
    });
  }
  return adapter;
}
