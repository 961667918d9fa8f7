/**
 * The original's sums in float16: what they lose, beside the exact ones.
 *
 * `correlations_fast.py` rounds activations to float16 and sums them and their squares in that type,
 * one rounding a batch. A square above 65,504, and a batch whose squares add up to that, is infinite,
 * and the neuron's correlations are then ±0, or NaN where the sum is infinite too.
 *
 * Source: spec/universal_neurons section 1.2.
 *
 * @module
 */
import type { ExactSums } from "./exact_sums.ts";
import type { Side } from "./similarity.ts";
import type { Activations, NeuronSums } from "./standard.ts";
import { COUNT, float16SquareName, float16SumName, shiftName } from "./sum_names.ts";

/** The least float16 is 2⁻²⁴; times this it is one step of the grid, so the grid rounds none of them. */
const UNIT = 2 ** 7;

/**
 * Sums of a block as the original's of a batch: every activation and every square rounded to float16,
 * the sums rounded once; in units of 1/128.
 */
export function float16Sums(
  values: Activations,
  { kept, width }: { readonly kept: Int32Array; readonly width: number },
): NeuronSums {
  const sum = new Float64Array(width);
  const square = new Float64Array(width);
  for (const k of kept) {
    const from = k * width;
    for (let f = 0; f < width; f++) {
      const x = Math.f16round(values[from + f]!);
      sum[f]! += x;
      square[f]! += Math.f16round(x * x);
    }
  }
  const rounded = (x: number) => UNIT * Math.f16round(x);
  return { sum: sum.map(rounded), square: square.map(rounded) };
}

/** A layer's sums as they are and as the original has them, in units of its activations; all `[F]`. */
export interface RoundedSide {
  /** Σx, exactly. */
  readonly sum: Float64Array;
  /** √Σ(x − mean)², exactly. */
  readonly norm: Float64Array;
  /** Σx in float16. */
  readonly roundedSum: Float64Array;
  /** `√(Σx² − (Σx)²/n)` of the sums in float16: infinite, or NaN, where they are. */
  readonly roundedNorm: Float64Array;
}

/** The sides of a layer of a run that summed in float16 too. */
export function roundedSide(sums: ExactSums, layer: string, side: Side): RoundedSide {
  const n = sums.get(COUNT).data[0]!;
  const shift = sums.constant(shiftName(layer));
  const roundedSum = sums.get(float16SumName(layer)).data.map((x) => x / UNIT);
  const square = sums.get(float16SquareName(layer)).data;
  return {
    sum: side.sum.map((x, f) => x / side.factor[f]! + n * shift[f]!),
    norm: side.norm.map((x, f) => Math.sqrt(Math.max(0, x)) / side.factor[f]!),
    roundedSum,
    // Activations that all round to 0 are 0/0 there, whatever they are here.
    roundedNorm: square.map((x, f) =>
      x === 0 ? NaN : Math.sqrt(x / UNIT - roundedSum[f]! ** 2 / n)
    ),
  };
}

/**
 * The mixes of a layer's neurons as a side. The original has them in float32, whose sums neither
 * overflow nor lose what float16 shows.
 *
 * @param matrix `[F, F]`, a mix a row.
 * @param scale `1/√variance` of each mix.
 */
export function mixedSide(
  { sum }: RoundedSide,
  matrix: Float32Array,
  { scale, n }: { readonly scale: Float64Array; readonly n: number },
): RoundedSide {
  const width = scale.length;
  const mixed = new Float64Array(width);
  for (let k = 0; k < width; k++) {
    for (let j = 0; j < width; j++) mixed[k]! += matrix[k * width + j]! * sum[j]!;
  }
  const norm = scale.map((x) => x > 0 ? Math.sqrt(n) / x : 0);
  return { sum: mixed, norm, roundedSum: mixed, roundedNorm: norm };
}

/** Layers of one side as one. */
export function joinRounded(sides: readonly RoundedSide[]): RoundedSide {
  const [first, ...rest] = sides;
  if (rest.length === 0) return first!;
  const join = (key: keyof RoundedSide) =>
    Float64Array.from(sides.flatMap((side) => [...side[key]]));
  return {
    sum: join("sum"),
    norm: join("norm"),
    roundedSum: join("roundedSum"),
    roundedNorm: join("roundedNorm"),
  };
}

/**
 * Correlations `[rows, columns]` by the original's arithmetic, from the exact ones: products are exact
 * in both, so that `r·‖x‖·‖y‖ + (Σx·Σy − Σ₁₆x·Σ₁₆y)/n` is its numerator.
 *
 * @param nan what stands for NaN: its table takes 0 between models, and leaves NaN of the baseline.
 */
export function float16Tile(
  exact: Float32Array,
  { rows, columns, n }: {
    readonly rows: RoundedSide;
    readonly columns: RoundedSide;
    readonly n: number;
  },
  nan: number,
): Float32Array {
  const width = columns.sum.length;
  const result = new Float32Array(exact.length);
  let at = 0;
  for (let i = 0; i < rows.sum.length; i++) {
    const [norm, sum, rounded] = [rows.norm[i]!, rows.sum[i]!, rows.roundedSum[i]!];
    for (let j = 0; j < width; j++, at++) {
      const lost = (sum * columns.sum[j]! - rounded * columns.roundedSum[j]!) / n;
      const numerator = exact[at]! * norm * columns.norm[j]! + lost;
      const r = Math.f16round(numerator / (rows.roundedNorm[i]! * columns.roundedNorm[j]!));
      result[at] = Number.isNaN(r) ? nan : r;
    }
  }
  return result;
}

/** What float16 made of a neuron. */
export const FLOAT16_STATES = ["finite", "zero", "not a number", "infinite"] as const;

/** The place in {@linkcode FLOAT16_STATES} of each neuron of a side. */
export function float16States({ roundedNorm }: RoundedSide): Int32Array {
  return Int32Array.from(
    roundedNorm,
    (norm) => Number.isNaN(norm) ? 2 : norm === Infinity ? 1 : norm === 0 ? 3 : 0,
  );
}
