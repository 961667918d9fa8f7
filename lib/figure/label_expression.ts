/**
 * What an axis writes at a tick, where that is not the value there.
 *
 * @module
 */

/** A Vega expression from a label to what is shown for it; JSON strings are its string literals. */
export function labelExpression(labels: readonly string[], shown: readonly string[]): string {
  const pairs = Object.fromEntries(labels.map((label, i) => [label, shown[i]!]));
  const json = JSON.stringify(pairs).replace(
    /[\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16)}`,
  );
  return `${json}[datum.value]`;
}
