import { formatShape } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { DeviceTensor } from "../device.ts";
import type { DType } from "../graph.ts";

/** A tensor of the onnx device: host memory, never written after it is made. */
export class HostTensor implements DeviceTensor {
  #data: Float32Array | Int32Array | undefined;
  readonly dtype: DType;

  constructor(
    data: Float32Array | Int32Array,
    readonly shape: readonly number[],
    readonly label: string,
    /** Whether nothing else holds the memory, so that it may be given away. */
    readonly isSole: boolean = false,
  ) {
    this.#data = data;
    this.dtype = data instanceof Int32Array ? "i32" : "f32";
  }

  /** The elements. */
  get data(): Float32Array | Int32Array {
    if (this.#data) return this.#data;
    throw cannot("E-GRAPH", {
      do: "use tensor",
      thing: this.label,
      is: `${formatShape(this.shape)}, already disposed`,
      expected: "a tensor that still holds its memory",
      hint: "report this: a tensor is used after its end",
    });
  }

  [Symbol.dispose](): void {
    this.#data = undefined;
  }
}
