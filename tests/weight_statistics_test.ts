// Weight statistics of tiny-gpt2-a against PyTorch's float64, on every device.
import assert from "node:assert/strict";
import { openCheckpoint } from "../lib/model/checkpoint/checkpoint.ts";
import { openWeights } from "../lib/model/checkpoint/weights.ts";
import { readConfig } from "../lib/model/config/read_config.ts";
import { foldWeights } from "../lib/model/folding.ts";
import { weightStatistics } from "../lib/neuron/weights/statistics.ts";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { deviation } from "./compare.ts";
import { TEST_DEVICES, type TestDevice } from "./devices.ts";
import { WEIGHT_TOLERANCES } from "./tolerances.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const EXPECTED = "tests/fixtures/zoo/universal_neurons_a_b/expected.safetensors";

const OWN = ["w_in_norm", "w_out_norm", "input_bias", "in_out_sim"];
const MOMENTS = ["U_out", "E_in"].flatMap((name) =>
  ["mean", "var", "skew", "kurt"].map((moment) => `${name}_${moment}`)
);
const EXTREMES = ["U_out_top", "E_in_top", "out_out_top", "in_out_top"];
const HEADS = ["comp_v", "comp_o", "comp_query_side", "comp_key_side"];

/** The first `width` columns of every row, all layers under each other. */
async function statistics({ open }: TestDevice, widths: Readonly<Record<string, number>>) {
  const config = await readConfig(MODEL);
  await using device = await open();
  await using checkpoint = await openCheckpoint(MODEL);
  const folded = foldWeights(openWeights(checkpoint, config));
  const found: Record<string, number[]> = {};
  for await (const { arrays } of weightStatistics(device, folded, config)) {
    for (const [name, width] of Object.entries(widths)) {
      const { data, shape } = arrays[name]!;
      const own = data.length / shape[0]!;
      const rows = found[name] ??= [];
      for (let at = 0; at < data.length; at += own) {
        for (let i = 0; i < width; i++) rows.push(Number(data[at + i]));
      }
    }
  }
  return found;
}

async function checkWeights(device: TestDevice): Promise<void> {
  const expected = await readSafetensors(EXPECTED);
  const names = [...OWN, ...MOMENTS, ...EXTREMES, ...HEADS, "U_out_top_ix", "E_in_top_ix"];
  const widths = Object.fromEntries(
    names.map((name) => [name, expected[name]!.shape.slice(1).reduce((a, b) => a * b, 1)]),
  );
  const found = await statistics(device, widths);
  for (const name of names) {
    const { data, shape } = expected[name]!;
    let squares = 0;
    for (const value of data) squares += Number(value) ** 2;
    const rms = Math.sqrt(squares / data.length);
    const actual = { data: Float64Array.from(found[name]!), shape };
    const scale = (i: number) => Math.max(Math.abs(Number(data[i])), rms);
    const { worst, detail } = deviation(actual, expected[name]!, scale);
    const { limit } = name.endsWith("_ix")
      ? WEIGHT_TOLERANCES.index
      : OWN.includes(name) || name.endsWith("_mean")
      ? WEIGHT_TOLERANCES.float64
      : WEIGHT_TOLERANCES.similarity;
    assert.ok(worst <= limit, `${name}: ${worst}: ${detail}`);
  }
}

for (const device of TEST_DEVICES) {
  Deno.test({
    name: `weight statistics of tiny-gpt2-a are the fixture's on ${device.name}`,
    ignore: device.absent,
    fn: () => checkWeights(device),
  });
}
