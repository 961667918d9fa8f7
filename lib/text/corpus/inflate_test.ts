import assert from "node:assert/strict";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { gunzip, unzstd } from "./inflate.ts";
import { joined, piecesOf, streamOf } from "./testing.ts";

const TEXT = new TextEncoder().encode(
  Array.from({ length: 20_000 }, (_, i) => `line ${(i * 7919) % 10_007}\n`).join(""),
);
const FORMS = {
  gzip: { pack: (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes)), unpack: gunzip },
  Zstandard: {
    pack: (bytes: Uint8Array) => new Uint8Array(zstdCompressSync(bytes)),
    unpack: unzstd,
  },
};

for (const [form, { pack, unpack }] of Object.entries(FORMS)) {
  const all = async (bytes: Uint8Array, size: number) =>
    joined(await Array.fromAsync(unpack(streamOf(piecesOf(bytes, size)), "/data/x")));

  Deno.test(`${unpack.name}() gives back every part of a file when it has several`, async () => {
    const twice = joined([pack(TEXT), pack(TEXT)]);
    const whole = joined([TEXT, TEXT]);
    for (const size of [997, 1 << 20]) assert.deepEqual(await all(twice, size), whole);
  });

  Deno.test(`${unpack.name}() says that a file is cut short, wherever that is`, async () => {
    const packed = pack(TEXT);
    for (const length of [5, packed.length >> 1, packed.length - 1]) {
      await assert.rejects(all(packed.subarray(0, length), 4096), {
        code: "E-CORPUS",
        message: `Cannot decompress ${form} "/data/x": cut short, expected a whole ${form} file`,
      });
    }
  });

  Deno.test(`${unpack.name}() refuses what is something else`, async () => {
    await assert.rejects(all(TEXT, 4096), {
      code: "E-CORPUS",
      message: /: damaged \(.+\), expected a whole/,
    });
  });

  Deno.test(`${unpack.name}() makes little at a time when a small file unpacks to much`, async () => {
    const bomb = pack(new Uint8Array(1 << 26));
    let bytes = 0;
    for await (const piece of unpack(streamOf([bomb]), "/data/x")) {
      assert.ok(piece.length <= 1 << 20, `${piece.length} bytes at once`);
      bytes += piece.length;
    }
    assert.equal(bytes, 1 << 26);
  });

  Deno.test(`${unpack.name}() lets go of the file when its reader stops early`, async () => {
    let isClosed = false;
    async function* source() {
      try {
        while (true) yield await Promise.resolve(pack(TEXT));
      } finally {
        isClosed = true;
      }
    }
    for await (const piece of unpack(source(), "/data/x")) if (piece.length > 0) break;
    assert.ok(isClosed);
  });
}
