/**
 * Where a neuron and its feature disagree most, with the tokens around (the notebook syntax).
 *
 * @module
 */
import type { Tokens } from "../../model/tokens.ts";

/** A position and its surroundings. */
export interface SyntaxContext {
  /** `"active without"`: the feature does not hold; `"silent with"`: it holds. */
  readonly kind: "active without" | "silent with";
  readonly row: number;
  readonly position: number;
  readonly value: number;
  /** The tokens before, the token itself, and those behind. */
  readonly text: readonly [before: string, token: string, after: string];
}

/** Tokens shown on either side. */
const AROUND = 8;

/** What contexts are made of. */
export interface ContextSource {
  /** `[N]`. */
  readonly values: Float32Array;
  readonly holds: Uint8Array;
  readonly tokens: Tokens;
  /** Each id's text. */
  readonly strings: ReadonlyMap<number, string>;
}

/**
 * The positions of the largest values where the feature does not hold, and of the smallest where it
 * holds, `count` each.
 */
export function syntaxContexts(
  { values, holds, tokens: { data, shape }, strings }: ContextSource,
  count: number,
): SyntaxContext[] {
  const T = shape[1]!;
  const order = [...values.keys()].filter((i) => Number.isFinite(values[i]))
    .sort((a, b) => values[b]! - values[a]! || a - b);
  const text = (from: number, to: number) =>
    Array.from(data.subarray(from, to), (id) => strings.get(id) ?? "").join("");
  const context = (kind: SyntaxContext["kind"]) => (i: number): SyntaxContext => {
    const row = Math.floor(i / T);
    const [first, end] = [Math.max(row * T, i - AROUND), Math.min((row + 1) * T, i + 1 + AROUND)];
    return {
      kind,
      row,
      position: i % T,
      value: values[i]!,
      text: [text(first, i), text(i, i + 1), text(i + 1, end)],
    };
  };
  return [
    ...order.filter((i) => holds[i] === 0).slice(0, count).map(context("active without")),
    ...order.filter((i) => holds[i] === 1).slice(-count).reverse().map(context("silent with")),
  ];
}
