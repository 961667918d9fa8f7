// What is wrong with shards, given to the real commands: refused by name, mended by the same command.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { shardPlace } from "../lib/neuron/correlation/shards/shard_place.ts";
import { command, type Ended, run } from "./bad_input/command.ts";
import { mountDisk } from "./bad_input/disk.ts";
import { contents, inFolder } from "./folders.ts";
import { BREAKS, makeShards } from "./shards/made_shards.ts";
import {
  CORRELATIONS,
  correlationsOf,
  fixtureIds,
  MERGE,
  otherTokenizer,
  results,
  writeRows,
} from "./shards/tiny_run.ts";

const SUM_SHARD = "tests/fixtures/scripts/sum_shard.ts";
const FEW = { rows: 4, baseline: "none" } as const;
const FIXTURE = { permissions: ["--no-prompt", "--allow-read", "--allow-write"] };

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

function assertRefused({ exit, stderr }: Ended, code: string, message: RegExp): void {
  assert.equal(exit, 4, stderr);
  assert.match(stderr, new RegExp(`^error\\[${code}\\] Cannot .+, expected .+\nHint: `, "m"));
  assert.match(stderr, message);
}

Deno.test("un:merge refuses with E-SHARD, writing nothing, shards that are not one run", async (t) => {
  for (const [name, breakIt, message] of BREAKS) {
    await t.step(name, async () => {
      await inFolder(async (out) => {
        await breakIt(out);
        const before = await contents(out);
        const ended = await run([MERGE, `--out=${out}`]);
        assertRefused(ended, "E-SHARD", message);
        const after = Object.entries(await contents(out)).filter(([path]) =>
          !basename(path).startsWith(".")
        );
        assert.deepEqual(Object.fromEntries(after), before);
      });
    });
  }
});

Deno.test("un:merge names a damaged shard and one of other tokens; the same command mends each", async () => {
  await inFolder(async (folder) => {
    const words = [CORRELATIONS, ...await correlationsOf(folder, FEW)];
    const [out, whole] = [join(folder, "out"), join(folder, "whole")];
    const shard = (index: number, ...more: string[]) =>
      run([...words, `--out=${out}`, `--shard=${index}/2`, ...more]);
    const merge = () => run([MERGE, `--out=${out}`]);

    // As another tokenizer would have it: the same rows by other ids.
    const others = join(folder, "other_tokenizer.safetensors");
    await writeRows(others, (await fixtureIds(4)).map((id) => id === 0 ? 0 : 4096 - id), 4);
    for (const ended of [await shard(1), await shard(2, `--tokens=${others}`)]) {
      assert.equal(ended.exit, 0, ended.stderr);
    }
    assertRefused(
      await merge(),
      "E-SHARD",
      /shard-2-of-2\.safetensors": of another run: tokens of sha256 [0-9a-f]{12}, not [0-9a-f]{12},/,
    );
    assert.equal((await shard(2)).exit, 0);

    const { sums } = shardPlace(out, { index: 1, count: 2 });
    using file = await Deno.open(sums, { write: true });
    await file.seek(-4, Deno.SeekMode.End);
    await file.write(Uint8Array.of(255));
    assertRefused(
      await merge(),
      "E-SHARD",
      /shard-1-of-2\.safetensors": changed since .+\nHint: run that shard again: .+--shard 1\/2/,
    );
    const again = await shard(1);
    assert.match(again.stderr, /shard-1-of-2\.safetensors: changed since it was written/);
    assert.equal(again.exit, 0, again.stderr);

    assert.equal((await merge()).exit, 0);
    assert.equal((await run([...words, `--out=${whole}`])).exit, 0);
    assert.deepEqual(await results(out), await results(whole));
  });
});

Deno.test("un:correlations refuses tokens and models that do not fit, before a shard is begun", async () => {
  await inFolder(async (folder) => {
    const words = [CORRELATIONS, ...await correlationsOf(folder, FEW)];
    const out = join(folder, "out");
    const shard = (...more: string[]) => run([...words, `--out=${out}`, "--shard=1/2", ...more]);
    const past = join(folder, "past.safetensors");
    await writeRows(past, (await fixtureIds(4)).with(7, 4096), 4);
    assertRefused(
      await shard(`--tokens=${past}`),
      "E-TOKENS",
      /"token 4096": an id outside the vocabulary, in row 0 at position 7, expected 0 to 4095/,
    );
    assertRefused(
      await shard(`--model-2=${await otherTokenizer(folder)}`),
      "E-TOKENIZER",
      /a tokenizer that cuts text otherwise than that of .+tiny-gpt2-a, expected models of one tok/,
    );
    await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
  });
});

Deno.test("a shard that another process sums is refused with E-BUSY, and no merge takes it", async () => {
  await inFolder(async (out) => {
    await makeShards(out, 2, { rows: 40 });
    const { sums, marker, work } = shardPlace(out, { index: 2, count: 2 });
    const before = await Deno.readFile(sums);
    for (const path of [sums, marker]) await Deno.remove(path);
    const words = [SUM_SHARD, `--out=${out}`, "--index=2", "--count=2", "--rows=40"];

    await using stack = new AsyncDisposableStack();
    const child = command([...words, "--pause=400"], FIXTURE).spawn();
    let hasEnded = false;
    const ended = child.output().finally(() => hasEnded = true);
    stack.defer(async () => void await ended);
    while (!hasEnded && !await exists(join(work, "pass-0.safetensors"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const second = await run(words, FIXTURE);
    assert.equal(second.exit, 75, second.stderr);
    assert.match(
      second.stderr,
      new RegExp(
        `^error\\[E-BUSY\\] .+being written by another run \\(process ${child.pid}\\)`,
        "m",
      ),
    );
    assertRefused(await run([MERGE, `--out=${out}`]), "E-SHARD", /begun and not finished/);

    child.kill("SIGKILL");
    await ended;
    assert.equal((await run(words, FIXTURE)).exit, 0);
    assert.deepEqual(await Deno.readFile(sums), before);
    assert.equal((await run([MERGE, `--out=${out}`])).exit, 0);
  });
});

Deno.test("a shard on a full disk fails with E-FILE-FULL and goes on when there is room", async (t) => {
  await inFolder(async (folder) => {
    const disk = await mountDisk(folder, { isReadOnly: false });
    await t.step({
      name: "64 KiB, then 256 MiB",
      // Only the superuser mounts.
      ignore: disk === undefined,
      async fn() {
        try {
          const words = [CORRELATIONS, ...await correlationsOf(folder, FEW)];
          const out = join(disk!.path, "out");
          const shard = [...words, "--checkpoint-minutes=0", "--shard=1/1"];
          const ended = await run([...shard, `--out=${out}`]);
          assertRefused(
            ended,
            "E-FILE-FULL",
            /write ".+shard-1-of-1\/pass-0\.safetensors": the disk is full, expected free space/,
          );
          const place = shardPlace(out, { index: 1, count: 1 });
          assert.deepEqual(Object.keys(await contents(place.work)), []);
          await assert.rejects(Deno.stat(place.sums), Deno.errors.NotFound);

          const mount = new Deno.Command("mount", {
            args: ["-o", "remount,size=256m", disk!.path],
          });
          assert.ok((await mount.output()).success);
          for (const step of [[...shard, `--out=${out}`], [MERGE, `--out=${out}`]]) {
            const { exit, stderr } = await run(step);
            assert.equal(exit, 0, stderr);
          }
          const whole = join(folder, "whole");
          assert.equal((await run([...words, `--out=${whole}`])).exit, 0);
          assert.deepEqual(await results(out), await results(whole));
        } finally {
          await disk!.release();
        }
      },
    });
  });
});
