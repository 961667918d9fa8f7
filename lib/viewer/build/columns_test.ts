import assert from "node:assert/strict";
import { joinColumns, shownColumn } from "./columns.ts";

Deno.test("joinColumns() takes each column from the first source that has it", () => {
  const columns = joinColumns([{ kurt: [1, 2] }, { kurt: [7, 7], mean: [0.123456, NaN] }]);
  assert.deepEqual(columns.map(({ info, values }) => [info.name, values]), [
    ["mean", [0.1235, null]],
    ["kurt", [1, 2]],
  ]);
});

Deno.test("shownColumn() gives the range of finite values, and nothing without any", () => {
  const head = { name: "x", title: "x", description: "" };
  const column = shownColumn([null, Infinity, -2, undefined, 5n], head);
  assert.deepEqual(column?.values, [null, null, -2, null, 5]);
  assert.deepEqual([column?.info.min, column?.info.max], [-2, 5]);
  assert.equal(shownColumn([NaN, null], head), undefined);
});
