import assert from "node:assert/strict";
import { type HostArray, hostArray } from "../../array.ts";
import { NeuriteError } from "../../errors.ts";
import { RandomStream } from "../../random.ts";
import { figureMeta } from "../figure_meta.ts";
import { renderSvg } from "../render.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { countDrawn } from "../svg_document.ts";
import type { FigureEntry } from "../write_report.ts";
import {
  attentionFigures,
  attentionHeatmap,
  attentionProportionLine,
} from "./attention_figures.ts";
import { circuitFigures } from "./circuit_figures.ts";
import { pcaFigures } from "./pca_figures.ts";
import { yearPalette } from "./year_palette.ts";

const LABELS = "<bos> The NOUN lasted from the year XX YY to the year XX2".split(" ");
const HEADS = ["a5.h1", "a7.h10", "a8.h11"];

function draws(shape: readonly number[], scale = 1): HostArray<Float32Array> {
  const stream = new RandomStream(3, shape.join());
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => scale * (2 * stream.uniform(i) - 1));
  return hostArray(data, shape);
}

function runArrays(): Record<string, HostArray> {
  const arrays: Record<string, HostArray> = { "probs_ms": draws([97, 100], 0.1) };
  arrays.probs_lms = arrays.probs_ms!;
  const matrices = ["ipp_logits", "attn_q", "attn_k", "attn_v"];
  for (const layer of [8, 9, 10, 11]) {
    matrices.push(`ipp_m${layer}`);
    arrays[`logit_lens_m${layer}`] = draws([97, 100], layer);
  }
  for (const layer of [0, 1, 2, 3]) matrices.push(`mlp${layer}`);
  for (const name of matrices) arrays[name] = draws([12, 13], 0.3);
  for (const head of HEADS) {
    arrays[`logit_lens_${head}`] = draws([97, 100], 20);
    arrays[`attn_patterns_${head}`] = hostArray(draws([13, 13]).data.map(Math.abs), [13, 13]);
    arrays[`attn_proportion_${head}`] = hostArray(draws([97]).data.map(Math.abs), [97]);
  }
  for (const key of ["a7.h10", "a7.h8", "embedding", "mlp8_input"]) {
    arrays[`pca_${key}`] = draws([97, 2]);
    arrays[`pca_explained_${key}`] = hostArray(Float32Array.of(0.5, 0.25), [2]);
  }
  return arrays;
}

interface ViewShape {
  concat?: ViewShape[];
  layer?: { encoding: { color?: { scale: { domain: number[] } } } }[];
}

/** The ends of each panel's colour bar. */
function domains(spec: TopLevelSpec): [number, number][] {
  const { concat, layer } = spec as unknown as ViewShape;
  const views = concat ?? [{ layer: layer! }];
  return views.map((view) => {
    const { domain } = view.layer!.at(-1)!.encoding.color!.scale;
    return [domain[0]!, domain.at(-1)!];
  });
}

function panelTitles(spec: TopLevelSpec): string[] {
  return figureMeta(spec).table!.panels.map(({ title }) => title);
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

const paper = () => circuitFigures("GPT-2 Small", runArrays(), true);

Deno.test("circuitFigures() has the paper's file stems when all arrays are there", () => {
  assert.deepEqual(paper().map(({ name }) => name), [
    ..."logits-ipp mlps-ipp m11-ipp m10-ipp m9-ipp m8-ipp attn_v attn_k attn_q low-mlps-ipp".split(
      " ",
    ),
    ..."attn-logitlens mlps-logitlens patched-probability-heatmap".split(" "),
    "full-patched-probability-heatmap",
  ]);
  assert.deepEqual(circuitFigures("m", {}, true), []);
});

Deno.test("circuitFigures() takes the paper's ranges and facet order when it is its model", () => {
  const entries = paper();
  const ends = (name: string) => domains(named(entries, name)).map(([, high]) => high);
  assert.deepEqual(ends("logits-ipp"), [0.5]);
  for (const [layer, limit] of [[11, 0.1], [10, 0.2], [9, 0.2], [8, 0.1]] as const) {
    assert.deepEqual(ends(`m${layer}-ipp`), [limit]);
  }
  assert.deepEqual(ends("mlps-ipp"), [0.2, 0.2, 0.2, 0.2]);
  assert.deepEqual(panelTitles(named(entries, "mlps-ipp")), ["MLP 11", "MLP 10", "MLP 9", "MLP 8"]);
  assert.equal((named(entries, "mlps-ipp") as { columns?: number }).columns, 2);
  assert.deepEqual(ends("low-mlps-ipp"), [0.5, 0.5, 0.5, 0.5]);
  assert.deepEqual(
    panelTitles(named(entries, "low-mlps-ipp")),
    [3, 2, 1, 0].map((l) => `MLP ${l}`),
  );
  assert.equal((named(entries, "low-mlps-ipp") as { columns?: number }).columns, 4);
  assert.equal((named(entries, "attn_v").title as { text: string }).text, "Attention Value");
  const lenses = domains(named(entries, "mlps-logitlens"));
  assert.deepEqual([lenses[0], lenses[1], lenses[3]], [[-5, 4], [-15, 15], [-15, 15]]);
  assert.notEqual(lenses[2]![0], -lenses[2]![1]);
  assert.deepEqual(panelTitles(named(entries, "attn-logitlens")), ["a7.h10", "a8.h11"]);
  assert.deepEqual(domains(named(entries, "patched-probability-heatmap")), [[0, 0.25]]);
});

Deno.test("circuitFigures() takes symmetric ranges and all heads when it is another model", () => {
  const entries = circuitFigures("tiny", runArrays(), false);
  for (const name of ["logits-ipp", "m11-ipp", "attn-logitlens", "mlps-logitlens"]) {
    for (const [low, high] of domains(named(entries, name))) assert.equal(low, -high);
  }
  assert.deepEqual(panelTitles(named(entries, "attn-logitlens")), HEADS);
});

Deno.test("circuitFigures() draws one rect a score when they are rendered", async () => {
  const entries = paper();
  assert.equal(await marks(named(entries, "logits-ipp")), 156);
  assert.equal(await marks(named(entries, "low-mlps-ipp")), 4 * 156);
  assert.equal(await marks(named(entries, "mlps-logitlens")), 4);
});

Deno.test("circuitFigures() leaves out lenses of other labels when they are no years", () => {
  const arrays = { "ipp_logits": draws([2, 3]), "logit_lens_a0.h1": draws([40, 8]) };
  assert.deepEqual(circuitFigures("m", arrays, false).map(({ name }) => name), ["logits-ipp"]);
});

Deno.test("circuitFigures() draws start years that no prompt had grey, and refuses other NaN", async () => {
  const lens = draws([97, 100]);
  lens.data.fill(NaN, 300, 400);
  const [entry] = circuitFigures("m", { "logit_lens_m1": lens }, true);
  assert.equal(await marks(entry!.spec), 1);
  lens.data[900] = NaN;
  assert.throws(() => circuitFigures("m", { "logit_lens_m1": lens }, true), NeuriteError);
});

const attention = (isPaperModel: boolean) =>
  attentionFigures(runArrays(), { model: "m", isPaperModel, labels: LABELS });

Deno.test("attentionFigures() draws the paper's heads on its model, all on another", () => {
  assert.deepEqual(panelTitles(named(attention(true), "attn-patterns")), ["a7.h10", "a8.h11"]);
  assert.deepEqual(panelTitles(named(attention(false), "attn-patterns")), HEADS);
  assert.deepEqual(attentionFigures({}, { model: "m", labels: LABELS }), []);
});

Deno.test("attentionFigures() says how many heads its lines are of, but where the paper draws one", () => {
  const proportions = Object.fromEntries(
    Array.from({ length: 8 }, (_, h) => [`attn_proportion_a5.h${h}`, draws([97])]),
  );
  const caption = (arrays: Record<string, HostArray>, isPaperModel: boolean) =>
    attentionFigures(arrays, { model: "m", labels: LABELS, isPaperModel })[0]!.caption;
  for (const isPaperModel of [true, false]) {
    assert.match(caption(proportions, isPaperModel), / The first 7 of 8 heads\.$/);
  }
  const paper = { ...proportions, "attn_proportion_a7.h10": draws([97]) };
  assert.match(caption(paper, true), /by start year\.$/);
});

Deno.test("attentionHeatmap() labels repeated tokens, the first query on top", async () => {
  const spec = named(attention(true), "attn-patterns");
  const svg = await renderSvg(spec);
  assert.equal(svg.match(/>the<\/text>/g)!.length, 2 * 2 * 2);
  assert.equal(await marks(spec), 2 * 169);
  const y = (label: string) =>
    Number(
      new RegExp(`translate\\(-\\d+,([\\d.]+)\\)"[^>]*>${label}</text>`).exec(svg)![1],
    );
  assert.ok(y("&lt;bos&gt;") < y("XX2"));
  assert.equal(domains(spec)[0]![0], 0);
  const odd = [{ title: "a", pattern: draws([13, 12]) }];
  assert.throws(() => attentionHeatmap(odd, { model: "m", labels: LABELS }), NeuriteError);
});

Deno.test("attentionHeatmap() of long prompts stays a picture that can be drawn, its labels apart", async () => {
  const T = 300;
  const pattern = hostArray(new Float32Array(T * T).fill(1 / T), [T, T]);
  const labels = Array.from({ length: T }, (_, i) => String(i));
  const panels = ["a0.h0", "a0.h1", "a1.h0"].map((title) => ({ title, pattern }));
  const svg = await renderSvg(attentionHeatmap(panels, { model: "m", labels }));
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  // A PNG has two pixels for each and takes 16,384 a side.
  assert.ok(width! < 2000 && height! < 1000, `${width} by ${height}`);
  assert.match(svg, />280<\/text>/);
  assert.doesNotMatch(svg, />281<\/text>/);
});

Deno.test("attentionProportionLine() runs over 0 to 100 without start years that nobody had", async () => {
  const data = new Float32Array(97).fill(0.5);
  data[40] = NaN;
  const spec = attentionProportionLine({ "a7.h10": hostArray(data, [97]) }, { model: "m" });
  assert.equal(spec.name, "attn_proportion");
  const svg = await renderSvg(spec);
  assert.match(svg, />100<\/text>/);
  assert.match(String((spec.title as { text: string }).text), /^m a7\.h10 /);
  assert.throws(
    () => attentionProportionLine({ "a7.h10": draws([96]) }, { model: "m" }),
    NeuriteError,
  );
});

Deno.test("yearPalette() is the original's 97 colours", () => {
  const colors = yearPalette();
  assert.equal(colors.length, 97);
  assert.deepEqual([colors[0], colors[96]], ["#e79700", "#450699"]);
  assert.equal(new Set(colors).size, 97);
});

Deno.test("pcaFigures() has the paper's panels in order, ticks at the first only", async () => {
  const [entry] = pcaFigures(runArrays(), { model: "GPT-2 Small" });
  assert.equal(entry!.name, "pca-analysis");
  const { hconcat } = entry!.spec as unknown as {
    hconcat: {
      title: { text: string };
      encoding: { y: { axis: { ticks: boolean }; scale: { domain: number[] } } };
    }[];
  };
  assert.deepEqual(
    hconcat.map(({ title }) => title.text),
    ["MLP 8 Input", "a7.h10 Output", "a7.h8 Output", "Static Embeddings"].map((t) => `PCA of ${t}`),
  );
  assert.deepEqual(hconcat.map(({ encoding }) => encoding.y.axis.ticks), [
    true,
    false,
    false,
    false,
  ]);
  const [first, ...others] = hconcat.map(({ encoding }) => encoding.y.scale.domain);
  for (const domain of others) assert.deepEqual(domain, first);
  const svg = await renderSvg(entry!.spec);
  assert.equal(await marks(entry!.spec), 4 * 2 * 97);
  for (const part of [">02</text>", ">98</text>", "#e79700", "#450699"]) {
    assert.equal(svg.split(part).length - 1, 4, part);
  }
});

Deno.test("pcaFigures() refuses components without their share of variance or of another shape", () => {
  const { "pca_a7.h10": points } = runArrays();
  const without = () => pcaFigures({ "pca_a7.h10": points! }, { model: "m" });
  assert.throws(without, /no array pca_explained_a7\.h10/);
  const bad = { "pca_embedding": draws([97, 3]), "pca_explained_embedding": draws([2]) };
  assert.throws(() => pcaFigures(bad, { model: "m" }), NeuriteError);
  assert.deepEqual(pcaFigures({}, { model: "m" }), []);
});
