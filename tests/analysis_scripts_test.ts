// The plotting scripts of universal neurons from finished runs to their files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { openRun } from "../lib/store/run/run_folder.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { type MadeNeurons, writeNeuronDf, writeWeights } from "./neuron_df_runs.ts";
import { normal } from "./random.ts";

const SMALL: MadeNeurons = { model: "model-a", layers: 3, width: 150, seed: 1, share: 0.04 };
const OTHER: MadeNeurons = { ...SMALL, model: "model-b", layers: 2, seed: 2 };

function script(name: string, out: string, ...more: string[]): string[] {
  return [`scripts/universal_neurons/${name}.ts`, `--out=${out}`, ...more];
}

/** The run of a script as JSON; fails with what it told people. */
async function drawn(words: string[]): Promise<{ data: Record<string, string[]>; stderr: string }> {
  const { exit, stdout, stderr } = await run([...words, "--json"]);
  assert.equal(exit, 0, stderr);
  return { data: JSON.parse(stdout), stderr };
}

async function assertWritten(out: string, figures: readonly string[]): Promise<void> {
  const page = await Deno.readTextFile(join(out, "report.html"));
  for (const name of figures) {
    assert.ok(page.includes(`figure-${name.replaceAll("_", "-")}-title`), name);
    for (const ending of ["vl.json", "svg", "png"]) {
      assert.ok((await Deno.stat(join(out, `figures/${name}.${ending}`))).size > 500, name);
    }
  }
}

Deno.test("family_count and properties draw several models' tables, and say what a table lacks", () =>
  inFolder(async (folder) => {
    const [a, b] = [join(folder, "a"), join(folder, "b")];
    await writeNeuronDf(a, SMALL);
    await writeNeuronDf(b, OTHER, ["sparsity", "mean", "skew", "kurt", "vocab_kurt"]);
    const out = join(folder, "family");
    const family = await drawn(script("family_count", out, `--run=${a},${b}`));
    const figures = ["neuron_correlation_densities", "universal-share", "universal-by-layer"];
    assert.deepEqual(family.data.figures, figures);
    await assertWritten(out, figures);
    assert.match(
      family.stderr,
      /left out universal-by-layer, model-b: no vocab_kurt; deno task un:weights/,
    );
    const before = await contents(out);
    const again = await drawn(script("family_count", out, `--run=${a}`, `--run=${b}`));
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);

    const plots = join(folder, "properties");
    const properties = await drawn(script("properties", plots, `--run=${a},${b}`));
    assert.deepEqual(properties.data.figures, [
      "universal_neurons_prop",
      "appendix_neuron_metrics_by_layer",
      "appendix_neuron_metrics_by_layer_2",
    ]);
    await assertWritten(plots, properties.data.figures!);
    assert.match(properties.stderr, /model-b: no sparsity, mean, skew, kurt, vocab_kurt/);
  }));

Deno.test("mysteries draws what neuron tables and weights allow", () =>
  inFolder(async (folder) => {
    const [a, weights, out] = ["a", "weights", "out"].map((name) => join(folder, name));
    await writeNeuronDf(a!, SMALL);
    await writeWeights(weights!, SMALL);
    const { data } = await drawn(script("mysteries", out!, `--run=${a}`, `--weights=${weights}`));
    const figures = [
      ...["sparsity_vs_in_out_sim", "max_weight_sim", "max_weight_sim_min_max"],
      ...["max_weight_sim_excess", "min_weight_sim_excess"],
    ];
    assert.deepEqual(data.figures, figures);
    await assertWritten(out!, figures);
    const missing = await run(script("mysteries", out!, `--run=${a}`, `--weights=${folder}`));
    assert.equal(missing.exit, 4);
    assert.match(missing.stderr, /E-FILE-MISSING.*\nHint: deno task un:weights makes it/);
    const other = await drawn(
      script("mysteries", out!, `--run=${a}`, "--weights=", "--force"),
    );
    assert.deepEqual(other.data.figures, figures.slice(0, 1));
  }));

Deno.test("scripts over neuron tables name the command that makes what is missing", () =>
  inFolder(async (folder) => {
    const [bare, out] = [join(folder, "bare"), join(folder, "out")];
    await writeNeuronDf(bare, SMALL, [
      ...["max_corr", "mean_corr", "min_corr", "mean_baseline", "excess_corr"] as const,
    ]);
    for (const name of ["family_count", "properties"]) {
      const { exit, stderr } = await run(script(name, out, `--run=${bare}`));
      assert.equal(exit, 4, stderr);
      assert.match(stderr, /without the columns of any figure/);
      assert.match(stderr, /no .*excess_corr.*; deno task un:correlations --baseline rotation/);
      const none = await run(script(name, out, `--run=${folder}`));
      assert.equal(none.exit, 4);
      assert.match(none.stderr, /E-FILE-MISSING.*\nHint: deno task un:neuron-df makes it/);
    }
    assert.ok(!(await contents(folder)).out, "nothing is written for an error");
    await writeNeuronDf(bare, OTHER);
    const dry = await run(script("family_count", out, `--run=${bare}`, "--dry-run"));
    assert.match(dry.stdout, /^would draw 3 figures from .*bare, into /);
    assert.ok(!(await contents(folder)).out);
  }));

/** A finished run of correlations as the script writes it, with two partners and a baseline. */
async function writeCorrelations(
  directory: string,
  { tokens, subset = null }: { tokens: number; subset?: string | null },
): Promise<void> {
  const n = 300;
  const column = (data: Float32Array) => ({ data, shape: [n] });
  const maximum = (seed: number) =>
    column(normal([n], seed + tokens, 2 / Math.sqrt(tokens)).data.map((x) => 0.4 + Math.abs(x)));
  const best = { data: Int32Array.from({ length: n }, (_, i) => (i * 7) % n), shape: [n] };
  const [b, c] = [maximum(1), maximum(2)];
  const mean = b.data.map((x, i) => (x + c.data[i]!) / 2);
  const baseline = new Float32Array(n).fill(0.15);
  await using made = await openRun(directory, {
    script: "universal_neurons/correlations",
    options: { tokens, subset },
    inputs: [],
  });
  await made.writeArrays({
    "pairs_mean_corr": column(mean),
    "pairs_mean_baseline": column(baseline),
    "excess_corr": column(mean.map((x, i) => x - baseline[i]! + (i < 5 ? 0.4 : 0))),
  });
  for (const [name, values] of [["b", b], ["c", c]] as const) {
    const arrays = { "max_corr": values, "max_corr_ix": best };
    await made.writeArrays({ ...arrays, "max_corr": column(baseline) }, `pair_${name}`);
    await made.writeArrays(arrays, `pair_${name}_real`);
  }
  await made.writeSummary({
    "model_1": "model-a",
    "kept_tokens": tokens,
    "universal_share": 5 / n,
    "universal_share_sd": 0.001,
    pairs: { b: {}, c: {} },
  });
  const options = { baseline: "rotation", subset, drop: "newline" };
  await made.finish({
    argv: [],
    options: Object.fromEntries(
      Object.entries(options).map(([name, value]) => [name, { value, source: "flag" as const }]),
    ),
    seeds: {},
  });
}

Deno.test("correlation_error holds runs of few tokens against the run of most", () =>
  inFolder(async (folder) => {
    const runs = [1000, 100, 10_000].map((tokens) => ({ tokens, path: join(folder, `${tokens}`) }));
    for (const { tokens, path } of runs) await writeCorrelations(path, { tokens });
    const [out, all] = [join(folder, "out"), runs.map(({ path }) => path).join()];
    const { data } = await drawn(script("correlation_error", out, `--run=${all}`));
    assert.deepEqual(data.figures, ["correlation-error", "correlation-agreement"]);
    await assertWritten(out, data.figures!);
    const page = await Deno.readTextFile(join(out, "report.html"));
    assert.match(page, /<th scope="row">100 tokens: median error/);
    const refuse = async (list: string, message: RegExp) => {
      const { exit, stderr } = await run(script("correlation_error", out, `--run=${list}`));
      assert.equal(exit, 2, stderr);
      assert.match(stderr, message);
    };
    await refuse(runs[0]!.path, /1 runs of 1000 tokens, expected two or more/);
    await refuse(`${runs[0]!.path},${runs[0]!.path}`, /2 runs of 1000 tokens, expected/);
  }));

Deno.test("correlation_by_subset draws a run a subset, in the order given", () =>
  inFolder(async (folder) => {
    const subsets = ["github", null, "arxiv"];
    const paths = subsets.map((subset) => join(folder, String(subset)));
    for (const [i, subset] of subsets.entries()) {
      await writeCorrelations(paths[i]!, { tokens: 500 + i, subset });
    }
    const out = join(folder, "out");
    const { data } = await drawn(script("correlation_by_subset", out, `--run=${paths}`));
    assert.deepEqual(data.figures, ["correlation-by-subset", "universal-by-subset"]);
    await assertWritten(out, data.figures!);
    const spec = await Deno.readTextFile(join(out, "figures/universal-by-subset.vl.json"));
    const labels = [...spec.matchAll(/"label": "([^"]+)",\s*"value"/g)].map((match) => match[1]);
    assert.deepEqual(labels, ["github", "all rows", "arxiv"]);
    const twice = [paths[0]!, paths[0]!].join();
    const { exit, stderr } = await run(script("correlation_by_subset", out, `--run=${twice}`));
    assert.equal(exit, 2);
    assert.match(stderr, /runs of github, github, expected each of another subset/);
  }));
