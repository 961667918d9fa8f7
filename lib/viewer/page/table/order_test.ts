import assert from "node:assert/strict";
import { SMALL, Synthetic } from "../../../../tests/viewer/synthetic.ts";
import { EMPTY_VIEW, type View } from "../view.ts";
import { columnsOfOrder, neuronOrder } from "./order.ts";

const synthetic = new Synthetic(SMALL);
const { model } = synthetic;
const N = model.layers * model.width;
const SOURCE = {
  model,
  column: (name: string) =>
    Float64Array.from({ length: N }, (_, neuron) => synthetic.value(name, neuron) ?? NaN),
  token: (id: number) => synthetic.tokens[id]!,
};

function order(view: Partial<View>): number[] {
  return [...neuronOrder(SOURCE, { ...EMPTY_VIEW, ...view })];
}

Deno.test("neuronOrder() is the model's order when nothing is asked", () => {
  assert.deepEqual(order({}), Array.from({ length: N }, (_, neuron) => neuron));
  assert.deepEqual(order({ descending: true }), order({}).reverse());
});

Deno.test("neuronOrder() puts neurons without a value last either way", () => {
  for (const descending of [false, true]) {
    const values = order({ sort: "kurt", descending }).map((n) => synthetic.value("kurt", n));
    const known = values.filter((value) => value !== null);
    assert.ok(values.slice(known.length).every((value) => value === null));
    const sorted = known.toSorted((a, b) => descending ? b - a : a - b);
    assert.deepEqual(known, sorted);
  }
});

Deno.test("neuronOrder() finds ids by their beginning and features by any part", () => {
  assert.deepEqual(order({ text: "2.3" }), [67, 94, 95]);
  assert.deepEqual(order({ text: "CAPS" }), order({ feature: "all_caps" }));
  assert.deepEqual(order({ text: "no such text" }), []);
});

Deno.test("neuronOrder() takes each filter as one more condition", () => {
  const ranges = { sparsity: [0.5, Infinity] as const };
  const both = order({ layer: 1, universal: true, ranges });
  const wanted = order({ layer: 1 }).filter((n) =>
    order({ universal: true }).includes(n) && order({ ranges }).includes(n)
  );
  assert.ok(wanted.length > 0);
  assert.deepEqual(both, wanted);
});

Deno.test("columnsOfOrder() names what must be loaded, and nothing for an id", () => {
  const asked = (view: Partial<View>) => columnsOfOrder({ ...EMPTY_VIEW, ...view }, model);
  assert.deepEqual(asked({ text: "3.1" }), []);
  assert.deepEqual(asked({ text: "year" }), ["feature", "top_token"]);
  assert.deepEqual(asked({ sort: "kurt", universal: true }), ["kurt", "excess_corr"]);
});
