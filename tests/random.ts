/**
 * Seeded numbers for tests: splitmix64-like 32-bit mixing of (seed, index), so that a case's data
 * does not depend on the order in which cases are built.
 *
 * @module
 */
import { elementCount, type HostArray } from "../lib/array.ts";

function mix(seed: number, index: number): number {
  let z = (Math.imul(seed, 0x9e3779b9) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad) >>> 0;
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97) >>> 0;
  return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
}

/** Float32 normal deviates of standard deviation `scale`. */
export function normal(shape: readonly number[], seed: number, scale = 1): HostArray<Float32Array> {
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
    const radius = Math.sqrt(-2 * Math.log(1 - mix(seed, 2 * i)));
    return scale * radius * Math.cos(2 * Math.PI * mix(seed, 2 * i + 1));
  });
  return { data, shape };
}

/** Int32 values from 0 to `below` − 1. */
export function integers(
  shape: readonly number[],
  seed: number,
  below: number,
): HostArray<Int32Array> {
  const data = Int32Array.from(
    { length: elementCount(shape) },
    (_, i) => Math.floor(mix(seed, i) * below),
  );
  return { data, shape };
}
