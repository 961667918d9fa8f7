/**
 * Compiled kernels: one module and one layout a kernel, one pipeline a set of constants.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../../errors.ts";
import { kernelInterface } from "./interface.ts";
import { type KernelName, KERNELS } from "./kernels.ts";
import { scoped } from "./scopes.ts";

/** A pipeline ready to record. */
export interface Compiled {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

/** Values of a kernel's `override` constants, by name. */
export type Constants = Readonly<Record<string, number>>;

interface Module {
  readonly module: GPUShaderModule;
  readonly layout: GPUBindGroupLayout;
  readonly pipelineLayout: GPUPipelineLayout;
}

/** Compiles each kernel once, also when asked twice at the same time. */
export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #sources: Readonly<Record<KernelName, string>>;
  readonly #modules = new Map<KernelName, Promise<Module>>();
  readonly #pipelines = new Map<string, Promise<Compiled>>();

  /** `sources` are the suite's kernels except in tests of broken ones. */
  constructor(device: GPUDevice, sources: Readonly<Record<KernelName, string>> = KERNELS) {
    this.#device = device;
    this.#sources = sources;
  }

  /** The pipeline of a kernel with its constants. */
  get(kernel: KernelName, constants: Constants = {}): Promise<Compiled> {
    const key = JSON.stringify([kernel, Object.entries(constants).sort()]);
    const known = this.#pipelines.get(key);
    if (known) return known;
    const compiling = this.#compile(kernel, constants);
    this.#pipelines.set(key, compiling);
    return compiling;
  }

  async #compile(kernel: KernelName, constants: Constants): Promise<Compiled> {
    const module = this.#modules.get(kernel) ?? this.#load(kernel);
    this.#modules.set(kernel, module);
    const { module: shader, layout, pipelineLayout } = await module;
    const label = `neurite/${kernel}`;
    // The async form compiles just as synchronously in Deno and reports the same errors.
    const { result, fault } = scoped(this.#device, label, () =>
      this.#device.createComputePipeline({
        label,
        layout: pipelineLayout,
        compute: { module: shader, entryPoint: "main", constants: { ...constants } },
      }));
    const error = await fault;
    if (error) throw error;
    return { pipeline: result, layout };
  }

  async #load(kernel: KernelName): Promise<Module> {
    const label = `neurite/${kernel}`;
    const code = this.#sources[kernel];
    const { result: module, fault } = scoped(
      this.#device,
      label,
      () => this.#device.createShaderModule({ label, code }),
    );
    const error = await fault;
    if (error) throw await compileError(module, kernel, error);
    const { result: layout, fault: layoutFault } = scoped(
      this.#device,
      label,
      () => this.#device.createBindGroupLayout({ label, entries: layoutEntries(kernel) }),
    );
    const layoutError = await layoutFault;
    if (layoutError) throw layoutError;
    const pipelineLayout = this.#device.createPipelineLayout({ label, bindGroupLayouts: [layout] });
    return { module, layout, pipelineLayout };
  }
}

function layoutEntries(kernel: KernelName): GPUBindGroupLayoutEntry[] {
  const { buffers, paramsBinding } = kernelInterface(kernel);
  const visibility = GPUShaderStage.COMPUTE;
  const storage = buffers.map(({ binding, writable }): GPUBindGroupLayoutEntry => ({
    binding,
    visibility,
    buffer: { type: writable ? "storage" : "read-only-storage" },
  }));
  return [...storage, { binding: paramsBinding, visibility, buffer: { type: "uniform" } }];
}

/** Prints every message of the compiler with its place in the kernel's file. */
async function compileError(
  module: GPUShaderModule,
  kernel: KernelName,
  cause: NeuriteError,
): Promise<NeuriteError> {
  const { messages } = await module.getCompilationInfo();
  const lines = messages.map(({ type, message, lineNum, linePos }) =>
    `${type} at kernels/${kernel}.wgsl:${lineNum}:${linePos}: ${message.trim()}`
  );
  return cannot("E-DEVICE", {
    do: "compile kernel",
    thing: kernel,
    is: lines.length > 0 ? lines.join("; ") : cause.message,
    expected: "WGSL that this driver accepts",
    hint: "run `deno task doctor` and report its output with this message",
    cause,
  });
}
