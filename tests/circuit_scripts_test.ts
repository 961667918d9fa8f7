// big_ds_experiments and circuit_discovery_plotting from the command to their files, on an embedded
// model with a small circuit.
import assert from "node:assert/strict";
import { join } from "node:path";
import { circuitPlans } from "../lib/circuit/graph/circuit.ts";
import { parseEdge } from "../lib/circuit/graph/circuit_names.ts";
import { yearTask } from "../lib/circuit/task/contrast_task.ts";
import { measure } from "../lib/circuit/task/measures.ts";
import { NodePrograms } from "../lib/circuit/patch/node_programs.ts";
import { patchedProbabilities } from "../lib/circuit/patch/patched_answers.ts";
import { cacheRun } from "../lib/circuit/patch/run_cache.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel } from "../lib/model/model.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { readYearPrompts } from "../lib/text/prompt_file.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const EDGES = [
  "m2@END->logits@END",
  "a1.h2@END->m2@END",
  "a2.h2@END->logits@END",
  "m0@YY->a1.h2@END<v>",
  "input@YY->a2.h2@END<v>",
  "input@YY->m0@YY",
  "whole->a1.h2@END<q>",
];

async function writeCircuit(folder: string, names = EDGES): Promise<string> {
  const path = join(folder, "circuit.json");
  const edges = names.map((edge) => ({ edge }));
  await Deno.writeTextFile(
    path,
    JSON.stringify({ schema: "neurite.circuit/1", name: "small", edges }),
  );
  return path;
}

function script(name: string, out: string, ...more: string[]): string[] {
  return [`scripts/greater_than/${name}.ts`, `--out=${out}`, ...more];
}

/** The measures of every test, evaluated on all prompts of a finished run at once. */
async function measuresOf(out: string) {
  const task = yearTask(await readYearPrompts(join(out, "arrays.safetensors")));
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  using programs = new NodePrograms(model);
  const edges = EDGES.flatMap((edge) => parseEdge(edge, model.config));
  const plans = circuitPlans({ name: "small", edges, provenance: {} });
  const request = { positions: task.positions, attentionLayers: [0, 1, 2, 3] };
  const good = await cacheRun(model, task.goodTokens, request);
  const bad = await cacheRun(model, task.badTokens, request);
  const patched = async (name: "ms" | "lms", reversed: boolean) => {
    const pair = reversed ? { base: good, patch: bad } : { base: bad, patch: good };
    return measure(task, await patchedProbabilities(programs, { pair, plan: plans[name], task }));
  };
  const columns = task.labelIds;
  const { column_log_probs: own } = await runWithHooks(model, task.goodTokens, {
    read: ["column_log_probs"],
    positions: "last",
    columns,
  });
  return {
    "": measure(task, Float64Array.from(own!.data as Float64Array, Math.exp)),
    "ms_": await patched("ms", false),
    "ms_reverse_": await patched("ms", true),
    "lms_": await patched("lms", false),
    "lms_reverse_": await patched("lms", true),
  };
}

Deno.test("big_ds_experiments tests a circuit both ways, and says the same of a finished run", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "out");
    const circuit = await writeCircuit(folder);
    const asked = script("big_ds_experiments", out, `--model=${MODEL}`, `--circuit=${circuit}`)
      .concat("--device=reference", "--count=8", "--witness=2");
    const { exit, stdout, stderr } = await run([...asked, "--json"]);
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /circuit small: 7 edges/);
    assert.match(
      stderr,
      /witness: 2 results recomputed in float64, largest deviation [0-9.]+e-[6-9]/,
    );
    const { summary } = JSON.parse(stdout) as { summary: Record<string, Record<string, number>> };
    const examples = await readTable(join(out, "tables/examples.parquet"));
    for (const [prefix, { probDiff, sharpness }] of Object.entries(await measuresOf(out))) {
      const found = examples.columns[`${prefix}prob_diff`] as ArrayLike<number>;
      probDiff.forEach((value, n) =>
        assert.ok(Math.abs(found[n]! - value) < 1e-6, `${prefix}prob_diff of prompt ${n}`)
      );
      const { prob_diff_mean: mean, sharpness_mean: step } = summary[
        prefix.slice(0, -1) || "baseline"
      ]!;
      const meanOf = (values: Float64Array) => values.reduce((a, b) => a + b) / values.length;
      assert.ok(Math.abs(mean! - meanOf(probDiff)) < 1e-6, `${prefix}mean`);
      assert.ok(Math.abs(step! - meanOf(sharpness!)) < 1e-6, `${prefix}sharpness`);
    }
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    for (const name of ["probs", "patched_probs", "full_patched_probs", "probs_ms_reverse"]) {
      assert.deepEqual(arrays[name]!.shape, [97, 100], name);
    }
    const before = await contents(out);
    const again = await run(asked);
    assert.match(again.stderr, /kept .+: finished before with the same options and inputs/);
    assert.match(again.stdout, /model without the whole circuit: probability difference/);
    assert.deepEqual(await contents(out), before);
    const checked = await run([...asked, "--check"]);
    assert.deepEqual([checked.exit, /E-USAGE/.test(checked.stderr)], [2, true]);
  });
});

Deno.test("big_ds_experiments takes pairs of one's own, years or other labels", async () => {
  await inFolder(async (folder) => {
    const circuit = `--circuit=${await writeCircuit(folder)}`;
    const tested = async (name: string, ...more: string[]) => {
      const out = join(folder, name);
      const common = [`--model=${MODEL}`, circuit, "--device=reference", "--quiet"];
      const { exit, stderr } = await run(script("big_ds_experiments", out, ...common, ...more));
      assert.equal(exit, 0, stderr);
      const json = async (file: string) => JSON.parse(await Deno.readTextFile(join(out, file)));
      return {
        arrays: await readSafetensors(join(out, "arrays.safetensors")),
        summary: await json("summary.json"),
        record: await json("run.json"),
        report: await Deno.readTextFile(join(out, "report.html")),
      };
    };
    const drawn = await tested("drawn", "--count=5");
    assert.deepEqual([drawn.summary.prompts, drawn.summary.circuit], ["drawn", "small"]);
    const years = join(folder, "drawn", "arrays.safetensors");
    const own = await tested("own", `--prompts=${years}`);
    assert.deepEqual([own.summary.prompts, own.summary.count], ["own", 5]);
    assert.deepEqual(own.summary.lms, drawn.summary.lms);
    assert.deepEqual(own.arrays, drawn.arrays);
    assert.ok(own.record.inputs.some(({ name }: { name: string }) => name === "prompts"));
    const labels = await tested("labels", "--prompts=cache/inputs/ioi_prompts.jsonl");
    const { label_probs: probs, label_patched_probs: patched, label_signs: signs } = labels.arrays;
    assert.deepEqual([probs!.shape, patched!.shape], [signs!.shape, signs!.shape]);
    assert.notDeepEqual(probs!.data, patched!.data);
    const { baseline } = labels.summary;
    const [N, C] = signs!.shape as [number, number];
    const differences = Array.from({ length: N }, (_, n) => {
      const row = Array.from({ length: C }, (_, c) => n * C + c);
      return row.reduce((sum, i) => sum + Number(signs!.data[i]) * Number(probs!.data[i]), 0);
    });
    const mean = differences.reduce((a, b) => a + b) / N;
    assert.ok(Math.abs(baseline.prob_diff_mean - mean) < 1e-6, `${mean}`);
    assert.deepEqual([baseline.sharpness_mean, labels.summary.paper], [undefined, undefined]);
    assert.match(labels.report, /Probability difference/i);
    assert.doesNotMatch(labels.report, /Heatmap/);
  });
});

Deno.test("circuit_discovery_plotting draws from finished runs and names what is missing", async () => {
  await inFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    const circuit = await writeCircuit(folder);
    const model = [`--model=${MODEL}`, `--circuit=${circuit}`, "--device=reference"];
    const plot = script("circuit_discovery_plotting", path("plots"), "--json")
      .concat(`--circuit-discovery=${path("discovery")}`);
    const none = await run(plot);
    assert.equal(none.exit, 4);
    assert.match(none.stderr, /E-FILE-MISSING.*finished run of greater_than\/circuit_discovery/);
    assert.match(none.stderr, /Hint: deno task gt:circuit-discovery makes it/);
    const made = await run(script("circuit_discovery", path("discovery"), ...model, "--count=6"));
    assert.equal(made.exit, 0, made.stderr);
    const sampled = await run(script("big_ds_experiments", path("big"), ...model, "--count=5"));
    assert.equal(sampled.exit, 0, sampled.stderr);

    const alone = await run([...plot, `--big-ds=${path("no-such")}`]);
    assert.equal(alone.exit, 4);
    assert.match(alone.stderr, /Hint: deno task gt:big-ds-experiments --model cache.* makes it/);
    const both = await run([...plot, `--big-ds=${path("big")}`]);
    assert.equal(both.exit, 0, both.stderr);
    const drawn = JSON.parse(both.stdout) as { figures: string[]; "left_out": string[] };
    // Six prompts of the years 02 to 07 and five of others hold no year 41.
    assert.deepEqual(drawn.left_out, ["probability-slice"]);
    assert.match(
      both.stderr,
      /left out probability-slice: no probs with a prompt of the start year 41 in .+; more prompts/,
    );
    for (const name of ["logits-ipp", "m2-ipp", "attn_v", "low-mlps-ipp", "attn-patterns"]) {
      assert.ok(drawn.figures.includes(name), name);
      assert.match(await Deno.readTextFile(path(`plots/figures/${name}.svg`)), /^<svg/);
    }
    const specOf = (run: string, name: string) =>
      Deno.readTextFile(path(`${run}/figures/${name}.vl.json`));
    assert.match(await specOf("plots", "attn-patterns"), /NOUN/);
    for (const start of ["", "patched-", "full-patched-"]) {
      const name = `${start}probability-heatmap`;
      assert.equal(await specOf("plots", name), await specOf("big", name), `${name} is big_ds's`);
    }
    const page = await Deno.readTextFile(path("plots/report.html"));
    assert.match(page, / 5 prompts\./);
    const kept = await run([...plot, `--big-ds=${path("big")}`]);
    assert.match(kept.stderr, /kept .+: finished before with the same options and inputs/);

    await Deno.writeTextFile(path("big/summary.json"), "{}");
    const damaged = await run([...plot, `--big-ds=${path("big")}`]);
    assert.deepEqual([damaged.exit, /E-FILE-CORRUPT/.test(damaged.stderr)], [4, true]);
  });
});

Deno.test("circuit_discovery_plotting takes no tests of another circuit beside its matrices", async () => {
  await inFolder(async (folder) => {
    const path = (name: string) => join(folder, name);
    const model = [`--model=${MODEL}`, "--device=reference"];
    const circuit = `--circuit=${await writeCircuit(folder)}`;
    const made = await run(
      script("circuit_discovery", path("discovery"), ...model, circuit, "--count=6"),
    );
    assert.equal(made.exit, 0, made.stderr);
    const other = `--circuit=${await writeCircuit(folder, EDGES.slice(0, 5))}`;
    const specOf = (run: string, name: string) =>
      Deno.readTextFile(path(`${run}/figures/${name}.vl.json`));
    const cases = [
      { big: "big-other", choice: other, why: /its circuit is not that of .+discovery/ },
      { big: "big-none", choice: "--circuit=none", why: /it has no circuit/ },
    ];
    for (const { big, choice, why } of cases) {
      const sampled = await run(
        script("big_ds_experiments", path(big), ...model, choice, "--count=5"),
      );
      assert.equal(sampled.exit, 0, sampled.stderr);
      const out = `plots-${big}`;
      const drawn = await run(
        script("circuit_discovery_plotting", path(out), `--big-ds=${path(big)}`)
          .concat(`--circuit-discovery=${path("discovery")}`),
      );
      assert.equal(drawn.exit, 0, drawn.stderr);
      assert.match(drawn.stderr, /took the model's own answers alone from/);
      assert.match(drawn.stderr, why);
      for (const start of ["patched-", "full-patched-"]) {
        const name = `${start}probability-heatmap`;
        assert.equal(await specOf(out, name), await specOf("discovery", name), name);
      }
      const heatmap = "probability-heatmap";
      assert.equal(await specOf(out, heatmap), await specOf(big, heatmap));
      const page = await Deno.readTextFile(path(`${out}/report.html`));
      const captions = [...page.matchAll(/ (\d+) prompts\./g)].map(([, count]) => count);
      assert.deepEqual(captions.sort(), ["5", "6", "6"]);
      const numbers = async (run: string) => JSON.parse(await Deno.readTextFile(path(run)));
      const own = await numbers("discovery/summary.json");
      const text = (value: number) => (100 * value).toFixed(1);
      assert.ok(page.includes(text(own.ms.prob_diff_mean)), "the circuit's own number");
    }
  });
});

Deno.test("circuit_discovery_plotting says what would help where labels are no years or no circuit was found", async () => {
  await inFolder(async (folder) => {
    const notes = async (name: string, ...more: string[]) => {
      const out = join(folder, name);
      const made = await run(script("circuit_discovery", out, `--model=${MODEL}`, ...more));
      assert.equal(made.exit, 0, made.stderr);
      const plots = script("circuit_discovery_plotting", join(folder, `${name}-plots`));
      const drawn = await run([...plots, `--circuit-discovery=${out}`]);
      assert.equal(drawn.exit, 0, drawn.stderr);
      const left = drawn.stderr.split("\n").filter((line) => line.startsWith("left out"));
      return { made: made.stderr, left };
    };
    const device = "--device=reference";
    const circuit = `--circuit=${await writeCircuit(folder)}`;
    const prompts = "--prompts=cache/inputs/ioi_prompts.jsonl";
    const labels = await notes("labels", device, circuit, prompts);
    assert.equal(labels.left.length, 7);
    for (const note of labels.left) {
      assert.match(note, /; its prompts have other labels than years$/);
    }

    // MLP 2 moves more than this share, but no head that feeds it does.
    const unfed = await notes("unfed", "--count=97", "--threshold=0.45");
    assert.match(unfed.made, /warning no head at END moves 0\.45 of the probability difference/);
    for (const figure of ["attn_v", "patched-probability-heatmap"]) {
      const note = unfed.left.find((note) => note.startsWith(`left out ${figure}:`));
      assert.match(note!, /--circuit auto makes it, with a lower --threshold where/);
    }
  });
});
