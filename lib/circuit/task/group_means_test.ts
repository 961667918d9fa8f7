import assert from "node:assert/strict";
import fc from "fast-check";
import type { ContrastTask } from "./contrast_task.ts";
import { groupCount, groupsOf } from "./answer_rows.ts";
import { GroupMeans } from "./group_means.ts";
import { collate } from "./year_metrics.ts";

const shape = [3, 1];
const tokens = { data: new Int32Array(3), shape };
const TASK: ContrastTask = {
  goodTokens: tokens,
  badTokens: tokens,
  labelIds: new Int32Array(2),
  signs: new Int8Array(6),
  positions: { YY: 0, END: 0 },
};

Deno.test("GroupMeans.means() is collate() of all rows, however they came in", () => {
  const years = fc.array(fc.integer({ min: 1, max: 98 }), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(years, fc.nat(40), (list, cut) => {
    const YY = Int32Array.from(list);
    const rows = Float64Array.from({ length: 3 * YY.length }, (_, i) => Math.sin(i));
    const means = new GroupMeans(97, 3);
    const groups = YY.map((yy) => yy - 2);
    means.add(rows.subarray(0, 3 * cut), groups.subarray(0, cut));
    means.add(rows.subarray(3 * cut), groups.subarray(cut));
    assert.deepEqual(means.means(), collate(rows, YY).data);
  }));
});

Deno.test("GroupMeans.means() leaves out rows of no group and is NaN where a group has none", () => {
  const means = new GroupMeans(3, 1);
  means.add(Float32Array.of(1, 2, 4, 100, 100), Int32Array.of(0, 0, 2, -1, 3));
  assert.deepEqual([...means.means()], [1.5, NaN, 4]);
});

Deno.test("groupsOf() is a row a start year for years, and one row for other labels", () => {
  const years = { ...TASK, labelIds: new Int32Array(100), YY: Int32Array.of(2, 98, 1) };
  assert.deepEqual([groupCount(years), ...groupsOf(years)], [97, 0, 96, -1]);
  assert.deepEqual([groupCount(TASK), ...groupsOf(TASK)], [1, 0, 0, 0]);
});
