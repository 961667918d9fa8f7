import assert from "node:assert/strict";
import { splitClasses } from "./split.ts";

Deno.test("splitClasses() keeps the order of values and leaves out other classes", () => {
  const split = splitClasses([1, 2, 3, 4, 5], [1, 0, 1, 7, 0], ["a", "b"]);
  assert.deepEqual(split.map(({ values }) => Array.from(values)), [[2, 5], [1, 3]]);
});
