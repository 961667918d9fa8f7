/**
 * How far two arrays are apart, said so that a failure names the place.
 *
 * @module
 */
import type { ArrayData, HostArray } from "../lib/array.ts";
import { formatShape } from "../lib/array.ts";

/** The worst element of a comparison. */
export interface Deviation {
  /** Largest `|actual − expected| / scale`; Infinity where one is NaN or shapes differ. */
  worst: number;
  /** Flat index of the worst element. */
  index: number;
  /** Both values and the place, for people. */
  detail: string;
}

/** The place of a flat index in a shape. */
function place(index: number, shape: readonly number[]): string {
  const at: number[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    at.unshift(index % shape[axis]!);
    index = Math.floor(index / shape[axis]!);
  }
  return formatShape(at);
}

/**
 * Largest deviation of `actual` from `expected`. Equal infinities agree; a NaN agrees with a NaN.
 * `scale(index)` divides the difference (1 when absent).
 */
export function deviation(
  actual: HostArray,
  expected: HostArray,
  scale: (index: number) => number = () => 1,
): Deviation {
  if (actual.data.length !== expected.data.length) {
    const detail = `${formatShape(actual.shape)} against ${formatShape(expected.shape)}`;
    return { worst: Infinity, index: -1, detail };
  }
  let worst = 0;
  let index = -1;
  for (let i = 0; i < expected.data.length; i++) {
    const a = Number(actual.data[i]);
    const e = Number(expected.data[i]);
    if (Object.is(a, e) || a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    const apart = Math.abs(a - e) / scale(i);
    if (Number.isNaN(apart) || apart > worst) {
      worst = Number.isNaN(apart) ? Infinity : apart;
      index = i;
    }
    if (worst === Infinity) break;
  }
  const detail = index < 0
    ? "equal"
    : `${actual.data[index]} against ${expected.data[index]} at ${place(index, expected.shape)}`;
  return { worst, index, detail };
}

/** Root mean square of each row of the last axis, spread over its elements. */
export function rowRms({ data, shape }: HostArray<ArrayData>): (index: number) => number {
  const width = shape.at(-1) ?? 1;
  const rms = Array.from({ length: data.length / width }, (_, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += Number(data[i]) ** 2;
    return Math.sqrt(sum / width) || 1;
  });
  return (index) => rms[Math.floor(index / width)]!;
}
