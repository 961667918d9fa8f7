/**
 * The two 16-bit floats of checkpoints, widened exactly to float32.
 *
 * @module
 */

/** IEEE binary16 bit patterns to float32; `target` is at least as long as `bits`. */
export function widenFloat16(bits: Uint16Array, target: Float32Array): void {
  target.set(new Float16Array(bits.buffer, bits.byteOffset, bits.length));
}

/** bfloat16 bit patterns to float32: they are its upper halves. */
export function widenBfloat16(bits: Uint16Array, target: Float32Array): void {
  const words = new Uint32Array(target.buffer, target.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
}
