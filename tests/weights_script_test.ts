// un:weights from the command to its files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { deviation } from "./compare.ts";

const SCRIPT = "scripts/universal_neurons/weights.ts";
const MODEL = "--model=cache/models/tiny-gpt2-a";
const EXPECTED = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const [N, HEADS] = [2048, 16];

Deno.test("un:weights writes the arrays of the spec, the table and the report", () =>
  inFolder(async (out) => {
    const words = [SCRIPT, MODEL, "--device=onnx", `--out=${out}`, "--neuron-top=7", "--csv"];
    const { exit, stdout, stderr } = await run([...words, "--json", "--witness=5"]);
    assert.equal(exit, 0, stderr);
    assert.match(stderr, /witness: 5 results recomputed/);
    const { directory, summary } = JSON.parse(stdout);
    assert.equal(directory, out);
    assert.equal(summary.neurons, N);
    assert.ok(summary.vocab_kurt.median > 2.5 && summary.vocab_kurt.median < 3.5);

    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const expected = await readSafetensors(EXPECTED);
    for (const name of ["w_in_norm", "w_out_norm", "input_bias", "in_out_sim"]) {
      assert.deepEqual(arrays[name]!.shape, [N], name);
      const { worst, detail } = deviation(arrays[name]!, expected[name]!);
      assert.ok(worst <= 1e-7, `${name}: ${detail}`);
    }
    for (const name of ["comp_v", "comp_o", "comp_query_side", "comp_key_side"]) {
      assert.deepEqual(arrays[name]!.shape, [N, HEADS], name);
      const { worst, detail } = deviation(arrays[name]!, expected[name]!);
      assert.ok(worst <= 1e-6, `${name}: ${detail}`);
    }
    for (const name of ["E_in", "U_in", "E_out", "U_out", "in_in", "in_out", "out_in", "out_out"]) {
      const k = /^[EU]/.test(name) ? 100 : 7;
      assert.deepEqual(arrays[`${name}_top_ix`]!.shape, [N, k], name);
      assert.deepEqual(arrays[`${name}_bottom`]!.shape, [N, k], name);
      assert.deepEqual(arrays[`${name}_hist`]!.shape, [N, 101], name);
      assert.deepEqual(arrays[`${name}_kurt`]!.shape, [N], name);
    }

    const { rows, columns } = await readTable(join(out, "tables", "neurons.parquet"));
    assert.equal(rows, N);
    assert.deepEqual(Object.keys(columns), [
      ...["layer", "neuron", "w_in_norm", "input_bias", "w_out_norm", "in_out_sim", "l2_penalty"],
      ...["vocab_mean", "vocab_var", "vocab_skew", "vocab_kurt"],
    ]);
    assert.equal(Number(columns.layer![513]), 1);
    assert.equal(Number(columns.neuron![513]), 1);
    assert.equal(columns.vocab_kurt![513], arrays.U_out_kurt!.data[513]);
    const csv = await Deno.readTextFile(join(out, "tables", "neurons.csv"));
    assert.equal(csv.trim().split("\n").length, N + 1);
    const page = await Deno.readTextFile(join(out, "report.html"));
    for (const figure of ["vocab-kurtosis", "in-out-similarity", "head-composition"]) {
      assert.ok((await Deno.stat(join(out, "figures", `${figure}.png`))).size > 1000);
    }
    assert.match(page, /neurons of the largest vocabulary kurtosis/);

    const before = await contents(out);
    const again = await run([...words, "--check"]);
    assert.equal(again.exit, 2, "nothing was published of this model");
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);
  }));

Deno.test("un:weights plans and refuses without leaving a file", () =>
  inFolder(async (out) => {
    const folder = join(out, "run");
    const dry = await run([SCRIPT, MODEL, "--device=onnx", `--out=${folder}`, "--dry-run"]);
    assert.equal(dry.exit, 0, dry.stderr);
    assert.match(dry.stdout, /2,048 neurons against 4,096 tokens/);
    const words = [SCRIPT, MODEL, "--device=onnx", `--out=${folder}`, "--memory=1M"];
    assert.deepEqual(await contents(out), {});
    const small = await run(words);
    assert.equal(small.exit, 5, small.stderr);
    assert.match(small.stderr, /error\[E-DEVICE-MEMORY\] Cannot plan "weight statistics"/);
    const left = Object.keys(await contents(folder)).filter((path) => !path.endsWith(".lock"));
    assert.deepEqual(left, [], "no file of a run that could not begin");
  }));
