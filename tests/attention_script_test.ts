// un:attention-deactivation from the command to its files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeAtomic } from "../lib/store/atomic.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { integers } from "./random.ts";

const SCRIPT = "scripts/universal_neurons/attention_deactivation.ts";
const MODEL = "--model=cache/models/tiny-gpt2-a";
const [ROWS, T, AFTER] = [6, 40, 16];

/** Rows that begin with BOS. */
async function writeRows(folder: string): Promise<string> {
  const { data, shape } = integers([ROWS, T], 5, 4096);
  for (let row = 0; row < ROWS; row++) data[row * T] = 0;
  const path = join(folder, "tokens.safetensors");
  await writeAtomic(path, encodeSafetensors({ tokens: { data, shape } }));
  return path;
}

function pearson(xs: readonly number[], ys: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
  const [x0, y0] = [mean(xs), mean(ys)];
  const dot = (f: (i: number) => number) => xs.reduce((sum, _, i) => sum + f(i), 0);
  return dot((i) => (xs[i]! - x0) * (ys[i]! - y0)) /
    Math.sqrt(dot((i) => (xs[i]! - x0) ** 2) * dot((i) => (ys[i]! - y0) ** 2));
}

Deno.test("un:attention-deactivation scores all tokens, and the last batch where the original did", () =>
  inFolder(async (folder) => {
    const words = [
      ...[SCRIPT, MODEL, `--tokens=${await writeRows(folder)}`, "--device=onnx"],
      ...[`--context=${T}`, `--after-pos=${AFTER}`, "--max-rank=20", "--keep=0,L0N3", "--json"],
      "--mlp-layer=0",
    ];
    const out = join(folder, "all");
    const whole = await run([...words, `--out=${out}`, "--witness=4", "--query-position=2"]);
    assert.equal(whole.exit, 0, whole.stderr);
    assert.match(
      whole.stderr,
      /witness: 4 results recomputed in float64, largest deviation \d\.\d+e-0?[6-9]/,
    );
    assert.match(
      whole.stderr,
      /query by query: rank 2, largest difference of \|z\| \d\.\d+e-0?[6-9]/,
    );
    const { summary } = JSON.parse(whole.stdout);
    assert.equal(summary.tokens, ROWS * (T - AFTER));
    assert.equal(summary.path.mlp_layer, 0);
    assert.deepEqual(summary.ranks, { from: 0, to: 19, measured: 20 });
    assert.equal(summary.query_by_query.rank, 2);
    assert.ok(summary.query_by_query.largest_difference < 1e-5);
    assert.equal(summary.heuristic.scores, 4 * 512 * 6);
    assert.ok(summary.sign_agreement.all >= 0.9, "the strongest twenty do what their weights say");

    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    for (const name of ["rank", "neuron", "score", "pearson", "spearman", "mean_bos_prob_diff"]) {
      assert.deepEqual(arrays[name]!.shape, [20], name);
    }
    const scores = Array.from(arrays.score!.data as Float32Array, Math.abs);
    assert.deepEqual(scores, scores.toSorted((a, b) => b - a));
    assert.equal(
      (arrays.bos_score_counts!.data as Int32Array).reduce((a, b) => a + b),
      4 * 512 * 6,
    );
    assert.equal(
      (arrays.bos_random_counts!.data as Int32Array).reduce((a, b) => a + b),
      4 * 512 * 6,
    );

    const tokens = await readTable(join(out, "tables", `${summary.path.name}N3.parquet`));
    assert.equal(tokens.rows, ROWS * (T - AFTER));
    const column = (name: string) => Array.from(tokens.columns[name]!, Number);
    const [activation, norm] = [column("Activation Diff"), column("Norm Diff")];
    assert.ok(Math.abs(pearson(activation, norm) - Number(arrays.pearson!.data[3])) < 1e-5);
    const bos = pearson(activation, column("BOS Prob Diff"));
    assert.ok(Math.abs(bos - Number(arrays.bos_pearson!.data[3])) < 1e-5);
    assert.deepEqual([column("row")[24], column("position")[24]], [1, AFTER]);

    const last = join(folder, "last");
    const cut = await run([...words, `--out=${last}`, "--original-last-batch", "--batch-size=4"]);
    assert.equal(cut.exit, 0, cut.stderr);
    assert.equal(JSON.parse(cut.stdout).summary.tokens, 2 * (T - AFTER));
    const lastArrays = await readSafetensors(join(last, "arrays.safetensors"));
    const from = 4 * (T - AFTER);
    const expected = pearson(activation.slice(from), norm.slice(from));
    assert.ok(Math.abs(Number(lastArrays.pearson!.data[3]) - expected) < 1e-5);

    const heads = await readTable(join(out, "tables", "bos_scores.parquet"));
    assert.equal(heads.rows, 3 * 4 * 20);
    assert.equal((await readTable(join(out, "tables", "ranks.parquet"))).rows, 20);
    for (
      const figure of [
        "bos-signal",
        "ablation-by-rank",
        `tokens-${summary.path.name.toLowerCase()}n0`,
      ]
    ) {
      assert.ok((await Deno.stat(join(out, "figures", `${figure}.png`))).size > 1000, figure);
    }
    const before = await contents(out);
    const again = await run([...words, `--out=${out}`, "--query-position=2", "--check"]);
    assert.equal(again.exit, 2, "nothing was published of this model");
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);
  }));

Deno.test("un:attention-deactivation gives the same bytes again, and Spearman's from few counts", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder);
    const arrays = [];
    for (const method of ["exact", "binned"]) {
      const out = join(folder, method);
      const words = [SCRIPT, MODEL, `--tokens=${tokens}`, "--device=onnx", `--out=${out}`];
      const sizes = [`--context=${T}`, "--after-pos=30", "--max-rank=5", `--spearman=${method}`];
      const { exit, stderr } = await run([...words, ...sizes]);
      assert.equal(exit, 0, stderr);
      arrays.push(await readSafetensors(join(out, "arrays.safetensors")));
    }
    assert.deepEqual(arrays[0], arrays[1]);
  }));

Deno.test("un:attention-deactivation plans and refuses without leaving a file", () =>
  inFolder(async (folder) => {
    const out = join(folder, "run");
    const words = [SCRIPT, MODEL, `--tokens=${await writeRows(folder)}`, "--device=onnx"];
    const dry = await run([...words, `--out=${out}`, "--context=40", "--after-pos=8", "--dry-run"]);
    assert.equal(dry.exit, 0, dry.stderr);
    assert.match(dry.stdout, /512 neurons at 192 queries, .+ after one run of 240 tokens/);
    const refused: [string[], number, RegExp][] = [
      [[], 2, /error\[E-USAGE\] Cannot take queries with "--context 256": rows of 40 tokens/],
      [["--context=40"], 2, /"--after-pos 64": no position of 40 from there on/],
      [["--max-rank=513"], 2, /past the 512 neurons of an MLP/],
      [["--head=4"], 2, /head 4 of 4, expected 0 to 3/],
      [["--attention-layer=1", "--mlp-layer=1"], 2, /MLP 1 writes after attention 1 has read/],
      [["--triple=paper"], 2, /layers 8 and 7 of a model of 4/],
      [["--context=40", "--after-pos=8", "--keep=L3N1", "--mlp-layer=0"], 2, /a neuron of MLP 3/],
      [["--context=40", "--after-pos=8", "--memory=64M"], 5, /error\[E-DEVICE-MEMORY\]/],
    ];
    for (const [flags, exit, message] of refused) {
      const result = await run([...words, `--out=${out}`, ...flags]);
      assert.equal(result.exit, exit, `${flags}: ${result.stderr}`);
      assert.match(result.stderr, message);
      const left = await contents(folder);
      const files = Object.keys(left).filter((path) =>
        path.startsWith("run/") && !path.endsWith(".lock")
      );
      assert.deepEqual(files, [], `${flags}`);
    }
  }));
