import assert from "node:assert/strict";
import fc from "fast-check";
import { editDistance, nearest } from "./nearest.ts";

Deno.test("editDistance() counts insertions, deletions, substitutions and swaps", () => {
  const cases: [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["model", "modle", 1],
    ["seed", "seeds", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ];
  for (const [a, b, distance] of cases) assert.equal(editDistance(a, b), distance, `${a} ${b}`);
});

Deno.test("editDistance() is symmetric, zero on equals, and at most the longer length", () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(fc.property(word, word, (a, b) => {
    const distance = editDistance(a, b);
    assert.equal(distance, editDistance(b, a));
    assert.equal(distance === 0, a === b);
    assert.ok(distance <= Math.max(a.length, b.length));
    assert.ok(distance >= Math.abs(a.length - b.length));
  }));
});

Deno.test("nearest() finds the misspelt name and leaves strangers alone", () => {
  const flags = ["model", "seed", "out", "dry-run", "json", "device"];
  assert.equal(nearest("modle", flags), "model");
  assert.equal(nearest("dryrun", flags), "dry-run");
  assert.equal(nearest("dev", flags), "device");
  assert.equal(nearest("SEED", flags), "seed");
  assert.equal(nearest("temperature", flags), undefined);
  assert.equal(nearest("x", flags), undefined);
  assert.equal(nearest("x", ["o", "y"]), undefined);
  assert.equal(nearest("model", []), undefined);
});

Deno.test("nearest() does not spend time on a hostile word", () => {
  assert.equal(nearest("a".repeat(1_000_000), ["a".repeat(1_000_000)]), undefined);
});

Deno.test("nearest() gives back a name that has one letter changed", () => {
  const names = ["blocks.3.mlp.hook_post", "blocks.3.attn.hook_pattern", "ln_final.hook_scale"];
  fc.assert(fc.property(fc.constantFrom(...names), fc.nat(), (name, at) => {
    const i = at % name.length;
    assert.equal(nearest(`${name.slice(0, i)}~${name.slice(i + 1)}`, names), name);
  }));
});
