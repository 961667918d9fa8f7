import { elementCount } from "../../array.ts";
import type { DeviceTensor } from "../device.ts";
import type { DType } from "../graph.ts";

/** A tensor of the reference device: float64 or int32 in host memory. */
export class ReferenceTensor implements DeviceTensor {
  constructor(readonly data: Float64Array | Int32Array, readonly shape: readonly number[]) {}

  get dtype(): DType {
    return this.data instanceof Int32Array ? "i32" : "f32";
  }

  [Symbol.dispose](): void {}
}

/** Float64 zeros of a shape. */
export function zeros(shape: readonly number[]): Float64Array {
  return new Float64Array(elementCount(shape));
}

/** The float64 elements of a tensor that must hold floats. */
export function floats(tensor: ReferenceTensor): Float64Array {
  if (tensor.data instanceof Float64Array) return tensor.data;
  throw new TypeError(`Cannot read "i32 tensor": int32 elements, expected float64`);
}
