import assert from "node:assert/strict";
import fc from "fast-check";
import { type Json, stableJson } from "./json.ts";

const jsonValue = fc.jsonValue() as fc.Arbitrary<Json>;

function shuffled(value: Json): Json {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item as Json)]));
}

Deno.test("stableJson() reads back as the value, indented or not", () => {
  fc.assert(fc.property(jsonValue, fc.boolean(), (value, indent) => {
    assert.deepEqual(JSON.parse(stableJson(value, { indent })), value);
  }));
});

Deno.test("stableJson() does not depend on the order of keys", () => {
  fc.assert(fc.property(jsonValue, (value) => {
    assert.equal(stableJson(shuffled(value)), stableJson(value));
  }));
});

Deno.test("stableJson() keeps -0, sorts like code units, leaves undefined keys out", () => {
  assert.equal(stableJson([-0, 0, 1e21, 0.1]), "[-0,0,1e+21,0.1]");
  assert.equal(stableJson({ b: 1, a: undefined, B: 2, 10: 3, 9: 4 }), '{"10":3,"9":4,"B":2,"b":1}');
  assert.equal(stableJson("\ud800"), '"\ufffd"');
});

Deno.test("stableJson() indents objects and keeps short plain arrays on a line", () => {
  const text = stableJson({ a: [1, 2], b: { c: [] }, d: [{ e: 1 }], f: {} }, { indent: true });
  assert.equal(
    text,
    [
      "{",
      '  "a": [1, 2],',
      '  "b": {',
      '    "c": []',
      "  },",
      '  "d": [',
      "    {",
      '      "e": 1',
      "    }",
      "  ],",
      '  "f": {}',
      "}",
      "",
    ].join("\n"),
  );
});

Deno.test("stableJson() refuses NaN and infinities by their place, or writes them as text", () => {
  assert.throws(() => stableJson({ ms: { mean: [1, NaN] } }), /"ms\.mean\[1\]": NaN/);
  assert.throws(() => stableJson(Infinity), TypeError);
  assert.equal(stableJson([NaN, -Infinity], { nonFinite: "text" }), '["NaN","-Infinity"]');
});

Deno.test("stableJson() refuses what JSON would mangle", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const bad = [
    undefined,
    [undefined],
    1n,
    new Date(0),
    new Map(),
    Float32Array.of(1),
    () => 1,
    cycle,
  ];
  for (const value of bad) {
    assert.throws(() => stableJson(value as Json), /^TypeError: Cannot encode ".+": .+, expected/);
  }
});
