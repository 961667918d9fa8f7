/**
 * What an axis writes at a tick, where that is not the value there.
 *
 * @module
 */

/**
 * Numbers with all their digits. The precision has to be said: to a "g" without one an axis gives its
 * steps' own, which writes 10 above 0, 2, 4, 6, 8 as 1e+1.
 */
export const ALL_DIGITS = ".12~g";

/** A Vega expression from a label to what is shown for it; JSON strings are its string literals. */
export function labelExpression(labels: readonly string[], shown: readonly string[]): string {
  const pairs = Object.fromEntries(labels.map((label, i) => [label, shown[i]!]));
  const json = JSON.stringify(pairs).replace(
    /[\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16)}`,
  );
  return `${json}[datum.value]`;
}
