// The folder of a run, met by the real command: same seed, damage, and a signal in the middle.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors } from "../../lib/store/format/safetensors.ts";
import { discovery, YEAR_MODEL } from "./case.ts";
import { command, type Ended, run } from "./command.ts";
import { integers, writeArrays } from "./damage.ts";
import { contents, inFolder } from "../folders.ts";
import { soundPrompts } from "./prompt_cases.ts";

/** The fewest that reach the start year 41, whose probabilities have a figure of their own. */
const COUNT = "--count=40";

/** The outputs of a finished run by path; run.json, which carries times and paths, left out. */
async function outputs(folder: string): Promise<Record<string, string>> {
  const { "run.json": record, ...files } = await contents(join(folder, "out"));
  assert.ok(record, "no run.json");
  return files;
}

async function discover(folder: string, ...more: string[]): Promise<Ended> {
  const ended = await run(discovery(folder, YEAR_MODEL, COUNT, "--circuit=none", ...more));
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

Deno.test("circuit_discovery runs again when its prompts or circuit were edited, and keeps the old run from bad ones", async (t) => {
  await inFolder(async (folder) => {
    const [prompts, circuit] = [join(folder, "prompts.safetensors"), join(folder, "circuit.json")];
    const out = join(folder, "out");
    const asked = discovery(folder, YEAR_MODEL, `--prompts=${prompts}`, `--circuit=${circuit}`);
    const arrays = () => readSafetensors(join(out, "arrays.safetensors"));
    const edit = {
      /** The second prompt's start year, 1 to 98, whose token is 100 more. */
      prompts: (year: number) =>
        writeArrays(prompts, {
          ...soundPrompts(),
          "good_tokens": integers([1, 117, 3, 4, 100 + year, 6], [2, 3]),
          YY: integers([17, year]),
        }),
      circuit: (...edges: string[]) =>
        Deno.writeTextFile(
          circuit,
          JSON.stringify({
            schema: "neurite.circuit/1",
            name: "edited",
            edges: edges.map((edge) => ({ edge })),
          }),
        ),
    };
    const expectRun = async (reason: string) => {
      const { exit, stderr } = await run(asked);
      assert.equal(exit, 0, stderr);
      assert.match(stderr, new RegExp(`^run +\\S+/out: ${reason}$`, "m"));
    };
    const [sender, other] = ["a9.h1@END->logits@END", "m10@END->logits@END"] as const;
    await edit.prompts(32);
    await edit.circuit(sender);
    await expectRun("not finished before");
    const first = { files: await outputs(folder), arrays: await arrays() };
    const changed = "finished with other options, inputs or version";

    await t.step("edited prompts give their own arrays", async () => {
      await edit.prompts(60);
      await expectRun(changed);
      const { good_tokens: tokens, YY, probs, probs_ms: kept } = await arrays();
      assert.deepEqual([tokens!.data[4], [...YY!.data]], [160, [17, 60]]);
      assert.notDeepEqual(probs, first.arrays.probs);
      assert.notDeepEqual(kept, first.arrays.probs_ms);
    });

    await t.step("prompts edited back give the first bytes again", async () => {
      await edit.prompts(32);
      await expectRun(changed);
      assert.deepEqual(await outputs(folder), first.files);
    });

    await t.step(
      "an edited circuit gives its own arrays and leaves the model's as they were",
      async () => {
        await edit.circuit(sender, other);
        await expectRun(changed);
        const { probs, probs_ms: kept, ipp_m10: into } = await arrays();
        assert.deepEqual(probs, first.arrays.probs);
        assert.notDeepEqual(kept, first.arrays.probs_ms);
        assert.deepEqual([first.arrays.ipp_m10, into!.shape], [undefined, [12, 13]]);
        const written = JSON.parse(await Deno.readTextFile(join(out, "circuit.json")));
        assert.deepEqual(written.edges.map(({ edge }: { edge: string }) => edge), [sender, other]);
      },
    );

    const before = await contents(out);
    const sound = { prompts: await Deno.readFile(prompts), circuit: await Deno.readFile(circuit) };
    const refused: [what: string, code: string, damage: () => Promise<unknown>][] = [
      ["prompts with a start year of 99", "E-PROMPTS", () => edit.prompts(99)],
      ["prompts cut short", "E-SAFETENSORS", () => Deno.truncate(prompts, 300)],
      [
        "a circuit of a head that is not there",
        "E-CIRCUIT",
        () => edit.circuit("a12.h1@END->logits@END"),
      ],
      ["a circuit that is no JSON", "E-CIRCUIT", () => Deno.truncate(circuit, 40)],
    ];
    for (const [what, code, damage] of refused) {
      await t.step(`${what}: refused, and the old run is intact byte for byte`, async () => {
        await damage();
        const { exit, stdout, stderr } = await run(asked);
        assert.deepEqual([exit, stdout], [4, ""], stderr);
        assert.match(stderr, new RegExp(`^run +\\S+/out: ${changed}$`, "m"));
        assert.match(stderr, new RegExp(`^error\\[${code}\\] Cannot `, "m"));
        assert.deepEqual(await contents(out), before);
        await Deno.writeFile(prompts, sound.prompts);
        await Deno.writeFile(circuit, sound.circuit);
        const again = await run(asked);
        assert.match(again.stderr, /^kept +\S+\/out: finished before/m);
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
