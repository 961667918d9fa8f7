// A sharded run whose processes are killed at random moments and started again. NEURITE_KILLS says how
// often.
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { findShards } from "../lib/neuron/correlation/shards/find_shards.ts";
import { SHARDS_FOLDER } from "../lib/neuron/correlation/shards/shard_place.ts";
import { RandomStream } from "../lib/random.ts";
import { openSafetensors } from "../lib/store/format/safetensors.ts";
import { command, run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { CORRELATIONS, correlationsOf, MERGE, results } from "./shards/tiny_run.ts";

const KILLS = Number(Deno.env.get("NEURITE_KILLS") ?? 6);
const SHARDS = 2;

/** Kills of one process and its next starts, so that all steps of a run are met. */
const MOST_IN_ROW = 2;

/** The commands of a sharded run in order. */
function commandsOf(words: readonly string[], out: string): string[][] {
  const shards = Array.from({ length: SHARDS }, (_, i) => [
    CORRELATIONS,
    ...words,
    `--out=${out}`,
    "--checkpoint-minutes=0",
    `--shard=${i + 1}/${SHARDS}`,
  ]);
  return [...shards, [MERGE, `--out=${out}`]];
}

/** Runs a command and kills it after some time, if it has not ended before. */
async function killedAfter(words: readonly string[], milliseconds: number): Promise<boolean> {
  const child = command(words).spawn();
  const timer = setTimeout(() => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It had just ended.
    }
  }, milliseconds);
  const { code, stderr } = await child.output();
  clearTimeout(timer);
  assert.ok(code === 0 || code === 137, new TextDecoder().decode(stderr));
  return code === 137;
}

/** Every file that has its name is whole, and no shard counts as finished that is not. */
async function checkNothingPartial(out: string, wanted: Record<string, string>): Promise<void> {
  const found = await contents(out);
  for (const path of Object.keys(found)) {
    if (!path.endsWith(".safetensors") || basename(path).startsWith(".")) continue;
    await using file = await openSafetensors(join(out, path));
    for (const name of file.names()) await file.read(name);
  }
  const isMarked = (path: string) => path.replace(/safetensors$/, "json") in found;
  const finished = Object.keys(wanted).filter((path) =>
    path.startsWith(`${SHARDS_FOLDER}/`) && path.endsWith(".safetensors") && isMarked(path)
  );
  for (const path of finished) assert.equal(found[path], wanted[path], path);
  if (finished.length === SHARDS) return;
  await assert.rejects(findShards(out), { name: "NeuriteError", code: "E-SHARD" });
}

Deno.test({
  name: `a sharded run killed ${KILLS} times at random moments gives the bytes of an unbroken one`,
  ignore: Deno.build.os === "windows",
  async fn() {
    const random = new RandomStream(0, "kills");
    await inFolder(async (folder) => {
      const words = await correlationsOf(folder);
      // One path for all, because a shard has it among the facts of its run.
      const [out, unbroken] = [join(folder, "run"), join(folder, "unbroken")];
      const durations: number[] = [];
      for (const step of commandsOf(words, out)) {
        const start = performance.now();
        const { exit, stderr } = await run(step);
        assert.equal(exit, 0, stderr);
        durations.push(performance.now() - start);
      }
      await Deno.rename(out, unbroken);
      const wanted = await contents(unbroken);

      let [kills, tries] = [0, 0];
      while (kills < KILLS) {
        await Deno.mkdir(out);
        for (const [i, step] of commandsOf(words, out).entries()) {
          for (let row = 0; row < MOST_IN_ROW && kills < KILLS; row++) {
            // Up to a little after the end, so that the last writes are met too.
            const moment = 1.1 * durations[i]! * random.uniform(tries++);
            if (!await killedAfter(step, moment)) break;
            kills++;
            await checkNothingPartial(out, wanted);
          }
          const { exit, stderr } = await run(step);
          assert.equal(exit, 0, stderr);
        }
        const found = await contents(out);
        const shards = (all: Record<string, string>) =>
          Object.fromEntries(Object.entries(all).filter(([path]) => path.startsWith("shards")));
        assert.deepEqual(shards(found), shards(wanted));
        assert.deepEqual(await results(out), await results(unbroken));
        assert.deepEqual(Object.keys(found).sort(), Object.keys(wanted).sort());
        await Deno.remove(out, { recursive: true });
      }
    });
  },
});
