import assert from "node:assert/strict";
import fc from "fast-check";
import { alignTokens, MULTI, NONE } from "./align.ts";

/** By characters: the set of tokens that own a character of the span. */
function plainAlign(span: readonly [number, number], owners: readonly (number | undefined)[]) {
  const own = new Set(owners.slice(span[0], span[1]).filter((owner) => owner !== undefined));
  return own.size === 0 ? NONE : own.size > 1 ? MULTI : [...own][0]!;
}

Deno.test("alignTokens() is the owners of each character when pieces and tokens are random", () => {
  const text = fc.record({
    /** Lengths of pieces, 0 for an id without text, and how far each reaches back. */
    pieces: fc.array(fc.tuple(fc.nat(6), fc.nat(1)), { maxLength: 20 }),
    /** Gap before each token, and its length. */
    tokens: fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 7 })), { maxLength: 20 }),
  });
  const seen = new Set<string>();
  fc.assert(
    fc.property(text, ({ pieces, tokens }) => {
      let [at, last] = [0, 0];
      const spans = pieces.map(([length, back]) => {
        const start = Math.max(last, at - (length > 0 ? back : 0));
        last = start;
        at += length;
        return [start, at] as const;
      });
      let end = 0;
      const owners: (number | undefined)[] = [];
      const placed = tokens.map(([gap, length], i) => {
        const start = end + gap;
        end = start + length;
        for (let c = start; c < end; c++) owners[c] = i;
        return { start, end };
      });
      const found = alignTokens({
        starts: Int32Array.from(spans, ([start]) => start),
        ends: Int32Array.from(spans, ([, stop]) => stop),
      }, placed);
      assert.deepEqual([...found], spans.map((span) => plainAlign(span, owners)));
      for (const label of found) seen.add(label < 0 ? String(label) : "one");
    }),
    { numRuns: 500 },
  );
  assert.equal(seen.size, 3, "all three outcomes were met");
});
