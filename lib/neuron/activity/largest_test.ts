import assert from "node:assert/strict";
import fc from "fast-check";
import { emptyLists, insertLargest, listOf, raiseLargest } from "./largest.ts";

Deno.test("insertLargest() keeps the largest sorted, equal ones by number, in any order of arrival", () => {
  const entries = fc.uniqueArray(
    fc.record({ value: fc.integer({ min: -3, max: 3 }), number: fc.nat(1000) }),
    { maxLength: 30, selector: ({ number }) => number },
  );
  fc.assert(fc.property(entries, fc.integer({ min: 1, max: 6 }), (offered, length) => {
    const lists = emptyLists(3, length);
    const list = listOf(lists, 1, length);
    for (const { value, number } of offered) insertLargest(list, value, number);
    const sorted = offered.toSorted((a, b) => b.value - a.value || a.number - b.number)
      .slice(0, length);
    const filled = Array.from({ length }, (_, i) => sorted[i] ?? { value: -Infinity, number: -1 });
    assert.deepEqual([...list.values], filled.map(({ value }) => value));
    assert.deepEqual([...list.numbers], filled.map(({ number }) => number));
    assert.ok(listOf(lists, 0, length).numbers.every((number) => number === -1));
  }));
});

Deno.test("insertLargest() takes neither NaN nor −∞", () => {
  const list = emptyLists(1, 2);
  for (const value of [NaN, -Infinity, 1]) insertLargest(list, value, 0);
  assert.deepEqual([...list.values], [1, -Infinity]);
});

Deno.test("raiseLargest() keeps the numbers of the largest maxima, each once", () => {
  const entries = fc.array(
    fc.record({ value: fc.integer({ min: -3, max: 5 }), number: fc.nat(7) }),
  );
  fc.assert(fc.property(entries, fc.integer({ min: 1, max: 9 }), (offered, length) => {
    const list = emptyLists(1, length);
    const maxima = new Map<number, number>();
    for (const { value, number } of offered) {
      raiseLargest(list, value, number);
      maxima.set(number, Math.max(maxima.get(number) ?? -Infinity, value));
    }
    const sorted = [...maxima].sort(([a, x], [b, y]) => y - x || a - b);
    const places = Array.from({ length }, (_, i) => sorted[i]);
    assert.deepEqual([...list.numbers], places.map((place) => place?.[0] ?? -1));
    assert.deepEqual([...list.values], places.map((place) => place?.[1] ?? -Infinity));
  }));
});
