// Correlations of two embedded models on every device, and the script from the command to its files.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { HostArray } from "../lib/array.ts";
import type { Device } from "../lib/device/device.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { correlateNeurons } from "../lib/neuron/correlation/correlate.ts";
import { findModel } from "../lib/model/find_model.ts";
import { modelSource } from "../lib/neuron/correlation/open_models.ts";
import { randomRotation } from "../lib/neuron/correlation/rotation.ts";
import type { NeuronSource } from "../lib/neuron/correlation/sources.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES } from "./devices.ts";
import { CORRELATION_TOLERANCES } from "./tolerances.ts";

const FIXTURE = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";
const [A, B] = ["cache/models/tiny-gpt2-a", "cache/models/tiny-gpt2-b"];
const DROPPED = new Set([0, 199]);

type Arrays = Record<string, HostArray>;

/** The places of equal depth must hold the same neurons, but for those of nearly equal value. */
function assertPlaces(found: Arrays, name: string, expected: Arrays, limit: number): void {
  const [values, places] = [expected[name]!.data, expected[`${name}_ix`]!.data];
  const mine = found[`${name}_ix`]!.data;
  const rows = expected["corr_sample_rows_0_7_2047"]!;
  assert.equal(mine.length, values.length);
  for (let i = 0; i < mine.length; i++) {
    if (mine[i] === places[i]) continue;
    const sample = [0, 7, 2047].indexOf(i);
    assert.ok(sample >= 0, `${name}_ix of ${i}: ${mine[i]} against ${places[i]}`);
    const other = Number(rows.data[sample * 2048 + Number(mine[i])]);
    assert.ok(Math.abs(other - Number(values[i])) <= limit);
  }
}

/** The first layers of a model. */
function firstLayers(source: NeuronSource, layers: number): NeuronSource {
  return { ...source, layers };
}

async function correlate(device: Device, tokens: HostArray, layers?: readonly [number, number]) {
  const [a, b] = await Promise.all([A, B].map(findModel));
  const [base, partner] = [modelSource(a!, device), modelSource(b!, device)];
  const models = layers
    ? { base: firstLayers(base, layers[0]), partners: [firstLayers(partner, layers[1])] }
    : { base, partners: [partner] };
  return await correlateNeurons(device, models, tokens as HostArray<Int32Array>, {
    dropped: DROPPED,
    baseline: layers ? "none" : "rotation",
    rotation: layers ? undefined : randomRotation({ form: "gaussian", seed: 0, draws: 2 }),
  });
}

const native = TEST_DEVICES.find(({ name }) => name === "onnx native")!;

Deno.test("correlations of tiny-gpt2-a and b on onnx are those of the PyTorch fixture", async () => {
  const expected: Arrays = await readSafetensors(FIXTURE);
  await using device = await native.open();
  const { pairs, kept, exact } = await correlate(device, expected["tokens"]!);
  const found: Arrays = pairs[0]!.arrays("real");
  assert.deepEqual([kept, exact], [15915, true]);
  const limits = {
    r: CORRELATION_TOLERANCES.onnx.limit,
    moment: CORRELATION_TOLERANCES.moment.limit,
  };
  for (const name of ["max_corr", "min_corr", "diag_corr", "max_tail_corr", "max_corr_T"]) {
    const { worst, detail } = deviation(found[name]!, expected[name]!);
    assert.ok(worst <= limits.r, `${name}: ${worst}: ${detail}`);
  }
  for (const name of ["corr_mean", "corr_var", "corr_skew", "corr_kurt"]) {
    const scale = (i: number) => Math.max(1e-2, Math.abs(Number(expected[name]!.data[i])));
    const { worst, detail } = deviation(found[name]!, expected[name]!, scale);
    assert.ok(worst <= limits.moment, `${name}: ${worst}: ${detail}`);
  }
  assertPlaces(found, "max_corr", expected, limits.r);
  assertPlaces(found, "min_corr", expected, limits.r);
  const baseline = pairs[0]!.baselineMaxima().map((maxima) =>
    maxima.reduce((sum, r) => sum + r, 0) / maxima.length
  );
  // Two draws of the fixture: 0.2389 and 0.2409.
  assert.ok(baseline.every((mean) => Math.abs(mean - 0.2399) < 0.005), baseline.join());
});

/** Six rows of the fixture, so that float64 in one thread is quick. */
async function slice(): Promise<HostArray<Int32Array>> {
  const { tokens } = await readSafetensors(FIXTURE);
  const rows = { data: (tokens!.data as Int32Array).slice(0, 6 * 128), shape: [6, 128] };
  return rows;
}

Deno.test("correlations on every device are those of the float64 reference", async (t) => {
  const tokens = await slice();
  await using reference = openReference();
  const layers = [1, 2] as const;
  const expected: Arrays = (await correlate(reference, tokens, layers)).pairs[0]!.arrays("real");
  for (const { name, absent, open } of TEST_DEVICES) {
    if (name === "reference" || absent) continue;
    await t.step(name, async () => {
      await using device = await open();
      const found = (await correlate(device, tokens, layers)).pairs[0]!.arrays("real");
      const { limit } = CORRELATION_TOLERANCES[device.name];
      for (const array of ["max_tail_corr", "min_tail_corr", "diag_corr", "max_tail_corr_T"]) {
        const { worst, detail } = deviation(found[array]!, expected[array]!);
        assert.ok(worst <= limit, `${array}: ${worst}: ${detail}`);
      }
    });
  }
});

Deno.test("un:correlations writes its arrays, numbers and figures, and keeps them", async () => {
  await inFolder(async (folder) => {
    const tokens = join(folder, "tokens.safetensors");
    const chunks = [...encodeSafetensors({ tokens: await slice() })];
    await Deno.writeFile(tokens, Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    const out = join(folder, "out");
    const command = [
      "scripts/universal_neurons/correlations.ts",
      `--model-1=${A}`,
      `--model-2=${B}`,
      `--tokens=${tokens}`,
      "--baseline=rotation",
      "--draws=2",
      "--json",
    ];
    const plan = await run([...command, `--out=${out}`, "--dry-run"]);
    assert.equal(plan.exit, 0, plan.stderr);
    const first = await run([...command, `--out=${out}`]);
    assert.equal(first.exit, 0, first.stderr);
    const { summary } = JSON.parse(first.stdout) as { summary: Record<string, number> };
    assert.equal(summary["tokens"], 768);
    assert.ok(summary["baseline_max_corr_mean"]! < summary["max_corr_mean"]!);
    const arrays: Arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const real: Arrays = await readSafetensors(join(out, "real.safetensors"));
    assert.deepEqual(arrays["max_tail_corr"]!.shape, [2048, 50]);
    assert.deepEqual(arrays["baseline_max_corr"]!.shape, [2, 2048]);
    const mean = (array: HostArray) =>
      (array.data as Float32Array).reduce((sum, x) => sum + x, 0) / array.data.length;
    assert.ok(Math.abs(mean(real["max_corr"]!) - summary["max_corr_mean"]!) < 1e-6);
    assert.ok(mean(arrays["max_corr"]!) < mean(real["max_corr"]!));
    const before = await contents(out);
    assert.ok("report.html" in before);
    const again = await run([...command, `--out=${out}`]);
    assert.match(again.stderr, /kept/);
    assert.deepEqual(await contents(out), before);
  });
});
