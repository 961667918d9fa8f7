/**
 * Activations in 8 bits: `q = round(x / scale) + zero`, clamped to 0..255, a scale for each neuron
 * (spec/universal_neurons section 1.7, last line: `scale = (max − min) / 255`,
 * `zero = round(−min / scale)`).
 *
 * The original's `zero` has to lie in 0..255 as well, which a neuron that never changes its sign does
 * not give; here it is any whole number.
 *
 * @module
 */

/** The scheme of one neuron. */
export interface Affine {
  /** A step; NaN where no scheme can hold the values. */
  readonly scale: number;
  /** What stands for 0, a whole number. */
  readonly zero: number;
}

/**
 * The scheme of values between `min` and `max`. A constant is held exactly. With NaN or infinity among
 * the values (an end that is not finite), all of them read as NaN: it shows.
 */
export function affineOf(min: number, max: number): Affine {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return { scale: NaN, zero: 0 };
  if (min === max) return { scale: Math.abs(min) || 1, zero: min < 0 ? 1 : 0 };
  const scale = (max - min) / 255;
  return { scale, zero: Math.round(-min / scale) + 0 };
}

/** Values to bytes. */
export function quantise(
  values: Float32Array,
  { scale, zero }: Affine,
  bytes: Uint8ClampedArray,
): void {
  // The array clamps; NaN becomes 0.
  for (let i = 0; i < values.length; i++) bytes[i] = Math.round(values[i]! / scale) + zero;
}

/** Bytes to values. */
export function dequantise(bytes: Uint8Array, { scale, zero }: Affine, values: Float32Array): void {
  for (let i = 0; i < bytes.length; i++) values[i] = (bytes[i]! - zero) * scale;
}
