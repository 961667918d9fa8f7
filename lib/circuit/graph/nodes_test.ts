import assert from "node:assert/strict";
import fc from "fast-check";
import {
  allSenders,
  depthOf,
  isAfter,
  nodeName,
  parseNode,
  parsePlace,
  placeName,
} from "./nodes.ts";

const SIZES = { nLayer: 12, nHead: 12 };

Deno.test("parsePlace() reads back what placeName() writes", () => {
  const nodes = [{ kind: "input" as const }, ...allSenders(SIZES), { kind: "logits" as const }];
  for (const node of nodes) {
    for (const position of ["YY", "END"] as const) {
      assert.deepEqual(parsePlace(placeName({ node, position }), SIZES), { node, position });
    }
    assert.deepEqual(parseNode(nodeName(node), SIZES), node);
  }
});

Deno.test("parsePlace() asks for a position of the prompt when there is none", () => {
  const hint = "see docs/circuits.md for the names of nodes and edges";
  assert.throws(() => parsePlace("m9", SIZES), {
    message: 'Cannot use place "m9": a node without a position, expected m9@END or m9@YY',
    hint,
  });
  assert.throws(() => parsePlace("m9@XX", SIZES), {
    message: 'Cannot use place "m9@XX": a node at "XX", expected m9@END or m9@YY',
  });
});

Deno.test("parsePlace() names the node when the model does not have it", () => {
  assert.throws(() => parsePlace("a9.h12@END", SIZES), {
    code: "E-CIRCUIT",
    message: /^Cannot use node "a9\.h12": a head beyond the model's 12, expected /,
  });
  assert.throws(() => parsePlace("m12@END", SIZES), { message: /a layer beyond the model's 12/ });
});

Deno.test("parsePlace() refuses any other text with E-CIRCUIT", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    fc.pre(!/^(input|logits|a\d+\.h\d+|m\d+)@/.test(text));
    assert.throws(() => parsePlace(text, SIZES), { code: "E-CIRCUIT" });
  }));
});

Deno.test("depthOf() puts a layer's heads before its MLP and allSenders() follows it", () => {
  const depths = allSenders(SIZES).map(depthOf);
  assert.deepEqual(depths, depths.toSorted((a, b) => a - b));
  assert.ok(depthOf({ kind: "input" }) < depths[0]!);
  assert.ok(depthOf({ kind: "logits" }) > depths.at(-1)!);
  assert.equal(depths.length, 156);
});

Deno.test("isAfter() puts END after YY", () => {
  assert.ok(isAfter("END", "YY"));
  assert.ok(!isAfter("YY", "END") && !isAfter("END", "END"));
});
