import assert from "node:assert/strict";
import { NeuriteError } from "../errors.ts";
import { sha256, sha256File, sha256Json } from "./hash.ts";

Deno.test("sha256() gives the published digests", () => {
  assert.equal(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

Deno.test("sha256File() agrees with sha256() past one read", async () => {
  const path = await Deno.makeTempFile();
  try {
    const data = new Uint8Array(2_500_001).map((_, i) => i * 31);
    await Deno.writeFile(path, data);
    assert.deepEqual(await sha256File(path), { bytes: data.length, sha256: sha256(data) });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("sha256File() gives E-FILE-MISSING for a file that is not there", async () => {
  const error = await sha256File("no/such/file").catch((reason) => reason);
  assert.ok(error instanceof NeuriteError);
  assert.equal(error.code, "E-FILE-MISSING");
});

Deno.test("sha256Json() takes no notice of the order of keys", () => {
  assert.equal(sha256Json({ a: 1, b: [2] }), sha256Json({ b: [2], a: 1 }));
  assert.notEqual(sha256Json({ a: 1 }), sha256Json({ a: "1" }));
});
