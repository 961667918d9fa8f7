/**
 * Small kernels that show whether this machine has the driver and runtime faults we work around.
 * `deno task doctor` prints them; a failing canary names what to distrust.
 *
 * @module
 */
import { takeAdapter } from "./adapter.ts";
import division from "../../../kernels/canaries/division.wgsl" with { type: "text" };
import fullWrite from "../../../kernels/canaries/full_write.wgsl" with { type: "text" };
import loopVariable from "../../../kernels/canaries/loop_variable.wgsl" with { type: "text" };
import nanBits from "../../../kernels/canaries/nan_bits.wgsl" with { type: "text" };
import remainder from "../../../kernels/canaries/remainder.wgsl" with { type: "text" };
import subgroupSum from "../../../kernels/canaries/subgroup_sum.wgsl" with { type: "text" };
import tanhRange from "../../../kernels/canaries/tanh_range.wgsl" with { type: "text" };
import workgroupComponent from "../../../kernels/canaries/workgroup_component.wgsl" with {
  type: "text",
};
import { runCanary } from "./canary_run.ts";

/** What one canary found. */
export interface CanaryResult {
  /** What was tried. */
  readonly name: string;
  /** Whether neurite's kernels need it; they work around the others. */
  readonly needed: boolean;
  /** Whether the machine behaves. */
  readonly ok: boolean;
  /** What was seen, with numbers and units. */
  readonly detail: string;
  /** Where the fault is reported, as `repository#issue`. */
  readonly reference: string;
}

type Finding = Pick<CanaryResult, "ok" | "detail">;

interface Canary {
  readonly name: string;
  readonly reference: string;
  readonly needed: boolean;
  run(device: GPUDevice): Promise<Finding>;
}

async function checkFullWrite(device: GPUDevice): Promise<Finding> {
  const cells = 70_000 * 4;
  const out = await runCanary(device, fullWrite, { input: Uint32Array.of(1), cells });
  const missing = out.findIndex((value, index) => value !== index + 1);
  const detail = missing < 0
    ? `all ${cells} cells written`
    : `cell ${missing} of ${cells} holds ${out[missing]}`;
  return { ok: missing < 0, detail };
}

async function checkNanBits(device: GPUDevice): Promise<Finding> {
  const input = Uint32Array.of(0x7fc00000, 0xffc00001, 0x7f800000, 0x3f800000);
  const out = await runCanary(device, nanBits, { input, cells: 64 });
  const nans = out.subarray(0, 2);
  const ok = nans.every((seen) => seen & 1) && !(out[2]! & 1) && !(out[3]! & 1);
  const byCompare = nans.every((seen) => seen & 2) ? "works" : "is folded away";
  const byMax = nans.every((seen) => seen & 4) ? "keeps NaN" : "drops NaN";
  return {
    ok,
    detail: `bit test ${ok ? "works" : "fails"}, x != x ${byCompare}, max ${byMax}`,
  };
}

/** Distance in units in the last place, for finite values of one sign. */
function ulps(a: Float32Array, b: Float32Array): number {
  const left = new Int32Array(a.buffer, a.byteOffset, a.length);
  const right = new Int32Array(b.buffer, b.byteOffset, b.length);
  return left.reduce((worst, bits, i) => Math.max(worst, Math.abs(bits - right[i]!)), 0);
}

async function checkDivision(device: GPUDevice): Promise<Finding> {
  const pairs = Float32Array.from({ length: 8192 }, (_, i) => 1 + ((i * 7919) % 8191) / 97);
  const expected = Float32Array.from({ length: 4096 }, (_, i) => pairs[2 * i]! / pairs[2 * i + 1]!);
  const out = await runCanary(device, division, {
    input: new Uint32Array(pairs.buffer),
    cells: 4096,
  });
  const worst = ulps(new Float32Array(out.buffer), expected);
  return { ok: worst <= 3, detail: `up to ${worst} ulp over 4096 quotients, 2.5 allowed` };
}

async function checkRemainder(device: GPUDevice): Promise<Finding> {
  const pairs = Int32Array.of(-7, 3, 7, -3, -8, 4, 5, 3);
  const out = await runCanary(device, remainder, {
    input: new Uint32Array(pairs.buffer),
    cells: 64,
  });
  const found = [...new Int32Array(out.buffer, 0, 4)];
  const ok = found.join() === "-1,1,0,2";
  return { ok, detail: `-7 % 3, 7 % -3, -8 % 4, 5 % 3 give ${found.join(", ")}` };
}

async function checkLoopVariable(device: GPUDevice): Promise<Finding> {
  const out = await runCanary(device, loopVariable, { input: Uint32Array.of(5), cells: 64 });
  return { ok: out.every((value) => value === 5), detail: `5 expected, ${out[0]} found` };
}

async function checkComponent(device: GPUDevice): Promise<Finding> {
  const input = Uint32Array.from({ length: 64 }, (_, i) => i + 1);
  const out = await runCanary(device, workgroupComponent, { input, cells: 64 });
  const lost = out.filter((value, i) => value !== i + 1).length;
  return { ok: lost === 0, detail: `${lost} of 64 stores lost` };
}

async function checkTanh(device: GPUDevice): Promise<Finding> {
  const input = Float32Array.of(20, 60, 100, 1e4, -20, -60, -100, -1e4);
  const out = await runCanary(device, tanhRange, {
    input: new Uint32Array(input.buffer),
    cells: 64,
  });
  const found = new Float32Array(out.buffer, 0, 8);
  const wrong = input.findIndex((x, i) => !(Math.abs(found[i]! - Math.sign(x)) < 1e-6));
  const detail = wrong < 0 ? "±1 up to 10,000" : `tanh(${input[wrong]}) gives ${found[wrong]}`;
  return { ok: wrong < 0, detail };
}

/** No fault, a cost: it decides how many tokens make a batch. */
async function measureFence(device: GPUDevice): Promise<Finding> {
  const once = () => runCanary(device, fullWrite, { input: Uint32Array.of(1), cells: 256 });
  await once();
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const start = performance.now();
    await once();
    times.push(performance.now() - start);
  }
  const best = Math.min(...times);
  return { ok: true, detail: `${best.toFixed(1)} ms for one dispatch and its fence` };
}

const CANARIES: readonly Canary[] = [
  {
    name: "every cell is written",
    reference: "gfx-rs/wgpu#9176",
    needed: true,
    run: checkFullWrite,
  },
  {
    name: "NaN is seen by its bits",
    reference: "ekzhang/jax-js#85",
    needed: true,
    run: checkNanBits,
  },
  {
    name: "float division is within 2.5 ulp",
    reference: "WGSL specification, floating point accuracy",
    needed: true,
    run: checkDivision,
  },
  {
    name: "signed remainder",
    reference: "gfx-rs/wgpu#9674",
    needed: false,
    run: checkRemainder,
  },
  {
    name: "loop variables start at zero",
    reference: "gfx-rs/wgpu#9592",
    needed: false,
    run: checkLoopVariable,
  },
  {
    name: "workgroup vec4 component stores",
    reference: "gfx-rs/wgpu#4500",
    needed: false,
    run: checkComponent,
  },
  {
    name: "tanh of large numbers",
    reference: "WGSL specification, tanh",
    needed: false,
    run: checkTanh,
  },
  { name: "fence", reference: "denoland/deno#29255", needed: true, run: measureFence },
];

/** Deno grants the feature without listing it, so it is tried. */
async function trySubgroups(adapter: GPUAdapter): Promise<CanaryResult> {
  const about = { name: "subgroups", reference: "gfx-rs/wgpu#5555", needed: false };
  let device: GPUDevice | undefined;
  try {
    const requiredFeatures = ["subgroups" as GPUFeatureName];
    device = await adapter.requestDevice({ label: "neurite/canary", requiredFeatures });
    const input = new Uint32Array(64).fill(1);
    const out = await runCanary(device, subgroupSum, { input, cells: 64 });
    const size = out[0]! >>> 16;
    const ok = size > 0 && (out[0]! & 0xffff) === Math.min(size, 64);
    return { ...about, ok, detail: ok ? `granted, size ${size}` : "granted, but sums wrongly" };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...about, ok: true, detail: `not granted (${reason}); no kernel needs them` };
  } finally {
    device?.destroy();
  }
}

/**
 * Runs every canary on the adapter, software adapters included when allowed.
 *
 * @throws {NeuriteError} E-DEVICE when there is no adapter to run on.
 *
 * @example Usage
 * ```ts
 * import { probeWebGpu } from "neurite/lib/device/webgpu/mod.ts";
 * import { runCanaries } from "neurite/lib/device/webgpu/canaries.ts";
 *
 * if ((await probeWebGpu()).found) {
 *   const results = await runCanaries({ allowSoftware: true });
 *   if (!results.some(({ name }) => name === "fence")) throw new Error("unreachable");
 * }
 * ```
 */
export async function runCanaries(
  options: { allowSoftware?: boolean } = {},
): Promise<CanaryResult[]> {
  const allowSoftware = options.allowSoftware ?? false;
  const adapter = await takeAdapter(allowSoftware);
  const device = await adapter.requestDevice({ label: "neurite/canary" });
  const results: CanaryResult[] = [];
  try {
    for (const { run, ...about } of CANARIES) {
      results.push({ ...about, ...await runSafely(run, device) });
    }
  } finally {
    device.destroy();
  }
  // An adapter gives one device only; the next one is asked for anew.
  results.push(await trySubgroups(await takeAdapter(allowSoftware)));
  return results;
}

/** A canary that throws has found something too. */
async function runSafely(run: Canary["run"], device: GPUDevice): Promise<Finding> {
  try {
    return await run(device);
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
