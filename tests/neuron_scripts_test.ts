// neuron_investigations and neuron_plots from the command to their files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { deviation } from "./compare.ts";
import { CIRCUIT_TOLERANCES, PARITY_TOLERANCES } from "./tolerances.ts";

const INVESTIGATE = "scripts/greater_than/neuron_investigations.ts";
const PLOT = "scripts/greater_than/neuron_plots.ts";
const TINY = "cache/models/tiny-gpt2-a";
const MINI = "tests/fixtures/gpt2-mini";
const FIXTURE = `${MINI}/expected.safetensors`;
const FIGURES = [
  "top3-neurons",
  "top2-neurons",
  "neurons",
  "top3-neurons-directeffects",
  "top10-neurons-logitlenssum",
  "top10-neurons-directeffects",
  "top100-neurons",
  "top10-patched-summed",
  "neuron-effects",
];

const investigate = (model: string, out: string, ...more: string[]) =>
  run([INVESTIGATE, `--model=${model}`, `--out=${out}`, "--device=onnx", "--quiet", ...more]);

interface Means {
  readonly mean: number;
  readonly ci: readonly [number, number];
  readonly neuron?: number;
  readonly share?: number;
}

interface Printed {
  readonly summary: {
    readonly layer: number;
    readonly count: number;
    readonly mlp: Means;
    readonly neurons: Readonly<Record<string, Means>>;
    readonly joint: Readonly<Record<string, Means>>;
  };
}

Deno.test("neuron_investigations meets the fixture's scores and activations, and is drawn", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "run");
    const asked = ["--layer=10", `--prompts=${FIXTURE}`, "--top=40", "--json"];
    const { exit, stdout, stderr } = await investigate(MINI, out, ...asked);
    assert.equal(exit, 0, stderr);
    const expected = await readSafetensors(FIXTURE);
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const { neuron_prob_diff_effect_m10: effects, m10_act_good: activations } = expected;
    const scores = deviation(arrays.neuron_scores!, effects!);
    assert.ok(scores.worst <= CIRCUIT_TOLERANCES.neuronScore.limit, scores.detail);
    const order = arrays.neuron_order!.data as Int32Array;
    const wanted = Float64Array.from({ length: 40 * 97 }, (_, i) => {
      const [rank, row] = [Math.floor(i / 97), i % 97];
      return Number(activations!.data[row * 192 + order[rank]!]);
    });
    const kept = deviation(arrays.neuron_activation_good!, { data: wanted, shape: [40, 97] });
    assert.ok(kept.worst <= PARITY_TOLERANCES.hook.limit, kept.detail);

    const { summary } = JSON.parse(stdout) as Printed;
    assert.deepEqual([summary.layer, summary.count, Object.keys(summary.neurons).length], [
      10,
      97,
      40,
    ]);
    for (const [rank, { mean, ci, neuron }] of Object.entries(summary.neurons)) {
      assert.equal(neuron, order[Number(rank) - 1]);
      assert.ok(Math.abs(mean - Number(effects!.data[neuron!])) <= 2e-5, `rank ${rank}`);
      assert.ok(ci[0] <= mean && mean <= ci[1]);
    }
    const mlpEffect = Number(expected.ipp_logits!.data[10 * 13 + 12]);
    assert.ok(Math.abs(summary.mlp.mean - mlpEffect) <= 2e-5);
    const table = await readTable(join(out, "tables/neurons.parquet"));
    assert.deepEqual([table.rows, table.columns.neuron?.[3]], [192, order[3]]);

    const plots = join(folder, "plots");
    const drawn = await run([PLOT, `--run=${out}`, `--out=${plots}`, "--json", "--quiet"]);
    assert.equal(drawn.exit, 0, drawn.stderr);
    assert.deepEqual(JSON.parse(drawn.stdout).figures, FIGURES);
    const files = Object.keys(await contents(join(plots, "figures"))).sort();
    const endings = [".png", ".svg", ".vl.json"];
    assert.deepEqual(files, FIGURES.flatMap((name) => endings.map((end) => name + end)).sort());
    const before = await contents(plots);
    const again = await run([PLOT, `--run=${out}`, `--out=${plots}`]);
    assert.match(again.stderr, /kept .+: finished before with the same options and inputs/);
    assert.deepEqual(await contents(plots), before);
  });
});

Deno.test("neuron_investigations finds the layer, and takes the paper's rows where it is told", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "run");
    const { exit, stdout, stderr } = await investigate(TINY, out, "--ordered", "--json");
    assert.equal(exit, 0, stderr);
    const { summary } = JSON.parse(stdout) as Printed;
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const { mlp_effects: effects, YY } = arrays;
    assert.deepEqual([...YY!.data as Int32Array], Array.from({ length: 97 }, (_, i) => i + 2));
    const sizes = Array.from(effects!.data as Float32Array, Math.abs);
    assert.equal(summary.layer, sizes.indexOf(Math.max(...sizes)));
    assert.ok(Math.abs(summary.mlp.mean - Number(effects!.data[summary.layer])) < 1e-5);
    const shares = Object.values(summary.joint).map(({ share }) => share!);
    assert.ok(shares.every((share) => share > 0 && share < 1.1));
  });
});

Deno.test("neuron_investigations keeps numbers of other labels, which neuron_plots cannot draw", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "run");
    const prompts = "--prompts=cache/inputs/ioi_prompts.jsonl";
    const { exit, stdout, stderr } = await investigate(TINY, out, prompts, "--layer=1");
    assert.equal(exit, 0, stderr);
    assert.match(stdout, /all of MLP 1/);
    const drawn = await run([PLOT, `--run=${out}`, `--out=${join(folder, "plots")}`]);
    assert.equal(drawn.exit, 2);
    assert.match(
      drawn.stderr,
      /E-USAGE\] Cannot draw neurons of .+: a run on prompts whose labels/,
    );
    assert.deepEqual(Object.keys(await contents(folder)).filter((path) => /plots/.test(path)), []);
  });
});

Deno.test("neuron_investigations refuses what it cannot do, and a dry run touches nothing", async () => {
  await inFolder(async (folder) => {
    const out = join(folder, "run");
    const cases: [string[], RegExp][] = [
      [["--check"], /E-USAGE\] Cannot check "greater_than\/neuron_investigations": an experiment/],
      [
        ["--ordered", `--prompts=${FIXTURE}`],
        /E-USAGE\] Cannot read option "--ordered": given beside/,
      ],
      [
        ["--ordered", "--count=50"],
        /E-USAGE\] Cannot read option "--count": given beside --ordered/,
      ],
      [["--top=10"], /E-USAGE\] Cannot read option "--top": "10", expected a whole/],
    ];
    for (const [words, message] of cases) {
      const { exit, stderr } = await investigate(TINY, out, ...words);
      assert.deepEqual([exit, message.test(stderr)], [2, true], stderr);
    }
    const dry = await investigate(TINY, out, "--dry-run");
    assert.deepEqual([dry.exit, dry.stdout.startsWith("would run 490 prompts, MLP found")], [
      0,
      true,
    ]);
    const plot = await run([PLOT, `--run=${out}`, `--out=${join(folder, "plots")}`]);
    assert.equal(plot.exit, 4);
    assert.match(plot.stderr, /E-FILE-MISSING\].+\nHint: deno task gt:neuron-investigations makes/);
    assert.deepEqual(await contents(folder), {});
    const deep = await investigate(TINY, out, "--layer=4");
    assert.equal(deep.exit, 2);
    assert.match(deep.stderr, /"--layer": 4, on a model of 4 layers, expected 0 to 3/);
  });
});
