/**
 * A kernel's bindings and parameters, read from its WGSL: the names are written once, there.
 *
 * @module
 */
import { type KernelName, KERNELS } from "./kernels.ts";

/** A member of `struct Params`. */
interface Field {
  readonly name: string;
  readonly type: "u32" | "i32" | "f32";
}

/** What a kernel asks for. */
export interface KernelInterface {
  /** Storage bindings in order, without `params`. */
  readonly buffers: readonly { name: string; binding: number; writable: boolean }[];
  /** Binding of the uniform `params`. */
  readonly paramsBinding: number;
  /** The members of `struct Params`, 4 bytes each. */
  readonly fields: readonly Field[];
}

const BINDING =
  /@group\(0\) @binding\((\d+)\) var<(storage, read_write|storage, read|uniform)> (\w+)/g;
const FIELD = /^\s*(\w+): (u32|i32|f32),$/gm;

/** Reads bindings and `struct Params` from a source; scalars only, so offsets are 4 bytes apart. */
export function parseInterface(source: string): KernelInterface {
  const struct = /struct Params \{([^}]*)\}/.exec(source)?.[1] ?? "";
  const fields = [...struct.matchAll(FIELD)].map((match): Field => ({
    name: match[1]!,
    type: match[2] as Field["type"],
  }));
  const bindings = [...source.matchAll(BINDING)].map((match) => ({
    name: match[3]!,
    binding: Number(match[1]),
    space: match[2]!,
  })).sort((a, b) => a.binding - b.binding);
  const params = bindings.find(({ space }) => space === "uniform");
  if (!params || params.name !== "params" || fields.length === 0) {
    throw new TypeError('Cannot read "kernel": no uniform "params", expected one in every kernel');
  }
  const buffers = bindings.filter(({ space }) => space !== "uniform").map((
    { name, binding, space },
  ) => ({ name, binding, writable: space === "storage, read_write" }));
  return { buffers, paramsBinding: params.binding, fields };
}

const interfaces = new Map<KernelName, KernelInterface>();

/** The interface of a kernel of this suite. */
export function kernelInterface(kernel: KernelName): KernelInterface {
  const known = interfaces.get(kernel);
  if (known) return known;
  const parsed = parseInterface(KERNELS[kernel]);
  interfaces.set(kernel, parsed);
  return parsed;
}

/**
 * Packs named numbers as the kernel's `Params`, padded to 16 bytes.
 *
 * @throws {TypeError} when a name is missing or unknown.
 */
export function packParams(
  kernel: KernelName,
  values: Readonly<Record<string, number>>,
): Uint8Array<ArrayBuffer> {
  const { fields } = kernelInterface(kernel);
  const bytes = new Uint8Array(Math.ceil(fields.length / 4) * 16);
  const view = new DataView(bytes.buffer);
  const names = new Set(Object.keys(values));
  fields.forEach(({ name, type }, index) => {
    const value = values[name];
    if (value === undefined) {
      throw new TypeError(`Cannot pack "${kernel}": no "${name}", expected a ${type}`);
    }
    names.delete(name);
    if (type === "f32") view.setFloat32(4 * index, value, true);
    else if (type === "i32") view.setInt32(4 * index, value, true);
    else view.setUint32(4 * index, value, true);
  });
  if (names.size > 0) {
    throw new TypeError(
      `Cannot pack "${kernel}": "${[...names].join('", "')}", expected only members of Params`,
    );
  }
  return bytes;
}
