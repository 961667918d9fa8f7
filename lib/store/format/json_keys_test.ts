import assert from "node:assert/strict";
import fc from "fast-check";
import { duplicateKey } from "./json_keys.ts";

Deno.test("duplicateKey() finds a name that stands twice in one object", () => {
  assert.equal(duplicateKey('{"a":1,"b":2,"a":3}'), "a");
  assert.equal(duplicateKey('{"a":{"x":1,"x" : 2}}'), "x");
  assert.equal(duplicateKey('{"a":1,"\\u0061":2}'), "a");
  assert.equal(duplicateKey('{"__proto__":1,"__proto__":2}'), "__proto__");
});

Deno.test("duplicateKey() lets names repeat in different objects, and in strings", () => {
  assert.equal(
    duplicateKey('{"a":{"a":[{"a":"a"},{"a":1}]},"b":"\\"a\\":1,\\"a\\":2"}'),
    undefined,
  );
});

Deno.test("duplicateKey() accepts whatever JSON.stringify writes", () => {
  fc.assert(fc.property(fc.json(), (json) => duplicateKey(json) === undefined));
});
