// un:entropy-intervention and un:intervention from the command to their files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../lib/array.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const MODEL = ["--model=cache/models/tiny-gpt2-a", "--device=onnx"];
const ENTROPY = "scripts/universal_neurons/entropy_intervention.ts";
const SINGLE = "scripts/universal_neurons/intervention.ts";

async function writeRows(folder: string): Promise<string> {
  const { tokens } = await readSafetensors(FIXTURE);
  const rows = { data: (tokens!.data as Int32Array).slice(0, 4 * 128), shape: [4, 128] };
  const path = join(folder, "tokens.safetensors");
  const chunks = [...encodeSafetensors({ tokens: rows })];
  await Deno.writeFile(path, Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
  return path;
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

Deno.test("un:entropy-intervention writes means, tokens and figures, and keeps them", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder);
    const out = join(folder, "out");
    const words = [ENTROPY, ...MODEL, `--tokens=${tokens}`, "--neurons=3.415", "--controls=2"];
    const asked = [...words, "--values=0,6", "--positions=all", "--per-token", "--csv"];
    const plan = await run([...words, `--out=${out}`, "--dry-run"]);
    assert.equal(plan.exit, 0, plan.stderr);
    assert.match(
      plan.stdout,
      /4 rows of 128 tokens, 1 chosen and 2 random, 8 values, two arms: 48/,
    );
    const first = await run([...asked, `--out=${out}`, "--json", "--witness=3"]);
    assert.equal(first.exit, 0, first.stderr);
    assert.match(
      first.stderr,
      /witness: 3 results recomputed in float64, largest deviation \S+e-[5-9]/,
    );
    const { summary } = JSON.parse(first.stdout);
    assert.deepEqual([summary.chosen, summary.controls.length], [["3.415"], 2]);
    assert.ok(summary.at_6["3.415_entropy"] > summary.nominal.entropy + 0.5);

    const arrays: Record<string, HostArray> = await readSafetensors(
      join(out, "arrays.safetensors"),
    );
    assert.deepEqual(arrays["full_entropy"]!.shape, [3, 2]);
    assert.equal(arrays["full_entropy"]!.data[1], summary.at_6["3.415_entropy"]);
    assert.ok(Number(arrays["full_entropy_change"]!.data[1]) > 0.5);
    const change = Number(arrays["full_scale"]!.data[1]) - Number(arrays["nominal_scale"]!.data[0]);
    assert.ok(Math.abs(change - Number(arrays["full_scale_change"]!.data[1])) < 1e-12);
    assert.ok(arrays["frozen_scale_scale_change"]!.data.every((x) => x === 0));

    const each: Record<string, HostArray> = await readSafetensors(join(out, "tokens.safetensors"));
    const name = "3.415/fixed_activation_6/full";
    assert.deepEqual(each[`${name}/rank`]!.shape, [4, 128]);
    const entropy = mean(each[`${name}/entropy`]!.data as Float32Array);
    assert.ok(Math.abs(entropy - summary.at_6["3.415_entropy"]) < 1e-6);
    assert.ok([127, 255].every((i) => each[`${name}/loss`]!.data[i] === 0));
    assert.deepEqual(each["tokens"]!.data.length, 512);

    const { rows, columns } = await readTable(join(out, "tables", "interventions.parquet"));
    assert.equal(rows, 3 * 2 * 2);
    assert.deepEqual(columns["arm"]!.slice(0, 2), ["full", "frozen_scale"]);
    for (const figure of ["entropy-intervention", "final-scale", "frozen-scale"]) {
      assert.ok((await Deno.stat(join(out, "figures", `${figure}.png`))).size > 1000);
    }
    const before = await contents(out);
    assert.ok(!("checkpoint.safetensors" in before));
    const again = await run([...asked, `--out=${out}`, "--check"]);
    assert.equal(again.exit, 2, "the paper shows no figure of this model");
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);
  }));

Deno.test("un:entropy-intervention finds neurons by the weights, its own or a run's, alike", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder);
    const weights = join(folder, "weights");
    const made = await run([
      ...["scripts/universal_neurons/weights.ts", ...MODEL, `--out=${weights}`],
      ...["--vocab-top=1", "--neuron-top=1"],
    ]);
    assert.equal(made.exit, 0, made.stderr);
    const found: unknown[] = [];
    for (const more of [[], [`--weights=${weights}`]]) {
      const { exit, stdout, stderr } = await run([
        ...[ENTROPY, ...MODEL, `--tokens=${tokens}`, "--rows=1", "--type=relu_ablation", "--json"],
        ...[`--out=${join(folder, "out")}`, "--no-frozen", "--seed=3", "--controls=5", ...more],
      ]);
      assert.equal(exit, 0, stderr);
      const { chosen, controls, rule, values } = JSON.parse(stdout).summary;
      found.push([chosen, controls]);
      assert.deepEqual(values, []);
      assert.match(rule, /smallest vocab_var \/ l2_penalty/);
    }
    assert.deepEqual(found[0], found[1]);
    const other = await run([
      ...[ENTROPY, "--model=cache/models/tiny-gpt2-b", `--tokens=${tokens}`, "--device=onnx"],
      ...[`--weights=${weights}`, `--out=${join(folder, "other")}`],
    ]);
    assert.equal(other.exit, 2);
    assert.match(other.stderr, /error\[E-USAGE\] .*: a run of another model, expected/);
  }));

Deno.test("un:intervention writes the original's arrays and the change by activation", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder);
    const out = join(folder, "out");
    const words = [SINGLE, ...MODEL, `--tokens=${tokens}`, `--out=${out}`, "--positions=all"];
    const { exit, stdout, stderr } = await run([...words, "--neuron=3.415", "--json"]);
    assert.equal(exit, 0, stderr);
    const { summary: { measures } } = JSON.parse(stdout);
    const arrays: Record<string, HostArray> = await readSafetensors(
      join(out, "arrays.safetensors"),
    );
    assert.deepEqual(arrays["loss"]!.shape, [4, 127]);
    assert.deepEqual(arrays["nominal_rank"]!.shape, [4, 127]);
    assert.deepEqual(arrays["entropy"]!.shape, [4, 128]);
    const of = (name: string) => mean(arrays[name]!.data as Float32Array);
    assert.ok(Math.abs(of("loss") - measures.loss.changed) < 1e-6);
    assert.ok(Math.abs(of("nominal_loss") - measures.loss.nominal) < 1e-6);
    assert.ok(Math.abs(of("entropy") - of("nominal_entropy") - measures.entropy.change) < 1e-6);
    const bins: Record<string, HostArray> = await readSafetensors(
      join(out, "by_activation.safetensors"),
    );
    assert.ok(bins["bin_tokens"]!.data.length > 2);
    assert.ok((await Deno.stat(join(out, "figures", "change-by-activation.png"))).size > 1000);
  }));

Deno.test("interventions refuse neurons that are not there before anything is written", () =>
  inFolder(async (folder) => {
    const tokens = await writeRows(folder);
    const out = join(folder, "out");
    const given = [...MODEL, `--tokens=${tokens}`, `--out=${out}`];
    const cases = [
      [ENTROPY, "--neurons=4.0"],
      [ENTROPY, "--neurons=3.512"],
      [ENTROPY, "--neurons=3.1,3.1"],
      [ENTROPY, "--values="],
      [ENTROPY, "--values=1,0,1"],
      [ENTROPY, "--values=0,-0"],
      [ENTROPY, "--neurons=3.1", "--controls=1000"],
      [SINGLE, "--neuron=3"],
      [SINGLE],
    ];
    for (const [script, ...words] of cases) {
      const { exit, stderr } = await run([script!, ...given, ...words]);
      assert.equal(exit, 2, `${words}: ${stderr}`);
      assert.match(stderr, /error\[E-USAGE\] Cannot .+: .+, expected/);
      const left = Object.keys(await contents(folder)).filter((name) => name.startsWith("out/"));
      assert.deepEqual(left, []);
    }
  }));

Deno.test("interventions refuse rows without a token that counts before anything is computed", () =>
  inFolder(async (folder) => {
    const path = join(folder, "tokens.safetensors");
    // BOS, which is no prediction's token, and a last token, which has none after it.
    const tokens = { data: Int32Array.of(0, 262, 0, 290), shape: [2, 2] };
    const chunks = [...encodeSafetensors({ tokens })];
    await Deno.writeFile(path, Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    for (const words of [[ENTROPY, "--neurons=3.1", "--controls=0"], [SINGLE, "--neuron=3.1"]]) {
      const out = join(folder, words.length === 3 ? "entropy" : "single");
      const given = [...MODEL, `--tokens=${path}`, `--out=${out}`];
      const { exit, stderr } = await run([words[0]!, ...given, ...words.slice(1)]);
      assert.equal(exit, 4, stderr);
      assert.match(stderr, /error\[E-TOKENS\] .+ 2 rows of 2 tokens, none of which counts/);
      assert.match(stderr, /--positions all/);
      const all = await run([words[0]!, ...given, ...words.slice(1), "--positions=all"]);
      assert.equal(all.exit, 0, all.stderr);
    }
  }));
