// un:summary from the command to its files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../lib/array.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { command, run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const SCRIPT = "scripts/universal_neurons/summary.ts";
const MODEL = "--model=cache/models/tiny-gpt2-a";
const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const N = 2048;

/** Twelve rows of 32 tokens; with labels, of two subsets and one without rows. */
async function writeRows(folder: string, { labels }: { labels?: boolean } = {}): Promise<string> {
  const { tokens } = await readSafetensors(FIXTURE) as { tokens: HostArray<Int32Array> };
  const arrays: Record<string, HostArray> = {
    tokens: { data: tokens.data.slice(0, 12 * 32), shape: [12, 32] },
    ...(labels && {
      subset: {
        data: Int32Array.from({ length: 12 }, (_, row) => row % 3 === 1 ? 2 : 0),
        shape: [12],
      },
    }),
  };
  const path = join(folder, `tokens${labels ? "-labelled" : ""}.safetensors`);
  const names: Record<string, string> = labels
    ? { "subset_names": JSON.stringify(["git hub", "none", "arxiv"]) }
    : {};
  await Deno.writeFile(
    path,
    new Uint8Array(await new Blob([...encodeSafetensors(arrays, names)]).arrayBuffer()),
  );
  return path;
}

/** Each example's own activation is in the middle of those around it, in float16. */
function assertMiddles(arrays: Record<string, HostArray>): void {
  const { data, shape } = arrays["max_activating_context"]!;
  const [neurons, windows, width] = shape as [number, number, number];
  const { data: values, shape: [, k] } = arrays["max_activating_value"]!;
  for (let place = 0; place < neurons * windows; place++) {
    const value = Number(values[Math.floor(place / windows) * k! + place % windows]);
    assert.equal(data[place * width + (width - 1) / 2], Math.f16round(value));
  }
}

const words = (tokens: string, out: string) => [
  SCRIPT,
  MODEL,
  "--device=onnx",
  "--threads=1",
  `--tokens=${tokens}`,
  `--out=${out}`,
];

Deno.test("un:summary writes pooled arrays that are its subsets' together", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder, { labels: true });
    const out = join(folder, "out");
    const asked = [...words(tokens, out), "--csv", "--vocab-top=9"];
    const { exit, stdout, stderr } = await run([...asked, "--json", "--witness=4"]);
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /witness: 4 results recomputed/);
    const { summary } = JSON.parse(stdout);
    assert.deepEqual([summary.tokens, summary.rows, summary.neurons], [384, 12, N]);
    assert.deepEqual(Object.keys(summary.subsets).sort(), ["arxiv", "git hub"]);
    assert.deepEqual([summary.subsets.arxiv.rows, summary.subsets["git hub"].rows], [4, 8]);

    const pooled = await readSafetensors(join(out, "arrays.safetensors"));
    const shapes: Record<string, number[]> = {
      "neuron_bin_counts": [N, 257],
      "neuron_bin_edges": [256],
      "max_activating_value": [N, 50],
      "max_activating_index": [N, 50],
      "vocab_counts": [4096],
      "vocab_mean": [N, 9],
      "vocab_mean_ix": [N, 9],
      "vocab_max": [N, 9],
      "vocab_max_ix": [N, 9],
      "max_activating_context": [N, 20, 41],
    };
    for (const [name, shape] of Object.entries(shapes)) {
      assert.deepEqual(pooled[name]!.shape, shape);
    }
    const parts = await Promise.all(
      ["git_hub", "arxiv"].map((name) => readSafetensors(join(out, `subset_${name}.safetensors`))),
    );
    for (const part of parts) {
      assert.deepEqual(part["max_activating_context"]!.shape, [N, 5, 41]);
    }
    assertMiddles(pooled);
    parts.forEach(assertMiddles);
    for (const name of ["neuron_bin_counts", "vocab_counts"]) {
      const [first, second] = parts.map((part) => part[name]!.data as Int32Array);
      const sums = Array.from(first!, (count, i) => count + second![i]!);
      assert.deepEqual([...pooled[name]!.data], sums, name);
    }
    for (let neuron = 0; neuron < N; neuron += 97) {
      const ofPart = parts.flatMap((part) =>
        [...part["max_activating_value"]!.data.slice(neuron * 50, neuron * 50 + 50)] as number[]
      );
      const best = ofPart.sort((a, b) => b - a).slice(0, 50);
      assert.deepEqual([
        ...pooled["max_activating_value"]!.data.slice(neuron * 50, neuron * 50 + 50),
      ], best);
    }

    const { rows, columns } = await readTable(join(out, "tables", "neurons.parquet"));
    assert.equal(rows, N);
    assert.deepEqual(Object.keys(columns), [
      ...["layer", "neuron", "mean", "var", "skew", "kurt", "sparsity", "share_positive"],
      ...["exact_mean", "exact_var", "exact_skew", "exact_kurt", "dead", "constant", "non_finite"],
    ]);
    assert.ok(Math.abs(Number(columns["mean"]![7]) - Number(columns["exact_mean"]![7])) < 0.05);
    assert.equal((await readTable(join(out, "tables", "neurons_arxiv.parquet"))).rows, N);
    for (const figure of ["activation-histograms", "activation-frequency"]) {
      assert.ok((await Deno.stat(join(out, "figures", `${figure}.png`))).size > 1000);
    }
    assert.match(await Deno.readTextFile(join(out, "report.html")), /tokens of the largest mean/);

    const before = await contents(out);
    assert.ok(!Object.keys(before).some((path) => path.startsWith("unfinished")));
    const again = await run(asked);
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);
    const one = join(folder, "one");
    const arxiv = await run([...words(tokens, one), "--vocab-top=9", "--subset=arxiv"]);
    assert.equal(arxiv.exit, 0, arxiv.stderr);
    const alone = await readSafetensors(join(one, "subset_arxiv.safetensors"));
    assert.deepEqual(alone["neuron_bin_counts"], parts[1]!["neuron_bin_counts"]);
    assert.deepEqual(alone["vocab_mean_ix"], parts[1]!["vocab_mean_ix"]);
    assert.deepEqual(
      alone["max_activating_context"]!.data,
      parts[1]!["max_activating_context"]!.data,
    );
  }));

Deno.test("un:summary gives the same bytes with little memory, and after a signal", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder);
    const [whole, little, stopped] = ["whole", "little", "stopped"].map((name) =>
      join(folder, name)
    );
    const results = async (out: string) => {
      const all = await contents(out);
      return [all["arrays.safetensors"], all["tables/neurons.parquet"], all["summary.json"]];
    };
    const first = await run([...words(tokens, whole!), "--vocab-top=-1"]);
    assert.equal(first.exit, 0, first.stderr);
    const { vocab_mean: means } = await readSafetensors(join(whole!, "arrays.safetensors"));
    assert.deepEqual(means!.shape, [N, 4096]);
    const none = join(folder, "none");
    const bare = await run([...words(tokens, none), "--vocab-top=9", "--example-context=0"]);
    assert.equal(bare.exit, 0, bare.stderr);
    const { max_activating_context: absent, ...rest } = await readSafetensors(
      join(none, "arrays.safetensors"),
    );
    assert.equal(absent, undefined);
    const wide = await readSafetensors(join(whole!, "arrays.safetensors"));
    assert.deepEqual(rest["max_activating_index"], wide["max_activating_index"]);
    const dry = await run([
      ...words(tokens, little!),
      "--vocab-top=-1",
      "--memory=16M",
      "--dry-run",
    ]);
    assert.match(
      dry.stdout,
      /2,048 neurons over 384 tokens .* in \d+ walks.* around examples 3.20 MiB,/,
      dry.stdout,
    );
    const second = await run([...words(tokens, little!), "--vocab-top=-1", "--memory=16M"]);
    assert.equal(second.exit, 0, second.stderr);
    assert.deepEqual(await results(little!), await results(whole!));

    const slow = [...words(tokens, stopped!), "--vocab-top=-1", "--block-tokens=32"];
    const child = command([...slow, "--checkpoint-minutes=0"]).spawn();
    const [stderr] = await Promise.all([stopWhenRunning(child, stopped!), child.stdout.cancel()]);
    const { code } = await child.status;
    assert.equal(code, 75, stderr);
    const third = await run(slow);
    assert.equal(third.exit, 0, third.stderr);
    assert.deepEqual(await results(stopped!), await results(whole!));
  }));

/** Sends SIGTERM once sums were saved, and returns what was said. */
async function stopWhenRunning(child: Deno.ChildProcess, out: string): Promise<string> {
  const text = new Response(child.stderr).text();
  const sums = join(out, "unfinished", "sums.safetensors");
  while (!await Deno.stat(sums).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGTERM");
  return await text;
}

Deno.test("un:summary refuses tokens that the model cannot have", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder, { labels: true });
    const wrong = join(folder, "wrong.safetensors");
    const ids = { data: Int32Array.of(0, 5, 4096, 1), shape: [2, 2] };
    await Deno.writeFile(
      wrong,
      new Uint8Array(await new Blob([...encodeSafetensors({ tokens: ids })]).arrayBuffer()),
    );
    const out = join(folder, "out");
    const past = await run(words(wrong, out));
    assert.equal(past.exit, 4, past.stderr);
    assert.match(
      past.stderr,
      /error\[E-TOKENS\] Cannot run on "token 4096": an id outside the vocabulary, in row 1/,
    );
    const empty = await run([...words(tokens, out), "--subset=none"]);
    assert.equal(empty.exit, 4, empty.stderr);
    assert.match(empty.stderr, /error\[E-TOKENS\] Cannot run on "tokens": shape \[0, 32\]/);
    const little = await run([...words(tokens, out), "--memory=1M"]);
    assert.equal(little.exit, 5, little.stderr);
    assert.match(little.stderr, /error\[E-DEVICE-MEMORY\] Cannot plan "activation summary"/);
    const left = Object.keys(await contents(out)).filter((path) => !path.endsWith(".lock"));
    assert.deepEqual(left, [], "no file of a run that could not begin");
  }));
