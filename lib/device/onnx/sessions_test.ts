import assert from "node:assert/strict";
import type { InferenceSession } from "onnxruntime-web";
import { SessionCache } from "./sessions.ts";

function sessions() {
  const released: string[] = [];
  const make = (name: string) => () =>
    Promise.resolve({
      release: () => Promise.resolve(void released.push(name)),
    } as unknown as InferenceSession);
  return { released, make };
}

Deno.test("SessionCache releases the least recently used and, at the end, the rest", async () => {
  const { released, make } = sessions();
  const cache = new SessionCache(20);
  const first = await cache.get("a", 10, make("a"));
  await cache.get("b", 10, make("b"));
  assert.equal(await cache.get("a", 10, make("another a")), first);
  await cache.get("c", 10, make("c"));
  assert.deepEqual(released, ["b"]);
  assert.equal(cache.size, 2);
  await cache[Symbol.asyncDispose]();
  assert.deepEqual(released, ["b", "a", "c"]);
});

Deno.test("SessionCache makes room for a large one before it is there, and keeps it alone", async () => {
  const { released, make } = sessions();
  const cache = new SessionCache(20);
  for (const name of ["a", "b"]) await cache.get(name, 5, make(name));
  await cache.get("huge", 50, () => {
    assert.deepEqual(released, ["a", "b"]);
    return make("huge")();
  });
  assert.equal(cache.size, 1);
  await cache.get("c", 5, make("c"));
  assert.deepEqual(released, ["a", "b", "huge"]);
});

Deno.test("SessionCache keeps nothing of a session that could not be made", async () => {
  const cache = new SessionCache(2);
  const refuse = () => Promise.reject(new Error("no memory"));
  await assert.rejects(cache.get("a", 1, refuse), /no memory/);
  assert.equal(cache.size, 0);
});
