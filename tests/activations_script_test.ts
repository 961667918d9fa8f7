// Activations of an embedded model on every device, and the script from the command to its files.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../lib/array.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel } from "../lib/model/model.ts";
import type { Tokens } from "../lib/model/tokens.ts";
import { cacheActivations } from "../lib/neuron/cached/cache_activations.ts";
import type { ActivationRequest } from "../lib/neuron/cached/layout.ts";
import { ACTIVATIONS_RUN, openActivations } from "../lib/neuron/cached/open_activations.ts";
import { workPlace } from "../lib/neuron/cached/write_columns.ts";
import { findModel } from "../lib/model/find_model.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { encodeTable } from "../lib/store/format/table.ts";
import { openRun } from "../lib/store/run/run_folder.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { command, run } from "./bad_input/command.ts";
import { mountDisk } from "./bad_input/disk.ts";
import { contents, inFolder } from "./folders.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES } from "./devices.ts";
import { ACTIVATION_TOLERANCES } from "./tolerances.ts";

const SCRIPT = "scripts/universal_neurons/activations.ts";
const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const MODEL = "cache/models/tiny-gpt2-a";
const T = 128;

const REQUEST: ActivationRequest = {
  neurons: [{ layer: 3, neuron: 415 }, { layer: 0, neuron: 7 }, { layer: 3, neuron: 2 }],
  location: "mlp.hook_pre",
  aggregation: "none",
  precision: "32",
  outputs: ["loss", "entropy", "rank"],
};

/** The first rows of an array. */
function firstRows({ data, shape }: HostArray, rows: number): HostArray {
  const width = data.length / shape[0]!;
  return { data: data.slice(0, rows * width), shape: [rows, ...shape.slice(1)] };
}

/** Relative to a value, or to the array's root mean square if that is larger. */
function relative(actual: HostArray, expected: HostArray) {
  let squares = 0;
  for (const value of expected.data) squares += Number(value) ** 2;
  const rms = Math.sqrt(squares / expected.data.length);
  return deviation(actual, expected, (i) => Math.max(Math.abs(Number(expected.data[i])), rms));
}

/** The last column, which has no next token, is checked and left out. */
function withNext({ data, shape }: HostArray): HostArray {
  assert.ok(data.every((value, i) => (i + 1) % T !== 0 || value === 0));
  return {
    data: data.filter((_, i) => (i + 1) % T !== 0) as typeof data,
    shape: [shape[0]!, T - 1],
  };
}

async function assertOutputs(folder: string, rows: number): Promise<void> {
  await using cached = await openActivations(folder);
  const expected = await readSafetensors(FIXTURE);
  const { prediction, rank } = ACTIVATION_TOLERANCES;
  for (const name of ["loss", "entropy"] as const) {
    const array = await cached[name]();
    const actual = name === "loss" ? withNext(array) : array;
    const { worst, detail } = relative(actual, firstRows(expected[name]!, rows));
    assert.ok(worst <= prediction.limit, `${name}: ${worst}: ${detail}`);
  }
  const ranks = withNext(await cached.rank());
  const wanted = firstRows(expected.rank!, rows);
  const apart = deviation(ranks, wanted);
  assert.ok(apart.worst <= 1, apart.detail);
  const other = [...wanted.data].filter((value, i) => value !== ranks.data[i]).length;
  assert.ok(other <= rank.limit * wanted.data.length, `${other} ranks differ`);
}

for (const { name, absent, open } of TEST_DEVICES) {
  Deno.test({
    name: `cached activations of tiny-gpt2-a on ${name} are those of the reference and the fixture`,
    ignore: absent,
    fn: () =>
      inFolder(async (folder) => {
        const rows = 4;
        const { tokens } = await readSafetensors(FIXTURE);
        const corpus = { tokens: firstRows(tokens!, rows) as Tokens };
        const found = await findModel(MODEL);
        const hooks = REQUEST.neurons.map(({ layer }) => `blocks.${layer}.mlp.hook_pre`);
        const expected = await (async () => {
          await using device = openReference();
          await using model = await loadModel(MODEL, device);
          return await runWithHooks(model, corpus.tokens, { read: [...new Set(hooks)] });
        })();
        {
          await using device = await open();
          await using model = await loadModel(MODEL, device);
          const identity = { script: ACTIVATIONS_RUN.script, options: {}, inputs: [] };
          await using run = await openRun(folder, identity);
          const setup = { model: found, corpus, request: REQUEST };
          await cacheActivations(run, setup, { model: () => Promise.resolve(model) });
          await run.finish({ argv: [], options: {}, seeds: {} });
        }
        await assertOutputs(folder, rows);
        await using cached = await openActivations(folder);
        for (const [place, { neuron }] of REQUEST.neurons.entries()) {
          const { data, shape } = expected[hooks[place]!]!;
          const column = Float64Array.from({ length: rows * T }, (_, i) =>
            Number(data[i * shape[2]! + neuron]));
          const actual = { data: await cached.read(place), shape: [rows * T] };
          const { worst, detail } = deviation(actual, { data: column, shape: [rows * T] });
          assert.ok(worst <= ACTIVATION_TOLERANCES.activation.limit, `${worst}: ${detail}`);
        }
      }),
  });
}

/** Rows of the fixture as a tokens file, with labels. */
async function tokensFile(folder: string, rows: number): Promise<string> {
  const { tokens } = await readSafetensors(FIXTURE);
  const subset = { data: Int32Array.from({ length: rows }, (_, row) => row % 2), shape: [rows] };
  const arrays = { tokens: firstRows(tokens!, rows), subset };
  const pieces = [...encodeSafetensors(arrays, { "subset_names": '["even","odd"]' })];
  const path = join(folder, "tokens.safetensors");
  await Deno.writeFile(path, Uint8Array.from(pieces.flatMap((piece) => [...piece])));
  return path;
}

const results = async (out: string) =>
  Object.fromEntries(
    Object.entries(await contents(out)).filter(([path]) => /safetensors$|^summary/.test(path)),
  );

Deno.test("un:activations writes loss, entropy and rank of the fixture, and is kept", () =>
  inFolder(async (folder) => {
    const out = join(folder, "run");
    const words = [
      ...[SCRIPT, `--model=${MODEL}`, `--tokens=${FIXTURE}`, "--device=onnx", `--out=${out}`],
      ...["--neurons", "3.415,1.0", "--neurons=0.7", "--json"],
    ];
    const { exit, stdout, stderr } = await run(words);
    assert.equal(exit, 0, stderr);
    const { directory, summary } = JSON.parse(stdout);
    assert.equal(directory, out);
    assert.ok(Math.abs(summary.mean_loss - 4.361477107275514) < 1e-5);
    assert.ok(Math.abs(summary.mean_entropy - 4.376939296722412) < 1e-5);
    assert.deepEqual([summary.neurons, summary.layers, summary.tokens], [3, 3, 128 * T]);
    await assertOutputs(out, 128);
    assert.deepEqual(Object.keys(await contents(out)).sort(), [
      "arrays.safetensors",
      "run.json",
      "summary.json",
      "tokens.safetensors",
    ]);
    await using cached = await openActivations(out);
    assert.deepEqual(cached.neurons.map(({ layer }) => layer), [3, 1, 0]);
    assert.equal((await cached.read(2)).length, 128 * T);
    const { activations } = await readSafetensors(join(out, "arrays.safetensors"));
    assert.deepEqual(activations!.shape, [3, 128 * T]);
    const before = await contents(out);
    const again = await run(words);
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);
    // The tokens it holds are a corpus of their own.
    const copy = [SCRIPT, `--model=${MODEL}`, `--tokens=${join(out, "tokens.safetensors")}`];
    const dry = await run([...copy, "--layers=all", "--precision=8", "--dry-run"]);
    assert.equal(dry.exit, 0, dry.stderr);
    assert.match(
      dry.stdout,
      /2,048 neurons of 4 layers, in 8 bits.*\n.*16,384 tokens, in 8 blocks/,
    );
    assert.match(
      dry.stdout,
      /disk {3}32\.\d MiB, and 128 MiB until it is done\n {2}memory 5\.09 MiB of/,
    );
  }));

Deno.test("un:activations stopped and killed at any moment gives the bytes of an unbroken run", {
  ignore: Deno.build.os === "windows",
}, () =>
  inFolder(async (folder) => {
    const tokens = await tokensFile(folder, 96);
    const words = [
      ...[SCRIPT, `--model=${MODEL}`, `--tokens=${tokens}`, "--device=onnx"],
      ...["--neurons=2.5,0.7,3.415", "--block-tokens=128", "--checkpoint-minutes=0"],
    ];
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")] as const;
    const unbroken = await run([...words, `--out=${whole}`]);
    assert.equal(unbroken.exit, 0, unbroken.stderr);
    const { progress } = workPlace(broken);
    const rowsDone = async (): Promise<number> =>
      await Deno.readTextFile(progress).then((text) => JSON.parse(text).rows, () => 0);
    const signals = ["SIGTERM", "SIGKILL", "SIGUSR1", "SIGKILL", "SIGKILL"] as const;
    const exits = { SIGTERM: 75, SIGUSR1: 75, SIGKILL: 137 } as const;
    let stopped = 0;
    for (const [i, signal] of signals.entries()) {
      const before = await rowsDone();
      const child = command([...words, `--out=${broken}`]).spawn();
      let hasEnded = false;
      const output = child.output().finally(() => hasEnded = true);
      while (!hasEnded && await rowsDone() < Math.min(before + 5 + 3 * i, 95)) {
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
      if (!hasEnded) child.kill(signal);
      const { code, stderr } = await output;
      const said = new TextDecoder().decode(stderr);
      if (code !== 0) assert.equal(code, exits[signal], said);
      if (i > 0) assert.match(said, /^resume .*: \d+ of 96 rows are written/m);
      stopped += Number(code !== 0);
      const refused = openActivations(broken);
      if (code !== 0) await assert.rejects(refused, { code: "E-FILE-MISSING" });
      else await (await refused)[Symbol.asyncDispose]();
    }
    assert.ok(stopped >= 3, `${stopped} of ${signals.length} runs were stopped`);
    const { exit, stderr } = await run([...words, `--out=${broken}`]);
    assert.equal(exit, 0, stderr);
    assert.deepEqual(await results(broken), await results(whole));
    assert.ok(!("work" in await contents(broken)));
  }));

Deno.test("un:activations takes the universal neurons of a table, over one subset, row by row", () =>
  inFolder(async (folder) => {
    const tokens = await tokensFile(folder, 10);
    const table = join(folder, "neuron_df.parquet");
    await Deno.writeFile(
      table,
      encodeTable([
        { name: "layer", type: "int32", values: [0, 1, 3] },
        { name: "neuron", type: "int32", values: [9, 9, 8] },
        { name: "excess_corr", type: "float64", values: [0.51, 0.2, 0.7] },
      ]),
    );
    const words = [
      ...[SCRIPT, `--model=${MODEL}`, `--tokens=${tokens}`, "--device=onnx"],
      ...[`--neurons-file=${table}`, "--universal", "--subset=odd", "--no-loss", "--no-rank"],
    ];
    const outs = [join(folder, "all"), join(folder, "max")] as const;
    const modes = [["--precision=32"], ["--aggregation=max", "--precision=8"]];
    for (const [i, mode] of modes.entries()) {
      const { exit, stderr } = await run([...words, ...mode, `--out=${outs[i]!}`]);
      assert.equal(exit, 0, stderr);
    }
    await using all = await openActivations(outs[0]);
    await using rows = await openActivations(outs[1]);
    assert.deepEqual(all.neurons, [{ layer: 0, neuron: 9 }, { layer: 3, neuron: 8 }]);
    assert.deepEqual(all.tokens.shape, [5, T]);
    assert.deepEqual([...all.subsets!.ofRow], [1, 1, 1, 1, 1]);
    assert.deepEqual(rows.neurons, all.neurons);
    const error = Number((await rows.run.summary())["quantisation_error"]);
    assert.ok(error > 0);
    const [values, maxima] = [await all.read(1), await rows.read(1)];
    for (const [row, maximum] of maxima.entries()) {
      const expected = Math.max(...values.subarray(row * T, (row + 1) * T));
      assert.ok(Math.abs(maximum - expected) <= error * 1.0001);
    }
    assert.deepEqual(await all.entropy(), await rows.entropy());
    await assert.rejects(all.loss(), { code: "E-FILE-MISSING" });
  }));

Deno.test("un:activations refuses without leaving a file", () =>
  inFolder(async (folder) => {
    const tokens = await tokensFile(folder, 2);
    const out = join(folder, "run");
    const words = [
      SCRIPT,
      `--model=${MODEL}`,
      `--tokens=${tokens}`,
      "--device=onnx",
      `--out=${out}`,
    ];
    const cases: [string[], number, RegExp][] = [
      [
        ["--neurons=4.0"],
        2,
        /^error\[E-USAGE\] Cannot read option "--neurons": neuron 4\.0 at place 0/m,
      ],
      [["--neurons="], 2, /0 of them, expected exactly one of them/],
      [["--neurons=0.1,0.1"], 2, /neuron 0\.1 twice/],
      [[`--neurons-file=${tokens}`], 4, /^error\[E-FILE-CORRUPT\] Cannot read /m],
      [["--neurons=0.1", "--subset=od"], 4, /E-TOKENS.*\nHint: --subset odd/],
      [["--neurons=0.1", "--precision=4"], 2, /one of 8, 16, 32/],
      [["--layers=all", "--dry-run", "--memory=1M"], 5, /E-DEVICE-MEMORY.*block/],
    ];
    for (const [more, code, message] of cases) {
      const { exit, stderr } = await run([...words, ...more]);
      assert.equal(exit, code, stderr);
      assert.match(stderr, message);
      assert.deepEqual(Object.keys(await contents(folder)), ["tokens.safetensors"]);
    }
  }));

Deno.test("un:activations on a full disk ends with E-FILE-FULL, and goes on once there is room", () =>
  inFolder(async (folder) => {
    const disk = await mountDisk(folder, { isReadOnly: false });
    if (!disk) return;
    try {
      const tokens = await tokensFile(folder, 60);
      const words = [
        ...[SCRIPT, `--model=${MODEL}`, `--tokens=${tokens}`, "--device=onnx", "--neurons=0.7"],
        ...["--block-tokens=256", "--checkpoint-minutes=0"],
      ];
      const [out, whole] = [join(disk.path, "run"), join(folder, "whole")];
      const full = await run([...words, `--out=${out}`]);
      assert.equal(full.exit, 4, full.stderr);
      assert.match(
        full.stderr,
        /^error\[E-FILE-FULL\] Cannot write ".*work\/(columns\.part|progress\.json)"/m,
      );
      const mount = ["-o", "remount,size=8m", disk.path];
      assert.ok((await new Deno.Command("mount", { args: mount }).output()).success);
      const again = await run([...words, `--out=${out}`]);
      assert.equal(again.exit, 0, again.stderr);
      assert.match(again.stderr, /^resume .*: \d+ of 60 rows are written/m);
      assert.equal((await run([...words, `--out=${whole}`])).exit, 0);
      assert.deepEqual(await results(out), await results(whole));
    } finally {
      await disk.release();
    }
  }));
