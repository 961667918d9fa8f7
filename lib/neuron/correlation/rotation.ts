/**
 * The rotation baseline: neurons of a layer of the second model mixed at random.
 *
 * Mixing is linear, so `Σ x (Ry)ᵀ = (Σ x yᵀ) Rᵀ` and the baseline follows from the sums of the plain
 * run: no second pass, and as many draws as wanted (spec/universal_neurons section 5).
 *
 * @module
 */
import { RandomStream } from "../../random.ts";
import { fillNormal } from "./normal_draws.ts";

/** `gaussian`: rows of unit length, as the original; `orthogonal`: a rotation in truth. */
export const ROTATIONS = ["gaussian", "orthogonal"] as const;

/** A member of {@linkcode ROTATIONS}. */
export type RotationForm = typeof ROTATIONS[number];

/** Gives the matrices of a baseline. */
export interface Rotation {
  /** How many independent baselines there are. */
  readonly draws: number;
  /** `R [F, F]` of a layer: row k is what the mixed neuron k is made of. */
  matrix(partner: string, layer: number, shape: { width: number; draw: number }): Float32Array;
}

/** Takes from each row its share of the rows before it (modified Gram-Schmidt). */
function orthogonalize(rows: Float64Array, width: number): void {
  for (let k = 0; k < width; k++) {
    const row = rows.subarray(k * width, (k + 1) * width);
    normalize(row);
    for (let below = k + 1; below < width; below++) {
      const other = rows.subarray(below * width, (below + 1) * width);
      let share = 0;
      for (let f = 0; f < width; f++) share += row[f]! * other[f]!;
      for (let f = 0; f < width; f++) other[f]! -= share * row[f]!;
    }
  }
}

function normalize(row: Float64Array): void {
  let square = 0;
  for (const x of row) square += x * x;
  const length = Math.sqrt(square);
  for (let f = 0; f < row.length; f++) row[f]! /= length;
}

/**
 * Seeded random matrices of normal numbers: a matrix depends on seed, partner, layer and draw alone.
 *
 * @example Usage
 * ```ts
 * import { randomRotation } from "neurite/lib/neuron/correlation/rotation.ts";
 *
 * const rotation = randomRotation({ form: "orthogonal", seed: 0, draws: 1 });
 * const [a, b, c, d] = rotation.matrix("model", 0, { width: 2, draw: 0 });
 * if (Math.abs(a! * c! + b! * d!) > 1e-6) throw new Error("unreachable");
 * ```
 */
export function randomRotation(
  { form, seed, draws }: { form: RotationForm; seed: number; draws: number },
): Rotation {
  return {
    draws,
    matrix(partner, layer, { width, draw }) {
      const rows = new Float64Array(width * width);
      fillNormal(rows, new RandomStream(seed, `rotation ${partner} ${layer} ${draw}`));
      if (form === "orthogonal") orthogonalize(rows, width);
      else for (let k = 0; k < width; k++) normalize(rows.subarray(k * width, (k + 1) * width));
      return Float32Array.from(rows);
    },
  };
}
