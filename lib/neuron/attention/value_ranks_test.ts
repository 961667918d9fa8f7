import assert from "node:assert/strict";
import fc from "fast-check";
import { valueRanks } from "./value_ranks.ts";

Deno.test("valueRanks() gives equal values their mean rank, 0 and −0 too", () => {
  const ranks = valueRanks(Float32Array.of(3, -1, 0, 3, -0, Infinity));
  assert.deepEqual([...ranks], [4.5, 1, 2.5, 4.5, 2.5, 6]);
  assert.equal(valueRanks(new Float32Array()).length, 0);
});

Deno.test("valueRanks() counts what is smaller and half of what is equal", () => {
  const values = fc.float32Array({ noNaN: true, maxLength: 300 });
  fc.assert(fc.property(values, (values) => {
    const ranks = valueRanks(values);
    values.forEach((value, i) => {
      const below = values.filter((other) => other < value).length;
      const equal = values.filter((other) => other === value).length;
      assert.equal(ranks[i], below + (equal + 1) / 2);
    });
  }));
});
