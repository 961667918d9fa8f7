/**
 * How much of the most probable tokens' probability falls on numbers of a kind
 * (spec/greater_than section 3.13).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";

/** The most probable tokens of each row. */
export interface RankedTokens {
  /** i32 `[N, K]`. */
  readonly ids: HostArray<Int32Array>;
  /** f64 `[N, K]`. */
  readonly probabilities: HostArray<Float64Array>;
}

/** Whether a token counts in a row. */
export type TokenFilter = (id: number, row: number) => boolean;

/** Probabilities of the tokens that count, 0 for the others: f64 `[N, K]`. */
export function keptProbabilities(top: RankedTokens, counts: TokenFilter): HostArray<Float64Array> {
  const { ids, probabilities } = top;
  const K = ids.shape[1]!;
  const data = probabilities.data.map((p, i) => counts(ids.data[i]!, Math.floor(i / K)) ? p : 0);
  return { data, shape: ids.shape };
}

/** Mass of the tokens that count in each row: f64 `[N]`. */
export function tokenMass(top: RankedTokens, counts: TokenFilter = () => true): Float64Array {
  const [N, K] = top.ids.shape as [number, number];
  const { data } = keptProbabilities(top, counts);
  return Float64Array.from({ length: N }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += data[n * K + k]!;
    return sum;
  });
}

/** How many tokens count in each row, 0 to K: f64 `[N]`. */
export function tokenCount(top: RankedTokens, counts: TokenFilter): Float64Array {
  const [N, K] = top.ids.shape as [number, number];
  const row = (n: number) => top.ids.data.subarray(n * K, (n + 1) * K);
  return Float64Array.from({ length: N }, (_, n) => row(n).filter((id) => counts(id, n)).length);
}

/** Mean over the rows of the mass that counts up to each rank: f64 `[K]`, ascending. */
export function massByRank(top: RankedTokens, counts: TokenFilter = () => true): Float64Array {
  const [N, K] = top.ids.shape as [number, number];
  const { data } = keptProbabilities(top, counts);
  const sums = new Float64Array(K);
  data.forEach((p, i) => sums[i % K]! += p / N);
  for (let k = 1; k < K; k++) sums[k]! += sums[k - 1]!;
  return sums;
}
