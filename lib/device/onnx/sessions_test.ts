import assert from "node:assert/strict";
import type { InferenceSession } from "onnxruntime-web";
import { SessionCache } from "./sessions.ts";

Deno.test("SessionCache releases the least recently used and, at the end, the rest", async () => {
  const released: string[] = [];
  const make = (name: string) => () =>
    Promise.resolve({
      release: () => Promise.resolve(void released.push(name)),
    } as unknown as InferenceSession);
  const cache = new SessionCache(2);
  const first = await cache.get("a", make("a"));
  await cache.get("b", make("b"));
  assert.equal(await cache.get("a", make("another a")), first);
  await cache.get("c", make("c"));
  assert.deepEqual(released, ["b"]);
  assert.equal(cache.size, 2);
  await cache[Symbol.asyncDispose]();
  assert.deepEqual(released, ["b", "a", "c"]);
});

Deno.test("SessionCache keeps nothing of a session that could not be made", async () => {
  const cache = new SessionCache(2);
  await assert.rejects(cache.get("a", () => Promise.reject(new Error("no memory"))), /no memory/);
  assert.equal(cache.size, 0);
});
