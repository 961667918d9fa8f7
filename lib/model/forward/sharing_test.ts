import assert from "node:assert/strict";
import fc from "fast-check";
import type { Tokens } from "../tokens.ts";
import { type BatchPlan, planBatch, sortRows, unsortedRows } from "./sharing.ts";

/** Rows of few different tokens, so that many begin alike. */
const rowsOfTokens = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 60 }))
  .chain(([T, B]) =>
    fc.array(fc.integer({ min: 0, max: 2 }), { minLength: B * T, maxLength: B * T })
      .map((ids): Tokens => ({ data: Int32Array.from(ids), shape: [B, T] }))
  );

function beginning({ data, shape }: Tokens, row: number, length: number): string {
  const T = shape[1]!;
  return data.subarray(row * T, row * T + Math.min(length, T)).join();
}

function planAll(tokens: Tokens, lookahead: 0 | 1 = 0): BatchPlan {
  const [B, T] = tokens.shape as [number, number];
  return planBatch(sortRows(tokens), [0, B], { T, lookahead });
}

function cost({ levels }: BatchPlan): number {
  return levels.reduce((sum, { from, to, rows }) => sum + rows.length * (to - from), 0);
}

/** `[rows, positions]` of each level. */
function sizes({ levels }: BatchPlan): [number, number][] {
  return levels.map(({ from, to, rows }) => [rows.length, to - from]);
}

/** Year prompts: 120 nouns, 9 centuries, 97 years, as the paper draws them. */
function yearRows(B: number): Tokens {
  const rows = Array.from({ length: B }, (_, b) => {
    const [noun, century, year] = [b * 7 % 120, b * 5 % 9, b * 31 % 97];
    return [0, 1, 10 + noun, 2, 3, 4, 5, 200 + century, 300 + year, 6, 7, 8, 200 + century];
  });
  return { data: Int32Array.from(rows.flat()), shape: [B, 13] };
}

Deno.test("sortRows() orders rows by their tokens and counts what neighbours share", () => {
  fc.assert(fc.property(rowsOfTokens, (tokens) => {
    const [B, T] = tokens.shape as [number, number];
    const { order, shared } = sortRows(tokens);
    assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: B }, (_, row) => row));
    assert.equal(shared[0], 0);
    for (let i = 1; i < B; i++) {
      const [a, b] = [order[i - 1]!, order[i]!];
      const length = shared[i]!;
      assert.equal(beginning(tokens, a, length), beginning(tokens, b, length));
      if (length === T) assert.ok(a < b);
      else assert.ok(tokens.data[a * T + length]! < tokens.data[b * T + length]!);
    }
  }));
});

Deno.test("planBatch() gives every row its own tokens at every position", () => {
  const lookaheads = fc.constantFrom<(0 | 1)[]>(0, 1);
  fc.assert(fc.property(rowsOfTokens, lookaheads, fc.nat(), (tokens, lookahead, cut) => {
    const [B, T] = tokens.shape as [number, number];
    const sorted = sortRows(tokens);
    const middle = 1 + cut % B;
    for (const range of [[0, middle], [middle, B]] as const) {
      if (range[0] === range[1]) continue;
      const { places, levels } = planBatch(sorted, range, { T, lookahead, levelTokens: 1 });
      assert.deepEqual(places, sorted.order.slice(...range).sort());
      assert.deepEqual(
        levels.map(({ from }) => from),
        [0, ...levels.map(({ to }) => to)].slice(0, -1),
      );
      assert.equal(levels.at(-1)!.to, T);
      levels.forEach(({ to, rows, parents, of }, i) => {
        places.forEach((place, at) =>
          assert.equal(
            beginning(tokens, rows[of[at]!]!, to + lookahead),
            beginning(tokens, place, to + lookahead),
          )
        );
        assert.equal(parents.length, i === 0 ? 0 : rows.length);
        parents.forEach((parent, n) => {
          const before = levels[i - 1]!;
          assert.equal(
            beginning(tokens, before.rows[parent]!, before.to),
            beginning(tokens, rows[n]!, before.to),
          );
        });
      });
    }
  }));
});

Deno.test("planBatch() takes the cheapest levels of all there are", () => {
  fc.assert(fc.property(rowsOfTokens, fc.integer({ min: 0, max: 9 }), (tokens, levelTokens) => {
    const [B, T] = tokens.shape as [number, number];
    const rowsOf = (to: number) =>
      new Set(Array.from({ length: B }, (_, row) => beginning(tokens, row, to))).size;
    const all = Array.from({ length: 2 ** (T - 1) }, (_, chosen) => {
      const ends = Array.from({ length: T }, (_, i) => i + 1)
        .filter((end) => end === T || chosen >> (end - 1) & 1);
      const tokensOf = (to: number, i: number) => rowsOf(to) * (to - (ends[i - 1] ?? 0));
      return ends.reduce((sum, to, i) => sum + levelTokens + tokensOf(to, i), 0);
    });
    const plan = planBatch(sortRows(tokens), [0, B], { T, lookahead: 0, levelTokens });
    assert.equal(cost(plan) + levelTokens * plan.levels.length, Math.min(...all));
  }));
});

Deno.test("planBatch() finds noun and century of year prompts, and the bad prompts' copies", () => {
  const good = yearRows(10_000);
  const plan = planAll(good);
  assert.deepEqual(sizes(plan).map(([, positions]) => positions), [2, 5, 1, 5]);
  assert.ok(cost(plan) < 10_000 * 13 / 2.3, `${cost(plan)} tokens`);
  const bad = { data: good.data.map((id, i) => i % 13 === 8 ? 300 : id), shape: good.shape };
  assert.deepEqual(sizes(planAll(bad)), [[1, 2], [120, 5], [360, 6]]);
});

Deno.test("planBatch() makes one row of equal rows, and leaves different ones alone", () => {
  const equal = { data: new Int32Array(600), shape: [100, 6] };
  assert.deepEqual(sizes(planAll(equal)), [[1, 6]]);
  const different = { data: Int32Array.from({ length: 600 }, (_, i) => i), shape: [100, 6] };
  const { places, levels } = planAll(different);
  assert.deepEqual(places, different.data.slice(0, 100));
  assert.deepEqual(levels, [{
    from: 0,
    to: 6,
    rows: places,
    parents: new Int32Array(),
    of: places,
  }]);
  assert.deepEqual(
    planBatch(unsortedRows(100), [40, 60], { T: 6, lookahead: 0 }).places,
    places.slice(40, 60),
  );
});

Deno.test("planBatch() parts rows a position earlier when the next token counts", () => {
  const tokens = yearRows(2000);
  const ends = (lookahead: 0 | 1) => planAll(tokens, lookahead).levels.map(({ to }) => to);
  assert.deepEqual(ends(0), [2, 7, 8, 13]);
  assert.deepEqual(ends(1), [6, 7, 13]);
});
