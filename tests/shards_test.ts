// Shards by the real command: stopped, computed as a cluster says, merged.
import assert from "node:assert/strict";
import { join } from "node:path";
import { shardPlace } from "../lib/neuron/correlation/shards/shard_place.ts";
import { command, inPairs, run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { CORRELATIONS, correlationsOf, MERGE, results } from "./shards/tiny_run.ts";

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
  ignore: Deno.build.os === "windows",
  async fn() {
    await inFolder(async (folder) => {
      const words = [CORRELATIONS, ...await correlationsOf(folder)];
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
