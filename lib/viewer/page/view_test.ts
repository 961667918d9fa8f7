import assert from "node:assert/strict";
import fc from "fast-check";
import { SMALL, Synthetic } from "../../../tests/viewer/synthetic.ts";
import { PANELS } from "../format.ts";
import { EMPTY_VIEW, formatView, parseView, type View } from "./view.ts";

const { model } = new Synthetic(SMALL);
const NAMES = model.columns.map(({ name }) => name);

Deno.test("parseView() reads what formatView() wrote when a view holds anything", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  const views = fc.record({
    neuron: fc.option(fc.nat(model.layers * model.width - 1), { nil: undefined }),
    panel: fc.constantFrom(undefined, ...PANELS),
    sort: fc.constantFrom("", ...NAMES),
    descending: fc.boolean(),
    columns: fc.option(fc.subarray(NAMES, { minLength: 1 }), { nil: undefined }),
    text: fc.string({ unit: "grapheme" }),
    layer: fc.option(fc.nat(model.layers - 1), { nil: undefined }),
    universal: fc.boolean(),
    feature: fc.string({ unit: "grapheme" }),
    ranges: fc.dictionary(fc.constantFrom(...NAMES), fc.tuple(number, number)),
    subset: fc.string(),
  });
  fc.assert(fc.property(views, (view) => {
    const back = parseView(formatView(view as View, model), model);
    const plain = (view: unknown) => JSON.stringify(view).replaceAll("-0", "0");
    assert.equal(plain(back), plain(view));
  }));
});

Deno.test("parseView() leaves out what the model does not have", () => {
  const view = parseView(
    "#/n/4.0?panel=__proto__&sort=-toString&layer=9&cols=kurt,nothing&r.none=0..1&r.kurt=a..b",
    model,
  );
  assert.deepEqual(view, { ...EMPTY_VIEW, descending: true, columns: ["kurt"] });
  assert.equal(parseView("#/n/3.31", model).neuron, 127);
  assert.equal(parseView("#/n/3.32", model).neuron, undefined);
});

Deno.test("formatView() is short when nothing was chosen", () => {
  assert.equal(formatView(EMPTY_VIEW, model), "#/");
  assert.equal(formatView({ ...EMPTY_VIEW, neuron: 33 }, model), "#/n/1.1");
});
