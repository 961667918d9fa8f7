import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { NeuriteError } from "../../errors.ts";
import { lockFolder } from "./folder_lock.ts";

const HOLD_RUN = new URL("../../../tests/fixtures/scripts/hold_run.ts", import.meta.url).pathname;
const isPosix = Deno.build.os !== "windows";

async function refusal(folder: string): Promise<NeuriteError> {
  const error = await lockFolder(folder).then(() => undefined, (reason) => reason);
  assert.ok(error instanceof NeuriteError, String(error));
  return error;
}

Deno.test("lockFolder() lets one in at a time and leaves nothing behind", async () => {
  const folder = join(await Deno.makeTempDir(), "new");
  {
    await using _lock = await lockFolder(folder);
    const error = await refusal(folder);
    assert.equal(error.code, "E-BUSY");
    assert.equal(error.exitCode, 75);
    assert.match(error.message, new RegExp(`another run \\(process ${Deno.pid}\\)`));
    assert.match(error.hint, /--out/);
  }
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder)), []);
  {
    await using _again = await lockFolder(folder);
  }
  await Deno.remove(join(folder, ".."), { recursive: true });
});

Deno.test("lockFolder() lets exactly one of many in", async () => {
  const folder = await Deno.makeTempDir();
  for (let round = 0; round < 10; round++) {
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
    const held = tries.filter((attempt) => attempt.status === "fulfilled");
    assert.equal(held.length, 1);
    await held[0]!.value[Symbol.asyncDispose]();
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "lockFolder() refuses while another process holds it and takes over after kill -9",
  ignore: !isPosix,
  async fn() {
    const folder = await Deno.makeTempDir();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-lock", "--quiet", "--no-prompt", "-R", "-W", HOLD_RUN, folder],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const reader = child.stderr.getReader();
    await reader.read();
    assert.match((await refusal(folder)).message, new RegExp(`process ${child.pid}`));
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    assert.ok((await Deno.stat(join(folder, ".neurite.lock"))).isFile);
    {
      await using _lock = await lockFolder(folder);
    }
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("lockFolder() does not write through a link of the lock's name", () =>
  inFolder(async (folder) => {
    const target = join(folder, "kept.txt");
    await Deno.writeTextFile(target, "kept\n");
    const run = join(folder, "run");
    await Deno.mkdir(run);
    await Deno.symlink(target, join(run, ".neurite.lock"));
    {
      await using _lock = await lockFolder(run);
    }
    assert.equal(await Deno.readTextFile(target), "kept\n");
  }));
