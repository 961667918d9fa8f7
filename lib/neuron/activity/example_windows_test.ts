import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addWindows,
  emptyWindows,
  mergeWindows,
  type NeuronWindows,
  windowsWritten,
} from "./example_windows.ts";
import { emptyLists, insertLargest, type LargestList } from "./largest.ts";
import { keepLargest } from "./neuron_loops.ts";

const LISTED = 4;

/** A corpus as one neuron sees it, few different values, so that many are equal; some are not finite. */
const corpora = fc.record({
  T: fc.integer({ min: 1, max: 6 }),
  rows: fc.integer({ min: 1, max: 8 }),
  windows: fc.integer({ min: 1, max: LISTED }),
  reach: fc.integer({ min: 1, max: 4 }),
  cuts: fc.nat(255),
  seed: fc.array(fc.constantFrom(-0.125, 0, 0.5, 1.5, 3, NaN), { minLength: 48, maxLength: 48 }),
});

interface Seen {
  readonly list: LargestList;
  readonly windows: NeuronWindows;
}

const nothing = (extents: NeuronWindows["extents"]): Seen => ({
  list: emptyLists(1, LISTED),
  windows: { data: emptyWindows(1, extents), extents },
});

/** Rows in blocks, of which a new one begins at every set bit of `cuts`. */
function see(seen: Seen, values: readonly number[], { rows, T, cuts }: {
  rows: readonly number[];
  T: number;
  cuts: number;
}): Seen {
  for (let from = 0; from < rows.length;) {
    let end = from + 1;
    while (end < rows.length && (cuts >> end & 1) === 0) end++;
    const offsets = Int32Array.from(
      rows.slice(from, end).flatMap((row) => Array.from({ length: T }, (_, t) => row * T + t)),
    );
    const post = Float64Array.from(offsets, (offset) => values[offset]!);
    keepLargest(post, offsets, seen.list);
    addWindows(seen.windows, seen.list, { post, offsets, T });
    from = end;
  }
  return seen;
}

/** What the definition says of the list's entries. */
function expected({ list, windows: { extents } }: Seen, values: readonly number[], T: number) {
  return Array.from({ length: extents.windows }, (_, i) => {
    const offset = list.numbers[i]!;
    return Array.from({ length: 2 * extents.reach + 1 }, (_, k) => {
      const t = offset % T + k - extents.reach;
      return offset < 0 || t < 0 || t >= T ? NaN : values[offset - offset % T + t]!;
    });
  }).flat();
}

Deno.test("addWindows() keeps what is around each of the first entries, wherever rows are cut", () => {
  fc.assert(fc.property(corpora, ({ T, rows, windows, reach, cuts, seed: values }) => {
    const all = [...Array(rows).keys()];
    const seen = see(nothing({ windows, reach }), values, { rows: all, T, cuts });
    assert.deepEqual([...seen.windows.data], expected(seen, values, T));
  }));
});

Deno.test("mergeWindows() keeps what is around each of the first entries of both lists", () => {
  fc.assert(fc.property(corpora, fc.nat(255), (given, labels) => {
    const { T, rows, windows, reach, cuts, seed: values } = given;
    const pooled = nothing({ windows, reach });
    for (const part of [1, 0]) {
      const own = [...Array(rows).keys()].filter((row) => (labels >> row & 1) === part);
      const { list, windows: its } = see(nothing({ windows, reach }), values, {
        rows: own,
        T,
        cuts,
      });
      list.values.forEach((value, i) => insertLargest(pooled.list, value, list.numbers[i]!));
      mergeWindows(pooled.windows, pooled.list, { windows: its, numbers: list.numbers });
    }
    assert.deepEqual([...pooled.windows.data], expected(pooled, values, T));
  }));
});

Deno.test("windowsWritten() is no more than there are examples, and none without surroundings", () => {
  const asked = { examples: 8, exampleContext: 3 };
  assert.deepEqual([windowsWritten(asked, "all"), windowsWritten(asked, "subset")], [8, 5]);
  assert.equal(windowsWritten({ ...asked, contextExamples: 2 }, "all"), 2);
  assert.equal(windowsWritten({ ...asked, subsetContextExamples: 0 }, "subset"), 0);
  assert.equal(windowsWritten({ ...asked, exampleContext: 0 }, "all"), 0);
});
