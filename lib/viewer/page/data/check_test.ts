import assert from "node:assert/strict";
import { SMALL, Synthetic } from "../../../../tests/viewer/synthetic.ts";
import { checkColumn, checkModel, checkShard, checkTokens } from "./check.ts";

const { model } = new Synthetic(SMALL);

Deno.test("checkModel() takes what a builder writes", () => {
  assert.equal(checkModel(model), model);
});

Deno.test("checkModel() names what is wrong", () => {
  const column = model.columns[0]!;
  const wrong: [unknown, RegExp][] = [
    [null, /not an object/],
    [{ ...model, format: "neurite.viewer/0" }, /format/],
    [{ ...model, layers: 1.5 }, /layers/],
    [{ ...model, layers: 9999, width: 999_999 }, /2,000,000/],
    [{ ...model, features: [1] }, /features/],
    [{ ...model, columns: [{ ...column, name: "../../etc/passwd" }] }, /columns/],
    [{ ...model, missing: [] }, /missing/],
  ];
  for (const [value, is] of wrong) {
    assert.throws(() => checkModel(value), (error: Error) => is.test(error.message));
    assert.throws(() => checkModel(value), /Cannot show "data\/model\.js": .+, expected/);
  }
});

Deno.test("checkColumn(), checkTokens() and checkShard() refuse another length or kind", () => {
  assert.deepEqual([...checkColumn("kurt", [1, null], 2)], [1, NaN]);
  assert.throws(() => checkColumn("kurt", [1], 2), /column-kurt/);
  assert.throws(() => checkTokens([1]), /tokens/);
  assert.throws(() => checkShard(3, [{}, null], 2), /shard-3/);
  assert.deepEqual(checkShard(3, [{}], 1), [{}]);
});
