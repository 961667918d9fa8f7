/**
 * Arrays on the host, and the shape alphabet of the whole project. They stand at the root of
 * `lib/` because every room speaks them.
 *
 * | letter | meaning | letter | meaning |
 * |---|---|---|---|
 * | B | batch (rows of tokens) | D | d_model, residual width |
 * | T | position (query) | K | d_head |
 * | S | key position | F | d_mlp, neurons a layer |
 * | N | rows of any kind, often B·T | V | vocabulary |
 * | L | layer | C | chosen columns |
 * | H | head | | |
 *
 * All arrays are row-major and contiguous.
 *
 * @module
 */

/** Real numbers of either precision: float32 of the devices, float64 of the reference. */
export type Floats = Float32Array | Float64Array;

/** The element storage a {@linkcode HostArray} may have. */
export type ArrayData = Float32Array | Float64Array | Int32Array | Uint8Array | BigInt64Array;

/** A dense row-major array in host memory. */
export interface HostArray<Data extends ArrayData = ArrayData> {
  /** Elements, row-major. */
  readonly data: Data;
  /** Extent of each axis; `[]` is a scalar. */
  readonly shape: readonly number[];
}

/** The number of elements of a shape; 1 for `[]`. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A shape as people read it: `[32, 128, 768]`. */
export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Pairs data with a shape after checking that they agree.
 *
 * @throws {RangeError} when the element counts differ.
 *
 * @example Usage
 * ```ts
 * import { hostArray } from "neurite/lib/array.ts";
 *
 * const x = hostArray(Float32Array.of(1, 2, 3, 4, 5, 6), [2, 3]);
 * if (x.shape[1] !== 3) throw new Error("unreachable");
 * ```
 */
export function hostArray<Data extends ArrayData>(
  data: Data,
  shape: readonly number[],
): HostArray<Data> {
  if (data.length !== elementCount(shape)) {
    throw new RangeError(
      `Cannot shape "${data.constructor.name}": ${data.length} elements, expected ${
        elementCount(shape)
      } for ${formatShape(shape)}`,
    );
  }
  return { data, shape };
}

/** Float64 elements rounded to float32, as files hold them; other arrays as they are. */
export function toFloat32({ data, shape }: HostArray): HostArray {
  return { data: data instanceof Float64Array ? Float32Array.from(data) : data, shape };
}

/** {@linkcode toFloat32} of every array of a record. */
export function allToFloat32(
  arrays: Readonly<Record<string, HostArray>>,
): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, toFloat32(array)]),
  );
}
