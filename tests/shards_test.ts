// Shards by the real commands: stopped, killed, damaged, merged.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import type { HostArray } from "../lib/array.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { findShards } from "../lib/neuron/correlation/shards/find_shards.ts";
import { shardPlace } from "../lib/neuron/correlation/shards/shard_place.ts";
import { sumShard } from "../lib/neuron/correlation/shards/sum_shard.ts";
import { type MadeRun, madeShard } from "../lib/neuron/correlation/shards/testing.ts";
import { RandomStream } from "../lib/random.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { command, inPairs, run } from "./bad_input/command.ts";
import { contents, inFolder } from "./bad_input/folders.ts";

const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const CORRELATIONS = "scripts/universal_neurons/correlations.ts";
const MERGE = "scripts/universal_neurons/merge.ts";
const SUM_SHARD = new URL("fixtures/scripts/sum_shard.ts", import.meta.url).pathname;
const isPosix = Deno.build.os !== "windows";

/** The sha256 of each array file and of the summary. */
async function results(out: string): Promise<Record<string, string>> {
  const files = Object.entries(await contents(out));
  return Object.fromEntries(
    files.filter(([path]) => /^(\w+\.safetensors|summary\.json)$/.test(path)),
  );
}

/** Rows of the fixture, which `--block-tokens=256` cuts into 14 blocks. */
async function correlationsOf(folder: string): Promise<string[]> {
  const { tokens } = await readSafetensors(FIXTURE);
  const data = (tokens!.data as Int32Array).slice(0, 28 * 128);
  const rows: HostArray = { data, shape: [28, 128] };
  const path = join(folder, "tokens.safetensors");
  const chunks = [...encodeSafetensors({ tokens: rows })];
  await Deno.writeFile(path, Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
  return [
    CORRELATIONS,
    "--model-1=cache/models/tiny-gpt2-a",
    "--model-2=cache/models/tiny-gpt2-b",
    `--tokens=${path}`,
    "--block-tokens=256",
    "--baseline=rotation",
    "--draws=2",
    "--device=onnx",
  ];
}

/** The time of a shard's newest checkpoint, 0 without one. */
async function savedAt(path: string): Promise<number> {
  return await Deno.stat(path).then(({ mtime }) => mtime!.getTime(), () => 0);
}

/** Stops a shard by each signal after a checkpoint, then lets it finish. */
async function stopAndFinish(words: readonly string[], out: string): Promise<void> {
  const path = join(shardPlace(out, { index: 1, count: 1 }).work, "pass-0.safetensors");
  for (const [signal, exit] of [["SIGTERM", 75], ["SIGKILL", 137], ["SIGUSR1", 75]] as const) {
    const before = await savedAt(path);
    const child = command(words).spawn();
    let hasEnded = false;
    const output = child.output().finally(() => hasEnded = true);
    while (!hasEnded && await savedAt(path) <= before) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    if (!hasEnded) child.kill(signal);
    const { code, stderr } = await output;
    assert.equal(code, exit, new TextDecoder().decode(stderr));
  }
  const { exit, stderr } = await run(words);
  assert.equal(exit, 0, stderr);
}

Deno.test({
  name: "un:correlations in one shard and in seven, merged, is the run that was not cut",
  ignore: !isPosix,
  async fn() {
    await inFolder(async (folder) => {
      const words = await correlationsOf(folder);
      const outs = ["whole", "one", "seven"].map((name) => join(folder, name));
      const [whole, one, seven] = outs as [string, string, string];
      const first = await run([...words, `--out=${whole}`]);
      assert.equal(first.exit, 0, first.stderr);

      await stopAndFinish([...words, `--out=${one}`, "--shard=1/1", "--checkpoint-minutes=0"], one);

      await inPairs([4, 7, 2, 5, 1, 6, 3], async (index) => {
        // As Slurm says it to an array 0-6.
        const env = {
          "SLURM_ARRAY_TASK_ID": `${index - 1}`,
          "SLURM_ARRAY_TASK_COUNT": "7",
          "SLURM_ARRAY_TASK_MIN": "0",
          "SLURM_ARRAY_TASK_MAX": "6",
        };
        const { exit, stderr, stdout } = await run([...words, `--out=${seven}`], { env });
        assert.equal(exit, 0, stderr);
        assert.match(
          stdout,
          new RegExp(`^shard ${index} of 7, blocks ${2 * index - 2} to ${2 * index}:`),
        );
      });

      for (const out of [one, seven]) {
        const plan = await run([MERGE, `--out=${out}`, "--dry-run"]);
        assert.match(plan.stdout, /^would merge (1|7) shards /);
        const { exit, stderr } = await run([MERGE, `--out=${out}`]);
        assert.equal(exit, 0, stderr);
        assert.deepEqual(await results(out), await results(whole));
        assert.ok("report.html" in await contents(out));
        const again = await run([MERGE, `--out=${out}`]);
        assert.match(again.stderr, /kept/);
        // The merged run is the run: the script finds it finished.
        const found = await run([...words, `--out=${out}`]);
        assert.match(found.stderr, /kept/);
      }
    });
  },
});

/** Starts the slow shard and kills it after some time, or lets it end. */
async function killedAfter(args: readonly string[], milliseconds: number): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", "--allow-write", SUM_SHARD, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It had just ended.
    }
  }, milliseconds);
  const { code } = await child.status;
  clearTimeout(timer);
  return code;
}

Deno.test({
  name: "shards killed twenty times at random moments give the bytes of unbroken ones",
  ignore: !isPosix,
  async fn() {
    await using device = openReference();
    const random = new RandomStream(0, "kills");
    const [rows, count] = [400, 2];
    await inFolder(async (folder) => {
      const [broken, unbroken] = [join(folder, "broken"), join(folder, "unbroken")];
      let kills = 0;
      for (let index = 1; index <= count; index++) {
        const shard = { index, count };
        await sumShard(madeShard(device, { directory: unbroken, shard, made: { rows } }));
        const args = [`--out=${broken}`, `--index=${index}`, `--count=${count}`, `--rows=${rows}`];
        for (const last = kills + 10; kills < last; kills++) {
          // A shard takes five seconds like this, so that none of ten tries gets to its end.
          const code = await killedAfter(
            [...args, "--pause=50"],
            100 + 600 * random.uniform(kills),
          );
          assert.equal(code, 137);
          await assert.rejects(findShards(broken), { name: "NeuriteError", code: "E-SHARD" });
        }
        assert.equal(await killedAfter(args, 60_000), 0);
      }
      assert.equal(kills, 20);
      assert.deepEqual(await contents(broken), await contents(unbroken));
    });
  },
});

/** Finished shards of a made run. */
async function makeShards(directory: string, count: number, made: MadeRun = {}): Promise<void> {
  await using device = openReference();
  for (let index = 1; index <= count; index++) {
    await sumShard(madeShard(device, { directory, shard: { index, count }, made }));
  }
}

type Break = (out: string) => Promise<void>;

/** Puts a shard, with its marker, under another name. */
async function moveShard(out: string, from: [number, number], to: [number, number]): Promise<void> {
  const [source, target] = [from, to].map(([index, count]) => shardPlace(out, { index, count }));
  await Deno.rename(source!.sums, target!.sums);
  await Deno.rename(source!.marker, target!.marker);
}

const BREAKS: readonly (readonly [string, Break, RegExp])[] = [
  ["no shard", () => Promise.resolve(), /no finished shard/],
  [
    "a missing one",
    async (out) => {
      await makeShards(out, 3);
      await Deno.remove(shardPlace(out, { index: 2, count: 3 }).sums);
    },
    /shard-2-of-3\.safetensors": absent.*\nHint: run that shard again: .* --shard 2\/3/,
  ],
  [
    "one without its marker",
    async (out) => {
      await makeShards(out, 3);
      await Deno.remove(shardPlace(out, { index: 3, count: 3 }).marker);
    },
    /shard-3-of-3\.safetensors": absent, unfinished or without its marker/,
  ],
  [
    "a changed byte",
    async (out) => {
      await makeShards(out, 3);
      const { sums } = shardPlace(out, { index: 2, count: 3 });
      const bytes = await Deno.readFile(sums);
      bytes[bytes.length - 9]! ^= 1;
      await Deno.writeFile(sums, bytes);
    },
    /shard-2-of-3\.safetensors": changed since it was written.*\nHint: run that shard again/,
  ],
  [
    "a cut file",
    async (out) => {
      await makeShards(out, 2);
      await Deno.truncate(shardPlace(out, { index: 1, count: 2 }).sums, 5000);
    },
    /shard-1-of-2\.safetensors": no whole safetensors file.*\nHint: run that shard again/,
  ],
  [
    "one of another run",
    async (out) => {
      await makeShards(out, 2);
      const other = join(out, "other");
      await makeShards(other, 2, { seed: 1 });
      for (const key of ["sums", "marker"] as const) {
        const [from, to] = [other, out].map((folder) =>
          shardPlace(folder, { index: 2, count: 2 })[key]
        );
        await Deno.rename(from!, to!);
      }
    },
    /shard-2-of-2\.safetensors": of run [0-9a-f]{12}, expected run [0-9a-f]{12} as shard-1-of-2/,
  ],
  [
    "wrong counts",
    async (out) => {
      await makeShards(out, 3);
      await makeShards(out, 2);
    },
    /shards of runs in 2 and in 3 parts/,
  ],
  [
    "a gap",
    async (out) => {
      await makeShards(out, 3);
      await Deno.remove(shardPlace(out, { index: 2, count: 3 }).sums);
      await moveShard(out, [1, 3], [1, 2]);
      await moveShard(out, [3, 3], [2, 2]);
    },
    /shard-2-of-2\.safetensors": blocks from 4 on, expected from 2 on: a gap/,
  ],
  [
    "an overlap",
    async (out) => {
      await makeShards(out, 2);
      await makeShards(out, 3);
      await moveShard(out, [2, 3], [2, 2]);
      for (const index of [1, 3]) await Deno.remove(shardPlace(out, { index, count: 3 }).sums);
    },
    /shard-2-of-2\.safetensors": blocks from 2 on, which shard-1-of-2\.safetensors has too/,
  ],
  [
    "an end that is missing",
    async (out) => {
      await makeShards(out, 3);
      await moveShard(out, [1, 3], [1, 2]);
      await moveShard(out, [2, 3], [2, 2]);
      await Deno.remove(shardPlace(out, { index: 3, count: 3 }).sums);
    },
    /shard-2-of-2\.safetensors": blocks to 4, expected to 7, the end of the run/,
  ],
];

Deno.test("un:merge refuses with E-SHARD, writing nothing, shards that are not one run", async (t) => {
  for (const [name, breakIt, message] of BREAKS) {
    await t.step(name, async () => {
      await inFolder(async (out) => {
        await breakIt(out);
        const before = await contents(out);
        const { exit, stderr } = await run([MERGE, `--out=${out}`]);
        assert.equal(exit, 4, stderr);
        assert.match(stderr, /^error\[E-SHARD\] Cannot merge .+, expected .+\nHint: /m);
        assert.match(stderr, message);
        const after = Object.entries(await contents(out)).filter(([path]) =>
          !basename(path).startsWith(".")
        );
        assert.deepEqual(Object.fromEntries(after), before);
      });
    });
  }
});

Deno.test("un:merge takes a shard that was computed again after it was damaged", async () => {
  await inFolder(async (out) => {
    await makeShards(out, 3);
    await Deno.truncate(shardPlace(out, { index: 2, count: 3 }).sums, 100);
    assert.equal((await run([MERGE, `--out=${out}`])).exit, 4);
    await makeShards(out, 3);
    const { exit, stderr } = await run([MERGE, `--out=${out}`]);
    assert.equal(exit, 0, stderr);
  });
});
