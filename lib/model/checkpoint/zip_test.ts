import assert from "node:assert/strict";
import { join } from "node:path";
import { openRangeFile } from "../../store/format/range_file.ts";
import { fields, latin, makeZip } from "./testing.ts";
import { openZip, type ZipArchive } from "./zip.ts";

async function withZip(bytes: Uint8Array, test: (archive: ZipArchive) => unknown): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeFile(join(folder, "x.bin"), bytes);
    await using file = await openRangeFile(join(folder, "x.bin"));
    await test(await openZip(file));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function text(archive: ZipArchive, name: string): Promise<string> {
  return new TextDecoder().decode(await archive.read(archive.entries.get(name)!, 1000));
}

function refuses(bytes: Uint8Array, message: RegExp): Promise<void> {
  return assert.rejects(withZip(bytes, () => {}), { code: "E-CHECKPOINT", message });
}

for (const isWide of [false, true]) {
  Deno.test(`openZip() reads stored and deflated records${isWide ? " of a zip64" : ""}`, () =>
    withZip(
      makeZip([
        { name: "a/b", content: "stored", isWide },
        { name: "a/c", content: "deflated ".repeat(50), isDeflated: true, isWide },
        { name: "a/d", content: "", isDeflated: true },
      ], { isWide, comment: "PK\x05\x06 a comment that looks like an end" }),
      async (archive) => {
        assert.deepEqual([...archive.entries.keys()], ["a/b", "a/c", "a/d"]);
        assert.equal(await text(archive, "a/b"), "stored");
        assert.equal(await text(archive, "a/c"), "deflated ".repeat(50));
        assert.equal(await text(archive, "a/d"), "");
      },
    ));
}

Deno.test("openZip() refuses every prefix of an archive", async () => {
  const whole = makeZip([{ name: "x/data.pkl", content: "N." }]);
  for (let length = 0; length < whole.length; length++) {
    await refuses(whole.subarray(0, length), /without a zip end record/);
  }
});

Deno.test("openZip() refuses what is no plain archive", async () => {
  const record = { name: "a", content: "x" };
  await refuses(makeZip([record, record]), /record "a" twice/);
  await refuses(makeZip([{ ...record, flags: 1 }]), /encrypted/);
  await refuses(makeZip([{ ...record, method: 12 }]), /packed by method 12/);
  await refuses(makeZip([{ ...record, claimedSize: 2 ** 30 }]), /of two sizes/);
  const patched = (fromEnd: number, bytes: Uint8Array) => {
    const zip = makeZip([record]);
    zip.set(bytes, zip.length - fromEnd);
    return zip;
  };
  await refuses(patched(18, fields([2, 1])), /split archive/);
  await refuses(patched(14, fields([2, 9], [2, 9])), /ends after 1 records, expected 9/);
  await refuses(patched(10, fields([4, 2 ** 31])), /a directory of 2147483648 bytes/);
  await refuses(patched(6, fields([4, 2 ** 31])), /a directory of 47 bytes at 2147483648/);
  const wide = makeZip([record], { isWide: true });
  wide.set(fields([8, 2 ** 52]), wide.length - 22 - 12);
  await refuses(wide, /zip64 end record at 4503599627370496/);
  const unknown = makeZip([{ ...record, isWide: true }]);
  unknown.set(fields([2, 9]), unknown.length - 22 - 28);
  await refuses(unknown, /of unknown size/);
});

Deno.test("ZipArchive.read() bounds what a record inflates to", async () => {
  const bomb = { name: "a", content: new Uint8Array(1 << 20), isDeflated: true };
  await withZip(
    makeZip([{ ...bomb, claimedSize: 10 }]),
    (archive) =>
      assert.rejects(archive.read(archive.entries.get("a")!, 2000), {
        code: "E-CHECKPOINT",
        message: /does not inflate to 10 bytes/,
      }),
  );
  await withZip(
    makeZip([bomb]),
    (archive) =>
      assert.rejects(archive.read(archive.entries.get("a")!, 2000), {
        message: /1048576 bytes, expected at most 2000/,
      }),
  );
  await withZip(
    makeZip([{ ...bomb, content: "abc", claimedSize: 10 }]),
    (archive) =>
      assert.rejects(archive.read(archive.entries.get("a")!, 2000), { message: /of 3 bytes/ }),
  );
});

Deno.test("ZipArchive.locate() refuses records that lie outside or have no header", async () => {
  const broken = makeZip([{ name: "a", content: "x" }]);
  broken.set(latin("XX"), 0);
  await withZip(
    broken,
    (archive) =>
      assert.rejects(archive.locate(archive.entries.get("a")!), { message: /without header/ }),
  );
  const outside = makeZip([{ name: "a", content: "x" }]);
  outside.set(fields([4, 40]), outside.length - 22 - 5);
  await withZip(
    outside,
    (archive) =>
      assert.rejects(archive.locate(archive.entries.get("a")!), { message: /outside the file/ }),
  );
});
