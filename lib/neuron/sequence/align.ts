/**
 * Which of a tagger's tokens each of a model's tokens stands on.
 *
 * @module
 */

/** No token of the tagger shares a character with it. */
export const NONE = -1;
/** Several do. */
export const MULTI = -2;

/** What characters something covers, `start` up to `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * For each span the one token that shares a character with it, by its place; {@linkcode NONE};
 * {@linkcode MULTI}. The release aligns by spacy-alignments, to the same three outcomes.
 *
 * @param starts of the model's tokens, ascending; with `ends`.
 * @param tokens ascending, none over another, none empty.
 */
export function alignTokens(
  { starts, ends }: { readonly starts: Int32Array; readonly ends: Int32Array },
  tokens: readonly Span[],
): Int32Array {
  let first = 0;
  return starts.map((start, i) => {
    const end = ends[i]!;
    while (first < tokens.length && tokens[first]!.end <= start) first++;
    if (start >= end || first === tokens.length || tokens[first]!.start >= end) return NONE;
    return (tokens[first + 1]?.start ?? Infinity) < end ? MULTI : first;
  });
}
