import type { Activation, GeluForm } from "../graph.ts";

/**
 * The error function to about 1e-15, by `2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!`, whose terms are
 * all of one sign, so nothing cancels. Beyond |x| = 6 it is ±1 in float64.
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** GELU of one number in either form. */
export function geluOf(x: number, form: GeluForm): number {
  if (form === "erf") return 0.5 * x * (1 + erf(x / Math.SQRT2));
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/** The activation a `linear` applies, as a function of one number. */
export function activationOf(activation: Activation): (x: number) => number {
  if (activation === "none") return (x) => x;
  const form = activation === "gelu_erf" ? "erf" : "tanh";
  return (x) => geluOf(x, form);
}
