/**
 * WebGPU reports errors late and elsewhere; error scopes around each call bring them home.
 *
 * @module
 */
import { cannot, NeuriteError } from "../../errors.ts";

/** A result and the error, if any, that its scopes caught. */
export interface Scoped<Result> {
  readonly result: Result;
  readonly fault: Promise<NeuriteError | null>;
}

function memoryFault(label: string, message: string): NeuriteError {
  return cannot("E-DEVICE-MEMORY", {
    do: "allocate",
    thing: label,
    is: `out of device memory (${message})`,
    expected: "enough free memory",
    hint: "lower --memory, or close other programs that use the GPU",
  });
}

function deviceFault(label: string, message: string): NeuriteError {
  return cannot("E-DEVICE", {
    do: "run",
    thing: label,
    is: `refused by WebGPU (${message})`,
    expected: "a valid call",
    hint: "run `deno task doctor` and report its output with this message",
  });
}

/**
 * Calls `action` inside an out-of-memory and a validation scope. Both are popped before it returns:
 * scopes are a stack per device, so no other call may come between.
 */
export function scoped<Result>(
  device: GPUDevice,
  label: string,
  action: () => Result,
): Scoped<Result> {
  device.pushErrorScope("validation");
  device.pushErrorScope("out-of-memory");
  let memory: Promise<GPUError | null>;
  let validation: Promise<GPUError | null>;
  let result: Result;
  try {
    result = action();
  } finally {
    memory = device.popErrorScope();
    validation = device.popErrorScope();
  }
  return { result, fault: firstFault(label, memory, validation) };
}

/** Out of memory first: it surfaces as an invalid buffer too. A lost device rejects both. */
async function firstFault(
  label: string,
  memory: Promise<GPUError | null>,
  validation: Promise<GPUError | null>,
): Promise<NeuriteError | null> {
  try {
    const [memoryError, validationError] = await Promise.all([memory, validation]);
    if (memoryError) return memoryFault(label, memoryError.message);
    if (validationError) return deviceFault(label, validationError.message);
    return null;
  } catch (cause) {
    return deviceFault(label, cause instanceof Error ? cause.message : String(cause));
  }
}

/** Collects faults until somebody can await them. */
export class Faults {
  #pending: Promise<NeuriteError | null>[] = [];

  /** Keeps the fault of a scoped call and returns its result. */
  note<Result>({ result, fault }: Scoped<Result>): Result {
    this.#pending.push(fault);
    return result;
  }

  /** Throws the first fault noted since the last call, out of memory before all else. */
  async check(): Promise<void> {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    const faults = (await Promise.all(pending)).filter((fault) => fault !== null);
    const first = faults.find((fault) => fault.code === "E-DEVICE-MEMORY") ?? faults[0];
    if (first) throw first;
  }
}
