/**
 * Values that Python makes too, so that numbers of NumPy, SciPy and seaborn can be held against ours.
 *
 * @module
 */

/** `count` numbers in [0, 1) of `s = (1103515245 s + 12345) mod 2³¹`. */
function congruential(count: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(1103515245, state) + 12345) & 0x7fffffff;
    return state / 2 ** 31;
  });
}

const uniform = congruential(200, 1);

/** A hundred values near a normal distribution. */
export const X: readonly number[] = uniform.slice(0, 100).map((u, i) =>
  Math.sqrt(-2 * Math.log(u + 1e-3)) * Math.cos(2 * Math.PI * uniform[100 + i]!)
);

/** A hundred values that grow with {@linkcode X}. */
export const Y: readonly number[] = congruential(100, 7).map((u, i) => u + 0.5 * X[i]!);

/** {@linkcode X} in quarters, so that values repeat. */
export const ROUNDED: readonly number[] = X.map((x) => Math.round(4 * x));

/** Three groups in turn. */
export const GROUPS: readonly number[] = X.map((_, i) => i % 3);
