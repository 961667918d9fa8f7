import { scoped } from "./scopes.ts";
import { Uploader } from "./uploads.ts";

/** What a canary reads and how much it writes. */
export interface CanaryProblem {
  /** Binding 0, as 32-bit words. */
  input: Uint32Array;
  /** Cells of binding 1, filled with poison first. */
  cells: number;
}

/** A pattern no canary writes. */
const POISON = 0x7fd0dead;

/** Runs one dispatch over `cells` threads of a canary and reads its output. */
export async function runCanary(
  device: GPUDevice,
  code: string,
  { input, cells }: CanaryProblem,
): Promise<Uint32Array<ArrayBuffer>> {
  const label = "neurite/canary";
  const { STORAGE, COPY_DST, COPY_SRC, MAP_READ } = GPUBufferUsage;
  const size = 4 * cells;
  const { result, fault } = scoped(device, label, () => {
    const module = device.createShaderModule({ label, code });
    const pipeline = device.createComputePipeline({
      label,
      layout: "auto",
      compute: { module, entryPoint: "main" },
    });
    const source = device.createBuffer({
      label,
      size: Math.max(input.byteLength, 512),
      usage: STORAGE | COPY_DST,
    });
    const out = device.createBuffer({ label, size, usage: STORAGE | COPY_DST | COPY_SRC });
    const staging = device.createBuffer({ label, size, usage: MAP_READ | COPY_DST });
    const uploader = new Uploader(device);
    uploader.write(source, new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    uploader.write(out, new Uint8Array(new Uint32Array(cells).fill(POISON).buffer));
    const group = device.createBindGroup({
      label,
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource: { buffer: source } },
        { binding: 1, resource: { buffer: out } },
      ],
    });
    const [x] = /@workgroup_size\((\d+)\)/.exec(code)!.slice(1).map(Number);
    const encoder = device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(Math.ceil(cells / x!));
    pass.end();
    encoder.copyBufferToBuffer(out, 0, staging, 0, size);
    device.queue.submit([encoder.finish({ label })]);
    return { source, out, staging };
  });
  const { source, out, staging } = result;
  try {
    const error = await fault;
    if (error) throw error;
    await staging.mapAsync(GPUMapMode.READ);
    return new Uint32Array(staging.getMappedRange().slice(0));
  } finally {
    source.destroy();
    out.destroy();
    staging.destroy();
  }
}
