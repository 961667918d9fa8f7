// The folder of a run, met by the real command: same seed, damage, and a signal in the middle.
import assert from "node:assert/strict";
import { join } from "node:path";
import { discovery, YEAR_MODEL } from "./case.ts";
import { command, type Ended, run } from "./command.ts";
import { contents, inFolder } from "./folders.ts";

/** The fewest that reach the start year 41, whose probabilities have a figure of their own. */
const COUNT = "--count=40";

/** The outputs of a finished run by path; run.json, which carries times and paths, left out. */
async function outputs(folder: string): Promise<Record<string, string>> {
  const { "run.json": record, ...files } = await contents(join(folder, "out"));
  assert.ok(record, "no run.json");
  return files;
}

async function discover(folder: string, ...more: string[]): Promise<Ended> {
  const ended = await run(discovery(folder, YEAR_MODEL, COUNT, ...more));
  assert.equal(ended.exit, 0, ended.stderr);
  return ended;
}

/** Changes one character of a file without changing its length. */
async function touchUp(path: string, from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(path);
  assert.ok(text.includes(from), `${path} lacks ${from}`);
  await Deno.writeTextFile(path, text.replace(from, to));
}

Deno.test("circuit_discovery gives the same bytes for the same seed, and mends a damaged run", async (t) => {
  await inFolder(async (folder) => {
    const [first, second] = [join(folder, "first"), join(folder, "second")];
    await Promise.all([discover(first), discover(second)]);
    const wanted = await outputs(first);
    const out = (name: string) => join(first, "out", name);

    await t.step("arrays, tables, summary and figures are the same in two folders", async () => {
      const { "report.html": _, ...others } = await outputs(second);
      const { "report.html": report, ...same } = wanted;
      assert.ok(report);
      assert.deepEqual(others, same);
      const names = Object.keys(same).filter((name) => same[name] !== "folder").sort();
      assert.deepEqual(names, [
        "arrays.safetensors",
        "figures/probability-heatmap.png",
        "figures/probability-heatmap.svg",
        "figures/probability-heatmap.vl.json",
        "figures/probability-slice.png",
        "figures/probability-slice.svg",
        "figures/probability-slice.vl.json",
        "summary.json",
        "tables/examples.parquet",
      ]);
    });

    await t.step("another seed gives other arrays", async () => {
      await discover(second, "--seed=1");
      const other = await outputs(second);
      assert.notEqual(other["arrays.safetensors"], wanted["arrays.safetensors"]);
    });

    await t.step("a finished run is kept and its files are not touched", async () => {
      const { mtime } = await Deno.stat(out("run.json"));
      const { stderr } = await discover(first);
      assert.match(
        stderr,
        /^kept +.+\/first\/out: finished before with the same options and inputs$/m,
      );
      assert.deepEqual((await Deno.stat(out("run.json"))).mtime, mtime);
      assert.deepEqual(await outputs(first), wanted);
    });

    const damages: [reason: RegExp, damage: () => Promise<void>][] = [
      [/run\.json is damaged/, () => Deno.truncate(out("run.json"), 200)],
      [
        /summary\.json was changed \(another sha256\)/,
        () => touchUp(out("summary.json"), "0.8", "0.9"),
      ],
      [
        /figures\/probability-slice\.svg is missing/,
        () => Deno.remove(out("figures/probability-slice.svg")),
      ],
    ];
    for (const [reason, damage] of damages) {
      await t.step(`it runs again and says why: ${reason.source}`, async () => {
        await damage();
        const { stderr } = await discover(first);
        assert.match(stderr, new RegExp(`^run +\\S+/first/out: ${reason.source}$`, "m"));
        assert.deepEqual(await outputs(first), wanted);
      });
    }
  });
});

/** Starts a command, sends a signal once stderr shows a text, and waits for its end. */
async function interrupted(words: readonly string[], text: string, signal: Deno.Signal) {
  const child = command(words).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let stderr = "";
  let isSent = false;
  while (true) {
    const { value, done } = await reader.read();
    if (done) break;
    stderr += value;
    if (!isSent && stderr.includes(text)) {
      child.kill(signal);
      isSent = true;
    }
  }
  const { code } = await child.status;
  const stdout = await new Response(child.stdout).text();
  return { exit: code, stdout, stderr };
}

Deno.test({
  name: "circuit_discovery exits 75 on SIGTERM without a run.json, and the next run goes well",
  ignore: Deno.build.os === "windows", // it has no SIGTERM
  async fn() {
    await inFolder(async (folder) => {
      const out = join(folder, "out");
      const long = discovery(folder, YEAR_MODEL, "--count=4000", "--memory=1M");
      const { exit, stdout, stderr } = await interrupted(long, "\nmodel ", "SIGTERM");
      assert.equal(exit, 75, stderr);
      assert.match(stderr, /^SIGTERM: stopping after this batch; once more to end at once$/m);
      const said =
        /^error\[E-STOPPED\] Cannot finish ".+": stopped by .+, expected .+\nHint: \S.*\n$/m;
      assert.match(stderr, said);
      assert.doesNotMatch(stderr, /^ +at /m);
      assert.equal(stdout, "");
      assert.deepEqual(await contents(out), {});

      await discover(folder);
      assert.ok((await outputs(folder))["arrays.safetensors"]);
      const before = await contents(out);
      const again = await interrupted(long, "\nmodel ", "SIGTERM");
      assert.equal(again.exit, 75, again.stderr);
      assert.deepEqual(await contents(out), before);
    });
  },
});
