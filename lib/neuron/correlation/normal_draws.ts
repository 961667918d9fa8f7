import { RandomStream } from "../../random.ts";

/** Fills an array with standard normal numbers of a stream (Box and Muller 1958), from its place 0. */
export function fillNormal(target: Float32Array | Float64Array, stream: RandomStream): void {
  for (let i = 0; i < target.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - stream.uniform(i)));
    const angle = 2 * Math.PI * stream.uniform(i + 1);
    target[i] = radius * Math.cos(angle);
    if (i + 1 < target.length) target[i + 1] = radius * Math.sin(angle);
  }
}
