/**
 * What the doctor finds out about devices.
 *
 * @module
 */
import { type CanaryResult, runCanaries } from "./webgpu/canaries.ts";
import { probeWebGpu } from "./webgpu/mod.ts";

/** One line of the doctor's report. */
export interface Finding {
  readonly topic: string;
  /** Whether it is as it should be, lacking, faulty, or only a fact. */
  readonly kind: "good" | "lack" | "fault" | "fact";
  readonly text: string;
  /** The command or step that mends a lack or a fault. */
  readonly mend?: string;
}

/** What to do where WebGPU cannot be trusted. */
const USE_ONNX = "run scripts with --device onnx, and update the GPU's driver";

/** The Deno that the suite is made for; others are untested. */
const DENO = "2.9.6";

function runtimeFindings(): Finding[] {
  const { deno, v8 } = Deno.version;
  const sameDeno = deno === DENO;
  return [
    {
      topic: "deno",
      kind: sameDeno ? "good" : "lack",
      text: `${deno}, V8 ${v8}${sameDeno ? "" : `; tested with ${DENO}`}`,
      ...(!sameDeno && { mend: `npm install -g deno@${DENO}` }),
    },
    {
      topic: "machine",
      kind: "fact",
      text: `${Deno.build.target}, ${navigator.hardwareConcurrency} threads`,
    },
  ];
}

const PERMISSIONS: readonly { name: "ffi" | "read" | "write" | "net"; use: string }[] = [
  { name: "ffi", use: "the native onnx runtime, several times faster than wasm" },
  { name: "read", use: "models and the Hub's cache" },
  { name: "write", use: "results" },
  { name: "net", use: "fetch-model alone" },
];

function permissionFindings(): Finding[] {
  return PERMISSIONS.map(({ name, use }) => {
    const { state } = Deno.permissions.querySync({ name });
    return {
      topic: `--allow-${name}`,
      kind: "fact",
      text: `${state === "granted" ? "granted" : "not granted"} to the doctor; for ${use}`,
    };
  });
}

async function onnxFinding(runtime: "wasm" | "native", mend: string): Promise<Finding> {
  const topic = `onnx ${runtime}`;
  try {
    const { openOnnx } = await import("./onnx/mod.ts");
    await using device = await openOnnx({ runtime });
    return { topic, kind: "good", text: device.description };
  } catch (error) {
    return { topic, kind: "lack", text: saidBy(error), mend };
  }
}

function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A driver that fails in the middle is a finding too. */
async function gpuFindings(): Promise<Finding[]> {
  try {
    return await probedFindings();
  } catch (error) {
    return [{ topic: "webgpu", kind: "fault", text: saidBy(error), mend: USE_ONNX }];
  }
}

async function probedFindings(): Promise<Finding[]> {
  const probe = await probeWebGpu();
  if (!probe.found) {
    return [{
      topic: "webgpu",
      kind: "lack",
      text: probe.reason,
      mend:
        "install a Vulkan driver (Debian: apt-get install mesa-vulkan-drivers for tests); in a " +
        "container set NVIDIA_DRIVER_CAPABILITIES=all",
    }];
  }
  const { adapter } = probe;
  const limits = Object.entries(adapter.limits).map(([name, value]) => `${name} ${value}`);
  const canaries = await runCanaries({ allowSoftware: true });
  return [
    {
      topic: "webgpu",
      kind: adapter.isSoftware ? "lack" : "good",
      text: adapter.description +
        (adapter.isSoftware ? ", a software adapter: for tests only, auto does not take it" : ""),
      ...(adapter.isSoftware &&
        { mend: "install the driver of this machine's GPU, if it has one" }),
    },
    { topic: "limits", kind: "fact", text: limits.slice(0, 3).join(", ") },
    ...canaries.map(canaryFinding),
  ];
}

/** A canary's result, with what it means for this suite where it failed. */
export function canaryFinding({ name, needed, ok, detail, reference }: CanaryResult): Finding {
  const topic = `canary ${name}`;
  const text = `${detail} (${reference})`;
  if (ok) return { topic, kind: "good", text };
  if (needed) {
    return { topic, kind: "fault", text: `${text}; neurite's kernels need it`, mend: USE_ONNX };
  }
  return { topic, kind: "fault", text: `${text}; neurite's kernels do not rely on it` };
}

/** Runtime, permissions, runtimes of onnx, adapter and its known driver faults. */
export async function deviceFindings(): Promise<Finding[]> {
  return [
    ...runtimeFindings(),
    ...permissionFindings(),
    await onnxFinding("wasm", "see the message; --device webgpu or reference serve until then"),
    await onnxFinding("native", "run scripts with --allow-ffi; the wasm runtime serves until then"),
    ...await gpuFindings(),
  ];
}
