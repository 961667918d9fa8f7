import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { inFolder } from "../../tests/folders.ts";
import { NeuriteError } from "../errors.ts";
import { cleanTemps, writeAtomic } from "./atomic.ts";
import { sha256 } from "./hash.ts";

const SLOW_WRITE = new URL("../../tests/fixtures/scripts/slow_write.ts", import.meta.url).pathname;
const isPosix = Deno.build.os !== "windows";

async function namesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map((entry) => entry.name).sort();
}

async function rejection(promise: Promise<unknown>): Promise<NeuriteError> {
  const error = await promise.then(() => undefined, (reason) => reason);
  assert.ok(error instanceof NeuriteError, String(error));
  return error;
}

// A mount needs the right to make one, which tests seldom have.
async function withTmpfs(options: string, use: (folder: string) => Promise<void>) {
  await inFolder(async (folder) => {
    const mounted = await new Deno.Command("mount", {
      args: ["-t", "tmpfs", "-o", options, "tmpfs", folder],
    }).output();
    assert.ok(mounted.success);
    try {
      await use(folder);
    } finally {
      await new Deno.Command("umount", { args: [folder] }).output();
    }
  });
}

async function canMount(): Promise<boolean> {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) return false;
  return await withTmpfs("size=64k", () => Promise.resolve()).then(() => true, () => false);
}

const mountsWork = await canMount();

Deno.test("writeAtomic() writes bytes, text and both kinds of iterables, and says what it wrote", async () => {
  await inFolder(async (folder) => {
    const bytes = Uint8Array.of(110, 101, 117);
    async function* later() {
      yield bytes.subarray(0, 1);
      yield await Promise.resolve(bytes.subarray(1));
    }
    for (const chunks of [bytes, "neu", [bytes.subarray(0, 2), bytes.subarray(2)], later()]) {
      const path = join(folder, "deep/er/file.bin");
      const file = await writeAtomic(path, chunks);
      assert.deepEqual(file, { path, bytes: 3, sha256: sha256("neu") });
      assert.equal(await Deno.readTextFile(path), "neu");
    }
    assert.deepEqual(await namesIn(join(folder, "deep/er")), ["file.bin"]);
  });
});

Deno.test("writeAtomic() writes an empty file and a name of 255 characters", async () => {
  await inFolder(async (folder) => {
    const file = await writeAtomic(join(folder, "n".repeat(255)), []);
    assert.equal(file.bytes, 0);
    assert.equal((await Deno.stat(file.path)).size, 0);
  });
});

Deno.test("writeAtomic() writes what it is given for any division into chunks", async () => {
  await inFolder(async (folder) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 50 })), async (chunks) => {
        const file = await writeAtomic(join(folder, "f"), chunks);
        const all = new Uint8Array(await new Blob(chunks as BlobPart[]).arrayBuffer());
        assert.deepEqual(await Deno.readFile(file.path), all);
        assert.equal(file.sha256, sha256(all));
      }),
      { numRuns: 25 },
    );
  });
});

Deno.test("writeAtomic() copes with writes that take only a part", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "f");
    await writeAtomic(path, "abcdefg", {
      write: (file, bytes) => file.write(bytes.subarray(0, 2)),
    });
    assert.equal(await Deno.readTextFile(path), "abcdefg");
  });
});

Deno.test("writeAtomic() writes a chunk of any length in pieces that the system takes", () =>
  inFolder(async (folder) => {
    const chunk = new Uint8Array((16 << 20) + 3).map((_, i) => i);
    const sizes: number[] = [];
    const written = await writeAtomic(join(folder, "a"), chunk, {
      write: (file, piece) => {
        sizes.push(piece.length);
        return file.write(piece);
      },
    });
    assert.ok(Math.max(...sizes) <= 16 << 20, `${sizes}`);
    assert.deepEqual([written.bytes, written.sha256], [chunk.length, sha256(chunk)]);
    assert.equal(sha256(await Deno.readFile(join(folder, "a"))), sha256(chunk));
  }));

Deno.test("writeAtomic() leaves the old file and no temporary one when a write fails", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "f");
    await writeAtomic(path, "old");
    let writes = 0;
    const write = (file: Deno.FsFile, bytes: Uint8Array) => {
      if (++writes < 3) return file.write(bytes);
      return Promise.reject(Object.assign(new Error("No space left"), { code: "ENOSPC" }));
    };
    const chunks = ["a", "b", "c"].map((text) => new TextEncoder().encode(text));
    const error = await rejection(writeAtomic(path, chunks, { write }));
    assert.equal(error.code, "E-FILE-FULL");
    assert.ok(error.message.includes(path));
    assert.equal(await Deno.readTextFile(path), "old");
    assert.deepEqual(await namesIn(folder), ["f"]);
  });
});

Deno.test("writeAtomic() lets an error of the chunks' own through", async () => {
  await inFolder(async (folder) => {
    const own = new Deno.errors.NotFound("the source is gone");
    function* broken() {
      yield new Uint8Array(10);
      throw own;
    }
    const error = await writeAtomic(join(folder, "f"), broken()).catch((reason) => reason);
    assert.equal(error, own);
    assert.deepEqual(await namesIn(folder), []);
  });
});

Deno.test("writeAtomic() refuses a folder at the target and a file in place of a folder", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "d/e"), { recursive: true });
    const atFolder = await rejection(writeAtomic(join(folder, "d"), "x"));
    assert.equal(atFolder.exitCode, 4);
    assert.match(atFolder.message, /a folder of that name is there/);
    await writeAtomic(join(folder, "f"), "x");
    assert.equal((await rejection(writeAtomic(join(folder, "f/g"), "x"))).exitCode, 4);
    assert.deepEqual(await namesIn(folder), ["d", "f"]);
  });
});

Deno.test({
  name: "writeAtomic() replaces a symbolic link and leaves what it points to",
  ignore: !isPosix,
  async fn() {
    await inFolder(async (folder) => {
      await Deno.writeTextFile(join(folder, "precious"), "keep");
      await Deno.symlink(join(folder, "precious"), join(folder, "link"));
      await writeAtomic(join(folder, "link"), "new");
      assert.equal(await Deno.readTextFile(join(folder, "precious")), "keep");
      assert.equal((await Deno.lstat(join(folder, "link"))).isSymlink, false);
    });
  },
});

Deno.test({
  name: "writeAtomic() gives E-FILE-FULL on a full disk and keeps the old file",
  ignore: !mountsWork,
  async fn() {
    await withTmpfs("size=64k", async (folder) => {
      const path = join(folder, "f");
      await writeAtomic(path, "old");
      const error = await rejection(writeAtomic(path, new Uint8Array(200_000)));
      assert.equal(error.code, "E-FILE-FULL");
      assert.equal(await Deno.readTextFile(path), "old");
      assert.deepEqual(await namesIn(folder), ["f"]);
    });
  },
});

Deno.test({
  name: "writeAtomic() gives E-FILE-PERMISSION on a read-only disk",
  ignore: !mountsWork,
  async fn() {
    await withTmpfs("ro", async (folder) => {
      for (const path of [join(folder, "f"), join(folder, "deep/f")]) {
        const error = await rejection(writeAtomic(path, "x"));
        assert.equal(error.code, "E-FILE-PERMISSION");
        assert.match(error.message, /read-only/);
      }
    });
  },
});

Deno.test({
  name: "writeAtomic() gives E-FILE-PERMISSION in a folder of another user",
  // The superuser may write anywhere, and Windows has no such modes.
  ignore: !isPosix || Deno.uid() === 0,
  async fn() {
    await inFolder(async (folder) => {
      await Deno.chmod(folder, 0o500);
      const error = await rejection(writeAtomic(join(folder, "f"), "x"));
      assert.equal(error.code, "E-FILE-PERMISSION");
    });
  },
});

function startSlowWrite(path: string) {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-lock", "--quiet", "--no-prompt", "-R", "-W", SLOW_WRITE, path],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.getReader();
  return { child, reader };
}

Deno.test({
  name: "writeAtomic() killed with -9 leaves the old file whole, and cleanTemps() the folder tidy",
  ignore: !isPosix,
  async fn() {
    await inFolder(async (folder) => {
      for (const [name, pieces] of [["absent", 1], ["old", 3], ["old", 20]] as const) {
        const path = join(folder, name);
        if (name === "old") await writeAtomic(path, "old");
        const { child, reader } = startSlowWrite(path);
        for (let i = 0; i < pieces; i++) await reader.read();
        // While its owner lives, a temporary file is left alone.
        assert.deepEqual(await cleanTemps(folder), []);
        child.kill("SIGKILL");
        await child.status;
        await reader.cancel();
        if (name === "old") assert.equal(await Deno.readTextFile(path), "old");
        else assert.ok(!(await namesIn(folder)).includes(name));
        assert.equal((await cleanTemps(folder)).length, 1);
        assert.deepEqual(await namesIn(folder), name === "old" ? ["old"] : []);
      }
    });
  },
});

Deno.test("cleanTemps() removes its own kind only and does not mind a missing folder", async () => {
  await inFolder(async (folder) => {
    const stale = ".a.bin.4242-0123abcd.tmp";
    for (const name of [stale, ".hidden.tmp", "a.tmp", ".a.4242-0123abcd.tmp.bak"]) {
      await Deno.writeTextFile(join(folder, name), "");
    }
    assert.deepEqual(await cleanTemps(folder), [join(folder, stale)]);
    assert.equal((await namesIn(folder)).length, 3);
    assert.deepEqual(await cleanTemps(join(folder, "none")), []);
  });
});
