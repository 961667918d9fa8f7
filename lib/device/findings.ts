/**
 * What the doctor finds out about devices.
 *
 * @module
 */
import { runCanaries } from "./webgpu/canaries.ts";
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

async function nativeFinding(): Promise<Finding> {
  const topic = "onnx native";
  try {
    const { openOnnx } = await import("./onnx/mod.ts");
    await using device = await openOnnx({ runtime: "native" });
    return { topic, kind: "good", text: device.description };
  } catch (error) {
    return {
      topic,
      kind: "lack",
      text: error instanceof Error ? error.message : String(error),
      mend: "run scripts with --allow-ffi; the wasm runtime serves until then",
    };
  }
}

async function wasmFinding(): Promise<Finding> {
  const { openOnnx } = await import("./onnx/mod.ts");
  await using device = await openOnnx({ runtime: "wasm" });
  return { topic: "onnx wasm", kind: "good", text: device.description };
}

async function gpuFindings(): Promise<Finding[]> {
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
    ...canaries.map(({ name, ok, detail, reference }): Finding => ({
      topic: `canary ${name}`,
      kind: ok ? "good" : "fault",
      text: `${detail} (${reference})${ok ? "" : "; neurite's kernels do not rely on it"}`,
    })),
  ];
}

/** Runtime, permissions, runtimes of onnx, adapter and its known driver faults. */
export async function deviceFindings(): Promise<Finding[]> {
  return [
    ...runtimeFindings(),
    ...permissionFindings(),
    await wasmFinding(),
    await nativeFinding(),
    ...await gpuFindings(),
  ];
}
