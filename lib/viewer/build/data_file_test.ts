import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { dataFile, dataPath } from "./data_file.ts";

function contentOf(script: string): unknown {
  const [, base64] = /^neuriteData\("tokens","([A-Za-z0-9+/=]*)"\);\n$/.exec(script)!;
  return JSON.parse(gunzipSync(Uint8Array.fromBase64(base64!)).toString());
}

Deno.test("dataFile() hands over any text as base64 alone", () => {
  const texts = [
    "</script><script>alert(1)</script>",
    '");alert(1);//',
    "\u202e\u2066rtl",
    "\u0000\u2028\u2029",
    "\ud83d",
    "\ude00",
    "x".repeat(10_000),
    "__proto__",
  ];
  assert.deepEqual(contentOf(dataFile("tokens", texts)), texts);
});

Deno.test("dataFile() gives the same bytes for the same data, and no system's name", () => {
  const script = dataFile("tokens", ["a", "b"]);
  assert.equal(dataFile("tokens", ["a", "b"]), script);
  const bytes = Uint8Array.fromBase64(/,"(.+)"\)/.exec(script)![1]!);
  // Time and system of the gzip header.
  assert.deepEqual([...bytes.subarray(4, 8), bytes[9]], [0, 0, 0, 0, 255]);
});

Deno.test("dataPath() stands in data/", () => {
  assert.equal(dataPath("shard-12"), "data/shard-12.js");
});
