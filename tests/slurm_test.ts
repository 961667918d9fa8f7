// The project's own Slurm scripts on a real slurmctld and slurmd: an array of shards, tasks of which
// are killed, stopped and requeued while they run, and the merge that waits for it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { BLOCKS } from "../lib/neuron/correlation/exact_sums.ts";
import { shardPlace } from "../lib/neuron/correlation/shards/shard_place.ts";
import { openSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { inFolder } from "./folders.ts";
import { CORRELATIONS, correlationsOf, results } from "./shards/tiny_run.ts";
import { type LocalSlurm, slurmAbsent, startSlurm } from "./slurm/local_slurm.ts";

const SUBMIT = new URL("../scripts/universal_neurons/slurm/submit.sh", import.meta.url).pathname;
const SHARDS = 8;
const BLOCKS_A_SHARD = 6;

/** Long enough for a machine that other work keeps busy; the run takes half a minute. */
const PATIENCE_MS = 300_000;

/** Looks every so often until there is something. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not come in ${PATIENCE_MS / 1000} s`);
}

/** Blocks of a shard that are saved; none where there is no checkpoint, or a new one takes its place. */
async function savedBlocks(work: string): Promise<number> {
  try {
    await using file = await openSafetensors(join(work, "pass-0.safetensors"));
    const { data } = await file.read(BLOCKS);
    return Number(data[1] ?? 0) - Number(data[0] ?? 0);
  } catch {
    return 0;
  }
}

/** A shard that has saved something and has most before it: its index and the process at work on it. */
async function busyShard(out: string, ended: ReadonlyMap<number, string>) {
  for (let index = 1; index <= SHARDS; index++) {
    if (ended.has(index)) continue;
    const { work } = shardPlace(out, { index, count: SHARDS });
    const lock = await Deno.readTextFile(join(work, ".neurite.lock")).catch(() => "");
    const process = /^process (\d+)\n$/.exec(lock)?.[1];
    const saved = await savedBlocks(work);
    if (process && saved > 0 && saved < BLOCKS_A_SHARD / 2) {
      return { index, process: Number(process) };
    }
  }
  return undefined;
}

/** How tasks are ended before their time. */
const ENDS: Record<string, (slurm: LocalSlurm, task: string, process: number) => Promise<unknown>> =
  {
    // As --signal=B:USR1@120 before the time limit. scancel waits for more than the delivery and
    // fails, or sends it again, when the task is on its way back into the queue by then.
    "the warning before its time limit": (slurm, task) =>
      slurm.run("scancel", ["--batch", "--signal=USR1", task]).catch(() => {}),
    "kill -9 of its process": (_slurm, _task, process) =>
      Promise.resolve(Deno.kill(process, "SIGKILL")),
    "a requeue by its operator": (slurm, task) => slurm.run("scontrol", ["requeue", task]),
  };

async function factsOf(slurm: LocalSlurm, job: string): Promise<Record<string, string>> {
  const text = await slurm.run("scontrol", ["--oneliner", "show", "job", job]);
  const pairs = [...text.matchAll(/(\w+)=(\S*)/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, value!]));
}

/** What the jobs said, for the message of a failure. */
async function logs(out: string): Promise<string> {
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(join(out, "log"))) {
    texts.push(`== ${name}\n${await Deno.readTextFile(join(out, "log", name))}`);
  }
  return texts.sort().join("\n");
}

Deno.test({
  name: "slurm: an array of 8 with tasks killed, stopped and requeued merges into the whole run",
  ignore: slurmAbsent,
  async fn() {
    await inFolder(async (folder) => {
      const [whole, out, daemons] = ["whole", "out", "slurm"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const words = await correlationsOf(folder, {
        rows: SHARDS * BLOCKS_A_SHARD,
        blockTokens: 128,
        baseline: "none",
      });
      const first = await run([CORRELATIONS, ...words, `--out=${whole}`]);
      assert.equal(first.exit, 0, first.stderr);

      await using slurm = await startSlurm(daemons);
      const said = await slurm.run(SUBMIT, [
        `${SHARDS}`,
        out,
        "--cpus-per-task=1",
        "--mem=0",
        "--",
        ...words,
        "--threads=1",
        "--checkpoint-minutes=0",
      ]);
      const [, array, merge] = /^shards: job (\d+), merge: job (\d+)\n$/.exec(said)!;
      assert.equal((await factsOf(slurm, merge!))["JobState"], "PENDING");

      const ended = new Map<number, string>();
      const ending: Promise<unknown>[] = [];
      for (const [how, end] of Object.entries(ENDS)) {
        const { index, process } = await until("a shard at work", async () => {
          // It is cancelled when a task fails.
          const { JobState } = await factsOf(slurm, merge!);
          assert.equal(JobState, "PENDING", await logs(out));
          return await busyShard(out, ended);
        });
        ending.push(end(slurm, `${array}_${index}`, process));
        ended.set(index, how);
      }
      await Promise.all(ending);

      const state = await until("the end of the merge", async () => {
        const { JobState } = await factsOf(slurm, merge!);
        return /^(PENDING|RUNNING|COMPLETING)$/.test(JobState!) ? undefined : JobState;
      });
      assert.equal(state, "COMPLETED", await logs(out));
      for (let index = 1; index <= SHARDS; index++) {
        const { JobState, Restarts } = await factsOf(slurm, `${array}_${index}`);
        assert.equal(JobState, "COMPLETED");
        // scancel may deliver its signal once more, to the task that was started again.
        assert.equal(Number(Restarts) > 0, ended.has(index), `${index}: ${ended.get(index)}`);
      }
      const asked = (await logs(out)).matchAll(/^exit (\d+) after 0 restarts: asking Slurm/gm);
      assert.deepEqual(new Set([...asked].map(([, status]) => status)), new Set(["75", "137"]));
      assert.deepEqual(await results(out), await results(whole));
    });
  },
});
