/**
 * The house as the lint plugin sees it: which room a file stands in and which rooms it may import.
 *
 * @module
 */
import { posix } from "node:path";

/**
 * What each room imports directly; {@linkcode mayImport} closes it under "whatever that uses".
 * Files at the root of `lib/` are free for every room and import only each other.
 */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  cli: [],
  store: [],
  device: ["cli"],
  model: ["device", "store"],
  circuit: ["model"],
  neuron: ["model"],
  text: ["model"],
  figure: ["store"],
  report: ["circuit", "neuron", "figure"],
  viewer: ["store", "figure"],
  scripts: [
    "cli",
    "store",
    "device",
    "model",
    "circuit",
    "neuron",
    "text",
    "figure",
    "report",
    "viewer",
    "mod.ts",
  ],
  "mod.ts": ["cli", "store", "device", "model", "circuit", "neuron", "text", "figure", "viewer"],
  "lib root": [],
};

/** The room of a path relative to the project root, or `undefined` where no arrow is drawn. */
export function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.split("/");
  if (top === "mod.ts" || top === "scripts") return top;
  if (top !== "lib" || room === undefined) return undefined;
  return rest.length === 0 ? "lib root" : room;
}

/** Whether a file is a test or a benchmark, which may import everything. */
export function isExempt(path: string): boolean {
  return /(^|\/)tests\//.test(path) || /_(test|bench)\.ts$/.test(path);
}

/** Whether `room` may import `other`, directly or through the rooms it uses. */
export function mayImport(room: string, other: string): boolean {
  if (room === other || other === "lib root") return true;
  return (ARROWS[room] ?? []).some((next) => mayImport(next, other));
}

/** Where a relative or `neurite/` specifier leads from `path`; `undefined` for packages. */
export function resolveImport(path: string, specifier: string): string | undefined {
  if (specifier === "neurite") return "mod.ts";
  if (specifier.startsWith("neurite/")) return posix.normalize(specifier.slice("neurite/".length));
  if (!specifier.startsWith(".")) return undefined;
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

/** Why `path` may not import `specifier`, or `undefined` when it may. */
export function importFault(path: string, specifier: string): string | undefined {
  const prefix = /^(npm|jsr|https?):/.exec(specifier)?.[1];
  if (prefix) return `names a ${prefix}: package, expected a bare name of the import map`;
  if (isExempt(path)) return undefined;
  const room = roomOf(path);
  const target = resolveImport(path, specifier);
  if (room === undefined || target === undefined) return undefined;
  if (target.endsWith(".wgsl")) {
    const allowed = path.startsWith("lib/device/webgpu/") && target.startsWith("kernels/");
    return allowed ? undefined : "loads a kernel, expected only lib/device/webgpu/ to do so";
  }
  if (/^(tests|tools)\//.test(target) || isExempt(target)) {
    return "leads out of the product, expected a file of lib/";
  }
  const other = roomOf(target);
  if (other === undefined || mayImport(room, other)) return undefined;
  return `leads from ${room} to ${other}, expected one of ${reach(room).join(", ") || "no room"}`;
}

function reach(room: string): string[] {
  return Object.keys(ARROWS).filter((other) => other !== room && mayImport(room, other));
}
