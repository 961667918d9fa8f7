/**
 * The change of a softmax's denominator from four moments, with a bound of what is left out.
 *
 * @module
 */
import type { BaseSoftmax, DirectionMoments } from "./softmax_moments.ts";

/** `log E[e^X]` and how far it may be off. */
export interface SeriesValue {
  log: number;
  bound: number;
}

/**
 * A function of prompt n, neuron f, ε and τ that writes into `value` the series of `log E[e^X]` under
 * prompt n's softmax, where `X = ε g' + τ (x − E x)`.
 *
 * By Taylor's remainder `|e^X − Σ_{k≤4} X^k / k!| ≤ |X|⁵ e^|X| / 120 ≤ X⁴ r e^r / 120` for every
 * token, r the largest `|X|` of any; the mean of the right side bounds the error R of `E[e^X]`, which
 * is at least 1 (Jensen), so that its logarithm is off by at most `R / (1 − R)`. The bound is of the
 * series, given moments; those carry the rounding of float32 sums.
 */
export function momentSeries(
  base: BaseSoftmax,
  { means, reach }: DirectionMoments,
): (
  at: { n: number; f: number },
  move: { epsilon: number; tau: number },
  value: SeriesValue,
) => void {
  const F = reach.length;
  const moment = (i: number, j: number) => means.get(`${i},${j}`)!;
  const [m01, m11, m21, m31] = [moment(0, 1), moment(1, 1), moment(2, 1), moment(3, 1)];
  const [m02, m12, m22] = [moment(0, 2), moment(1, 2), moment(2, 2)];
  const [m03, m13, m04] = [moment(0, 3), moment(1, 3), moment(0, 4)];
  const [, , g2, g3, g4] = base.powers;
  return ({ n, f }, { epsilon: e, tau: t }, value) => {
    const at = n * F + f;
    const mean = m01[at]!;
    const [gg, ggg, gggg] = [g2![n]!, g3![n]!, g4![n]!];
    // Means of g'^i y^j, y = x − E x.
    const gy = m11[at]!;
    const ggy = m21[at]! - mean * gg;
    const gggy = m31[at]! - mean * ggg;
    const yy = m02[at]! - mean * mean;
    const gyy = m12[at]! - 2 * mean * gy;
    const ggyy = m22[at]! - 2 * mean * m21[at]! + mean * mean * gg;
    const yyy = m03[at]! - 3 * mean * m02[at]! + 2 * mean ** 3;
    const gyyy = m13[at]! - 3 * mean * m12[at]! + 3 * mean * mean * gy;
    const yyyy = m04[at]! - 4 * mean * m03[at]! + 6 * mean * mean * m02[at]! - 3 * mean ** 4;
    const second = e * e * gg + 2 * e * t * gy + t * t * yy;
    const third = e ** 3 * ggg + 3 * e * e * t * ggy + 3 * e * t * t * gyy + t ** 3 * yyy;
    const fourth = e ** 4 * gggg + 4 * e ** 3 * t * gggy + 6 * e * e * t * t * ggyy +
      4 * e * t ** 3 * gyyy + t ** 4 * yyyy;
    const r = Math.abs(e) * base.reach[n]! + Math.abs(t) * (reach[f]! + Math.abs(mean));
    const rest = Math.abs(fourth) * r * Math.exp(r) / 120;
    value.log = Math.log(1 + second / 2 + third / 6 + fourth / 24);
    value.bound = rest < 1 ? rest / (1 - rest) : Infinity;
  };
}
