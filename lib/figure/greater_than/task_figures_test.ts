import assert from "node:assert/strict";
import { type HostArray, hostArray } from "../../array.ts";
import { NeuriteError } from "../../errors.ts";
import { figureMeta } from "../figure_meta.ts";
import { renderSvg } from "../render.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { countDrawn } from "../svg_document.ts";
import type { FigureEntry } from "../write_report.ts";
import { circuitMeasures, measureFigures } from "./circuit_measures.ts";
import { diagramFigure } from "./diagram_figure.ts";
import { generalizationFigures } from "./generalization_figures.ts";
import { minusFirstRow } from "./logit_lens_heatmap.ts";
import { neuronFigures } from "./neuron_figures.ts";
import { randomCircuits } from "./random_circuits.ts";

const OPTIONS = { model: "GPT-2 Small", isPaperModel: true, layer: 10 } as const;

function years(value: (yy: number, year: number) => number): HostArray<Float32Array> {
  return hostArray(
    Float32Array.from({ length: 9700 }, (_, i) => value(Math.floor(i / 100) + 2, i % 100)),
    [97, 100],
  );
}

/** [K,97,100] whose slice k is everywhere k, but for its first cell. */
function stack(count: number): HostArray<Float32Array> {
  const data = Float32Array.from({ length: count * 9700 }, (_, i) => Math.floor(i / 9700));
  data[0] = -1;
  return hostArray(data, [count, 97, 100]);
}

function neuronArrays(): Record<string, HostArray> {
  const step = years((yy, year) => year > yy ? 2 : -1);
  return {
    "neuron_order": hostArray(Int32Array.from({ length: 3072 }, (_, i) => 3071 - i), [3072]),
    "neuron_lens": stack(11),
    "neuron_direct_effects": stack(11),
    "neuron_lens_sum_top10": step,
    "neuron_lens_sum_top100": step,
    "neuron_lens_sum_top200": step,
    "neuron_direct_sum_top10": step,
    "neuron_joint_top10": step,
  };
}

interface ColorView {
  layer: { encoding: { color?: { scale: { domain: number[] }; title: string[] } } }[];
}

/** The first panel's colour. */
function color(spec: TopLevelSpec) {
  const { concat, ...view } = spec as unknown as ColorView & { concat?: ColorView[] };
  const { scale, title } = (concat?.[0] ?? view).layer.at(-1)!.encoding.color!;
  return { title: title.join(" "), domain: [scale.domain[0], scale.domain.at(-1)] };
}

function panels(spec: TopLevelSpec) {
  return figureMeta(spec).table!.panels;
}

function named(entries: readonly FigureEntry[], name: string): TopLevelSpec {
  const entry = entries.find((one) => one.name === name);
  assert.ok(entry, name);
  assert.equal(entry.spec.name, name);
  return entry.spec;
}

async function marks(spec: TopLevelSpec): Promise<number> {
  return countDrawn(await renderSvg(spec)).values().reduce((a, b) => a + b, 0);
}

Deno.test("neuronFigures() has the paper's file stems, ranges and colour titles", () => {
  const entries = neuronFigures(neuronArrays(), OPTIONS);
  const lens = "Logit Lens Magnitude";
  const expected: [string, string, number[], number][] = [
    ["top3-neurons", lens, [-1, 2], 3],
    ["top2-neurons", lens, [-1, 1], 2],
    ["neurons", lens, [-5, 5], 8],
    ["top3-neurons-directeffects", "Logit Change", [-1, 2], 3],
    ["top10-neurons-logitlenssum", lens, [-30, 30], 1],
    ["top10-neurons-directeffects", "Logit Change", [-3, 3], 2],
    ["top100-neurons", lens, [-45, 50], 2],
    ["top10-patched-summed", "Logit Change", [-3, 3], 2],
  ];
  assert.deepEqual(entries.map(({ name }) => name), expected.map(([name]) => name));
  for (const [name, title, domain, count] of expected) {
    const spec = named(entries, name);
    assert.deepEqual([name, color(spec)], [name, { title, domain }]);
    assert.equal(panels(spec).length, count);
    assert.equal(figureMeta(spec).table!.rows[0], "02");
  }
});

Deno.test("neuronFigures() puts ranks 4 to 7 above 8 to 11, each its own neuron", async () => {
  const spec = named(neuronFigures(neuronArrays(), OPTIONS), "neurons");
  assert.equal((spec as { columns?: number }).columns, 4);
  assert.deepEqual(
    panels(spec).map(({ title, values }) => [title, values[0]![0]]),
    [4, 5, 6, 7, 8, 9, 10, 11].map((rank) => [`Rank ${rank}: Neuron ${3072 - rank}`, rank - 1]),
  );
  assert.equal(await marks(spec), 8);
});

Deno.test("neuronFigures() subtracts the row of 02 from the sums and not from the patched", () => {
  const entries = neuronFigures(neuronArrays(), OPTIONS);
  const sum = panels(named(entries, "top10-neurons-logitlenssum"))[0]!.values;
  assert.deepEqual([sum[0]![50], sum[48]![50], sum[96]![1]], [0, -3, 0]);
  const joint = panels(named(entries, "top10-patched-summed"))[0]!.values;
  assert.deepEqual([joint[0]![50], joint[48]![50]], [2, -1]);
  assert.deepEqual([...minusFirstRow(hostArray(Float32Array.of(1, 2, 5, 7), [2, 2])).data], [
    0,
    0,
    4,
    5,
  ]);
});

Deno.test("neuronFigures() takes symmetric ranges when it is another model", () => {
  for (const { spec } of neuronFigures(neuronArrays(), { ...OPTIONS, isPaperModel: false })) {
    const [low, high] = color(spec).domain;
    assert.equal(low, -high!);
  }
});

Deno.test("neuronFigures() draws start years without prompts grey, and sums less the first of others", async () => {
  const rows = (array: HostArray) => {
    const data = Float32Array.from(array.data, Number);
    for (let start = 0; start < data.length; start += 9700) data.fill(NaN, start, start + 100);
    return hostArray(data, array.shape);
  };
  const { neuron_order, ...rest } = neuronArrays();
  const arrays = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, rows(each)]));
  const entries = neuronFigures({ "neuron_order": neuron_order!, ...arrays }, OPTIONS);
  assert.equal(entries.length, 8);
  const sum = panels(named(entries, "top10-neurons-logitlenssum"))[0]!.values;
  assert.deepEqual([sum[0]![50], sum[1]![50], sum[48]![50]], [null, 0, -3]);
  const { caption } = entries.find(({ name }) => name === "top100-neurons")!;
  assert.match(caption, /less row 03\.$/);
  assert.equal(await marks(named(entries, "top3-neurons")), 3);
});

Deno.test("neuronFigures() draws the effects of eleven neurons with their intervals", async () => {
  const { neuron_order } = neuronArrays();
  const arrays = {
    "neuron_order": neuron_order!,
    "neuron_effect_mean": hostArray(Float32Array.from({ length: 20 }, (_, i) => i - 15), [20]),
    "neuron_effect_ci": hostArray(
      Float32Array.from({ length: 40 }, (_, i) => Math.floor(i / 2) - 15 + (i % 2 ? 0.5 : -0.5)),
      [20, 2],
    ),
  };
  const spec = named(neuronFigures(arrays, OPTIONS), "neuron-effects");
  assert.match(
    spec.description as string,
    /Rank 1: Neuron 3071 -15\.0000, Rank 2: Neuron 3070 -14/,
  );
  assert.ok(!/Rank 12/.test(spec.description as string));
  assert.ok(await marks(spec) >= 11);
});

Deno.test("neuronFigures() refuses too few neurons and other shapes, and draws what it has", () => {
  const { neuron_order, neuron_joint_top10 } = neuronArrays();
  const few = { "neuron_order": neuron_order!, "neuron_lens": stack(10) };
  assert.throws(() => neuronFigures(few, OPTIONS), /shape \[10, 97, 100\].*K at least 11/);
  const flat = { ...few, "neuron_lens": neuron_joint_top10! };
  assert.throws(() => neuronFigures(flat, OPTIONS), NeuriteError);
  const short = { "neuron_order": hostArray(new Int32Array(3), [3]), "neuron_lens": stack(11) };
  assert.throws(() => neuronFigures(short, OPTIONS), NeuriteError);
  assert.deepEqual(neuronFigures({ "neuron_lens": stack(11) }, OPTIONS), []);
});

function taskArrays(): Record<string, HostArray> {
  const arrays: Record<string, HostArray> = {};
  for (let task = 0; task < 10; task++) {
    arrays[`probs_${task}`] = years(() => task / 100);
    arrays[`ipp_${task}`] = hostArray(new Float32Array(156).fill(task), [12, 13]);
  }
  arrays.m7_2 = arrays.ipp_7!;
  arrays.m8_2 = arrays.ipp_8!;
  return arrays;
}

Deno.test("generalizationFigures() has the paper's facets in order, in words", async () => {
  const entries = generalizationFigures(taskArrays(), OPTIONS);
  const expected: [string, number[], number[], number][] = [
    ["failure-probs", [3, 4, 5], [0, 0.25], 0.01],
    ["success-probs", [0, 8, 2], [0, 0.2], 0.01],
    ["bc-probs", [6, 7], [0, 0.2], 0.01],
    ["success-ipps", [0, 8, 2], [-0.5, 0.5], 1],
    ["bc-ipps", [6, 7], [-0.25, 0.25], 1],
    ["m7m8-ipps", [7, 8], [-0.05, 0.05], 1],
  ];
  assert.deepEqual(entries.map(({ name }) => name), expected.map(([name]) => name));
  for (const [name, order, domain, unit] of expected) {
    const spec = named(entries, name);
    assert.deepEqual(
      panels(spec).map(({ values }) => Math.round(values[0]![0]! / unit)),
      order,
      name,
    );
    assert.deepEqual(color(spec).domain, domain);
    for (const { title } of panels(spec)) assert.match(title, /[a-z]{4}/);
    assert.equal(await marks(spec), name.endsWith("ipps") ? 156 * order.length : order.length);
  }
});

Deno.test("generalizationFigures() leaves out figures whose tasks were not run", () => {
  const { probs_6, probs_7, ipp_6 } = taskArrays();
  const some = { "probs_6": probs_6!, "probs_7": probs_7!, "ipp_6": ipp_6! };
  assert.deepEqual(generalizationFigures(some, OPTIONS).map(({ name }) => name), ["bc-probs"]);
});

Deno.test("generalizationFigures() shows rows without prompts and refuses shapes that differ", async () => {
  const { probs_6, probs_7 } = taskArrays();
  (probs_6!.data as Float32Array).fill(NaN, 0, 200);
  const [entry] = generalizationFigures({ "probs_6": probs_6!, "probs_7": probs_7! }, OPTIONS);
  assert.equal(await marks(entry!.spec), 2);
  const odd = { "ipp_6": hostArray(new Float32Array(6), [2, 3]), "ipp_7": taskArrays().ipp_7! };
  assert.throws(() => generalizationFigures(odd, OPTIONS), NeuriteError);
});

Deno.test("randomCircuits() draws a stroke a circuit and a labelled rule a name", async () => {
  const values = Array.from({ length: 200 }, (_, i) => 0.1 + i / 1000);
  const named = [{ label: "the circuit", value: 0.895 }, { label: "alternative", value: 0.2 }];
  const spec = randomCircuits({ model: "m", values, named });
  const svg = await renderSvg(spec);
  assert.match(svg, />the circuit: 0\.895<\/text>/);
  assert.match(svg, /the circuit, at 0\.895, is above 200 of 200/);
  assert.equal(
    countDrawn(svg).values().reduce((a, b) => a + b, 0),
    200 + 2 * named.length + (spec as { layer: { data: { values: [] } }[] }).layer[0]!.data.values
      .length,
  );
  assert.match(svg, /alternative, at 0\.200, is above 10\d of 200/);
  assert.throws(() => randomCircuits({ model: "m", values: [], named }), NeuriteError);
});

Deno.test("circuitMeasures() has a panel a measure, and the paper's values beside ours", async () => {
  const runs = [
    {
      label: "baseline",
      probDiff: { mean: 0.81, interval: [0.8, 0.82] as const, paper: 0.817 },
      sharpness: { mean: 0.06 },
    },
    { label: "reverse", probDiff: { mean: -0.3, interval: [-0.32, -0.28] as const } },
  ];
  const spec = circuitMeasures(runs, { model: "m" });
  assert.equal((spec as unknown as { hconcat: [] }).hconcat.length, 2);
  // Two intervals of a rule and two caps, three dots, one diamond.
  assert.equal(await marks(spec), 2 * 3 + 3 + 1);
  assert.equal(measureFigures(runs, { model: "m" })[0]!.name, "circuit-measures");
  assert.deepEqual(measureFigures([], { model: "m" }), []);
});

Deno.test("diagramFigure() names the model and what red means when edges are weighed", () => {
  const edge = { from: "m0@YY", to: "logits@END" };
  const weighed = diagramFigure({ layers: 1, edges: [{ ...edge, weight: -1 }] }, { model: "m" });
  assert.equal(weighed.name, "circuit-diagram");
  assert.match(weighed.caption, /Red and thick/);
  assert.doesNotMatch(diagramFigure({ layers: 1, edges: [edge] }, { model: "m" }).caption, /Red/);
});
