/**
 * Heads as neurons see them: `‖x·M‖ / ‖M‖` for the D × D products M of a head, without making them.
 *
 * @module
 */
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { transpose } from "../../transpose.ts";

/**
 * How a neuron and a head compose, by what is contracted. `OV = W_V·W_O`, `QK = W_Q·W_Kᵀ`, unit
 * vectors w:
 *
 * | name | formula | the neuron's |
 * |---|---|---|
 * | `comp_v` | `‖w_outᵀ·OV‖ / ‖OV‖` | output feeds the head's value input |
 * | `comp_o` | `‖OV·w_in‖ / ‖OV‖` | input reads the head's output |
 * | `comp_query_side` | `‖w_outᵀ·QK‖ / ‖QK‖` | output feeds the head's query |
 * | `comp_key_side` | `‖QK·w_out‖ / ‖QK‖` | output feeds the head's key |
 */
export type HeadComposition = "comp_v" | "comp_o" | "comp_query_side" | "comp_key_side";

/** The matrix next to the neuron and the one behind it, by role; `O` is `[H·K, D]`, others `[D, H·K]`. */
const PARTS: Readonly<Record<HeadComposition, readonly [near: string, far: string]>> = {
  "comp_v": ["V", "O"],
  "comp_o": ["O", "V"],
  "comp_query_side": ["Q", "K"],
  "comp_key_side": ["K", "Q"],
};

/**
 * Pivots below this share of the trace are dropped. In a semi-definite matrix what stands beside one
 * is at most its root, 1e-8 of the trace.
 */
const SMALLEST_PIVOT = 1e-16;

/**
 * For each head of a layer K vectors, f64 `[H·K, D]`, with `‖x·M‖ / ‖M‖ = √Σ_k (x·f_k)²`.
 *
 * M is `nearᵀ·far` with both `[K, D]`, so `‖x·M‖² = u·(far·farᵀ)·u` with `u = near·x`. With the Cholesky
 * factor `far·farᵀ = Rᵀ·R` that is `‖R·near·x‖²`, and `‖M‖` is the Frobenius norm of `R·near`. A
 * head whose M is zero has zero vectors.
 */
export async function headFactors(
  folded: FoldedWeights,
  kind: HeadComposition,
  { layer, config }: { layer: number; config: ModelConfig },
): Promise<Float64Array> {
  const { nHead, dHead: K, dModel: D } = config;
  const rows = async (role: string) => {
    const name = `blocks.${layer}.attn.W_${role}`;
    const matrix = await folded.read(name);
    return role === "O" ? matrix : transpose(matrix, [D, nHead * K]);
  };
  const [near, far] = [await rows(PARTS[kind][0]), await rows(PARTS[kind][1])];
  const factors = new Float64Array(near.length);
  for (let head = 0; head < nHead; head++) {
    const part = (matrix: Float64Array) => matrix.subarray(head * K * D, (head + 1) * K * D);
    const upper = choleskyUpper(gram(part(far), K), K);
    writeFactor(part(factors), upper, part(near));
  }
  return factors;
}

/** `R·near / ‖R·near‖` for an upper triangle `R [K, K]` and `near [K, D]`. */
function writeFactor(target: Float64Array, upper: Float64Array, near: Float64Array): void {
  const K = Math.sqrt(upper.length);
  const D = near.length / K;
  let squares = 0;
  for (let k = 0; k < K; k++) {
    for (let j = k; j < K; j++) {
      const factor = upper[k * K + j]!;
      for (let d = 0; d < D; d++) target[k * D + d]! += factor * near[j * D + d]!;
    }
    for (let d = 0; d < D; d++) squares += target[k * D + d]! ** 2;
  }
  const norm = Math.sqrt(squares);
  if (norm > 0) { for (let i = 0; i < target.length; i++) target[i]! /= norm; }
}

/** `rows·rowsᵀ`: `[K, D] -> [K, K]`. */
function gram(rows: Float64Array, K: number): Float64Array {
  const D = rows.length / K;
  const result = new Float64Array(K * K);
  for (let i = 0; i < K; i++) {
    for (let j = i; j < K; j++) {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += rows[i * D + d]! * rows[j * D + d]!;
      result[i * K + j] = result[j * K + i] = sum;
    }
  }
  return result;
}

/**
 * The upper triangle R with `Rᵀ·R = matrix` for a positive semi-definite `[K, K]`. The row of a pivot
 * that is nothing but rounding is left zero: it would be rounding divided by its root.
 */
export function choleskyUpper(matrix: Float64Array, K: number): Float64Array {
  const upper = new Float64Array(K * K);
  let trace = 0;
  for (let i = 0; i < K; i++) trace += matrix[i * K + i]!;
  for (let i = 0; i < K; i++) {
    let pivot = matrix[i * K + i]!;
    for (let m = 0; m < i; m++) pivot -= upper[m * K + i]! ** 2;
    if (pivot <= SMALLEST_PIVOT * trace) continue;
    const root = upper[i * K + i] = Math.sqrt(pivot);
    for (let j = i + 1; j < K; j++) {
      let rest = matrix[i * K + j]!;
      for (let m = 0; m < i; m++) rest -= upper[m * K + i]! * upper[m * K + j]!;
      upper[i * K + j] = rest / root;
    }
  }
  return upper;
}
