import assert from "node:assert/strict";
import type { HostArray } from "../../array.ts";
import { NeuriteError } from "../../errors.ts";
import type { Device } from "../../device/device.ts";
import { openReference } from "../../device/reference/mod.ts";
import { openCheckpoint } from "../../model/checkpoint/checkpoint.ts";
import { openWeights } from "../../model/checkpoint/weights.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { readConfig } from "../../model/config/read_config.ts";
import { type FoldedWeights, foldWeights } from "../../model/folding.ts";
import { neuronRows } from "./neuron_vectors.ts";
import { weightStatistics, type WeightStatisticsOptions } from "./statistics.ts";
import { weightPlan } from "./weight_plan.ts";
import { witnessSimilarities } from "./witness.ts";

const DIRECTORY = "tests/fixtures/checkpoints/pythia-style";

interface Opened {
  device: Device;
  folded: FoldedWeights;
  config: ModelConfig;
}

async function withModel(body: (opened: Opened) => Promise<void>, change?: Partial<FoldedWeights>) {
  const config = await readConfig(DIRECTORY);
  await using device = openReference();
  await using checkpoint = await openCheckpoint(DIRECTORY);
  const folded = foldWeights(openWeights(checkpoint, config));
  await body({ device, folded: { ...folded, ...change }, config });
}

/** All layers' arrays, one under the other. */
async function collect({ device, folded, config }: Opened, options?: WeightStatisticsOptions) {
  const all: Record<string, { data: number[]; shape: number[] }> = {};
  for await (const { arrays } of weightStatistics(device, folded, config, options)) {
    for (const [name, { data, shape }] of Object.entries(arrays) as [string, HostArray][]) {
      const whole = all[name] ??= { data: [], shape: [0, ...shape.slice(1)] };
      whole.data.push(...Array.from(data as Float32Array));
      whole.shape[0]! += shape[0]!;
    }
  }
  return all;
}

/** The neurons looked at: some of each layer, the first and the last among them. */
const CHOSEN = [0, 100, 255, 256, 391, 512, 640, 767];

/** All cosines of the chosen neurons in a comparison, written out. */
async function cosines({ folded, config }: Opened, name: string): Promise<number[][]> {
  const { nLayer, dModel: D } = config;
  const neurons = async (side: "in" | "out") => {
    const rows: Float64Array[] = [];
    for (let layer = 0; layer < nLayer; layer++) {
      const { units } = await neuronRows(folded, layer, side);
      for (let i = 0; i < units.count; i++) rows.push(units.data.subarray(i * D, (i + 1) * D));
    }
    return rows;
  };
  const tokens = async (matrix: "embed.W_E" | "unembed.W_U") => {
    const data = await folded.read(matrix);
    return Array.from({ length: data.length / D }, (_, v) => data.subarray(v * D, (v + 1) * D));
  };
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
  const [first, second] = name.split("_") as ["E" | "U" | "in" | "out", "in" | "out"];
  const isToken = first === "E" || first === "U";
  const rows = await neurons(isToken ? second : first);
  const columns = isToken
    ? await tokens(first === "E" ? "embed.W_E" : "unembed.W_U")
    : await neurons(second);
  return CHOSEN.map((i) =>
    columns.map((column, j) =>
      !isToken && i === j ? 0 : dot(rows[i]!, column) / Math.sqrt(dot(column, column))
    )
  );
}

Deno.test("weightStatistics() gives what the definitions give when every matrix is whole", () =>
  withModel(async (opened) => {
    const found = await collect(opened, { vocabTop: 3, neuronTop: 2 });
    for (const name of ["E_in", "U_in", "E_out", "U_out", "in_in", "in_out", "out_in", "out_out"]) {
      const all = await cosines(opened, name);
      const k = found[`${name}_top`]!.shape[1]!;
      assert.equal(k, /^[EU]/.test(name) ? 3 : 2, name);
      all.forEach((row, n) => {
        const i = CHOSEN[n]!;
        const mean = row.reduce((a, b) => a + b) / row.length;
        const central = (p: number) => row.reduce((s, c) => s + (c - mean) ** p, 0) / row.length;
        const near = (key: string, at: number, value: number) => {
          const got = found[`${name}_${key}`]!.data[at]!;
          const limit = 2e-6 * Math.max(1, Math.abs(value));
          assert.ok(Math.abs(got - value) <= limit, `${name}_${key} ${i}: ${got}, ${value}`);
        };
        near("mean", i, mean);
        near("var", i, central(2));
        near("skew", i, central(3) / central(2) ** 1.5);
        near("kurt", i, central(4) / central(2) ** 2);
        const order = [...row.keys()].sort((a, b) => row[b]! - row[a]!);
        for (let place = 0; place < k; place++) {
          near("top", i * k + place, row[order[place]!]!);
          near("bottom", i * k + place, row[order.at(-1 - place)!]!);
          near("top", i * k + place, row[found[`${name}_top_ix`]!.data[i * k + place]!]!);
          near("bottom", i * k + place, row[found[`${name}_bottom_ix`]!.data[i * k + place]!]!);
        }
        const counts = found[`${name}_hist`]!.data.slice(101 * i, 101 * (i + 1));
        assert.equal(counts.reduce((a, b) => a + b), row.length, `${name}_hist ${i}`);
      });
    }
    const { nLayer, nHead, dMlp } = opened.config;
    assert.deepEqual(found.comp_key_side!.shape, [nLayer * dMlp, nLayer * nHead]);
  }));

Deno.test("weightStatistics() gives the same when nothing may stay on the device", () =>
  withModel(async (opened) => {
    const top = { vocabTop: 3, neuronTop: 3 };
    const { working } = weightPlan(opened.config, { top: 3 });
    assert.deepEqual(
      await collect(opened, { ...top, memory: working }),
      await collect(opened, top),
    );
  }));

Deno.test("weightStatistics() calls a neuron without weights similar to nothing", () =>
  withModel(async (opened) => {
    const { folded, config } = opened;
    const silent = {
      ...folded,
      read: async (name: string) => {
        const data = await folded.read(name);
        if (name === "blocks.1.mlp.W_out") data.fill(0, 0, config.dModel);
        return data;
      },
    };
    const found = await collect({ ...opened, folded: silent }, { vocabTop: 1, neuronTop: 1 });
    const at = config.dMlp;
    assert.equal(found.w_out_norm!.data[at], 0);
    assert.equal(found.in_out_sim!.data[at], 0);
    assert.equal(found.U_out_var!.data[at], 0);
    assert.ok(Number.isNaN(found.U_out_kurt!.data[at]!));
    const dead = new Set(["U_out", "E_out", "out_in", "out_out"].map((name) => `${name}_`));
    for (const [name, { data }] of Object.entries(found)) {
      const mayBe = [...dead].some((start) => name.startsWith(start)) && /skew|kurt/.test(name);
      const bad = data.findIndex((value, i) => !Number.isFinite(value) && !(mayBe && i === at));
      assert.equal(bad, -1, `${name}[${bad}]`);
    }
  }));

Deno.test("weightStatistics() stops between tiles when it is told to", () =>
  withModel(async (opened) => {
    const stop = new AbortController();
    const reason = new Error("enough");
    await assert.rejects(
      collect(opened, { signal: stop.signal, onProgress: () => stop.abort(reason) }),
      reason,
    );
  }));

Deno.test("weightStatistics() refuses a memory that cannot hold what it needs at once", () =>
  withModel(async (opened) => {
    const wrong = (error: unknown) =>
      error instanceof NeuriteError && error.code === "E-DEVICE-MEMORY";
    await assert.rejects(collect(opened, { memory: 1000 }), wrong);
  }));

Deno.test("witnessSimilarities() finds what is off, and how far", () =>
  withModel(async (opened) => {
    const found = await collect(opened, { vocabTop: 2, neuronTop: 2 });
    const read = (change: (value: number, i: number) => number) => (name: string) => {
      const { data, shape } = found[name]!;
      const values = name.endsWith("_ix") ? Int32Array.from(data) : Float64Array.from(data, change);
      return Promise.resolve({ data: values, shape });
    };
    const seen = (count: number, change: (value: number, i: number) => number) =>
      witnessSimilarities(opened.folded, read(change), { count });
    const { count, largest } = await seen(40, (value) => value);
    assert.equal(count, 40);
    assert.ok(largest < 1e-6, `${largest}`);
    const moved = await seen(3, (value) => value + 0.125);
    assert.ok(Math.abs(moved.largest - 0.125) < 1e-6, `${moved.largest}`);
    for (const odd of [0, 1]) {
      const broken = await seen(40, (value, i) => i % 2 === odd ? value : NaN);
      assert.ok(Number.isNaN(broken.largest), `${broken.largest}`);
    }
  }));
