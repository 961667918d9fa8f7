import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Resvg } from "@resvg/resvg-wasm";
import { type HostArray, hostArray } from "../../array.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { figureMeta } from "../figure_meta.ts";
import { renderSvg } from "../render.ts";
import { renderPng } from "../render_png.ts";
import { ippHeatmap } from "./ipp_heatmap.ts";
import { YEAR_LABELS, YY_LABELS, YY_TICKS, YY_TICKS_BY_FIVE } from "./labels.ts";
import { logitLensHeatmap, minusFirstColumn } from "./logit_lens_heatmap.ts";
import { probabilityHeatmap } from "./probability_heatmap.ts";
import { probabilitySlice, sliceRow } from "./probability_slice.ts";

const EXPECTED = new URL("../../../tests/fixtures/gpt2-mini/expected.safetensors", import.meta.url);

/** Probabilities of a perfect greater-than: even over the later years. */
function ideal(): HostArray<Float32Array> {
  const data = Float32Array.from({ length: 9700 }, (_, i) => {
    const [yy, year] = [Math.floor(i / 100) + 2, i % 100];
    return year > yy ? 1 / (99 - yy) : 0;
  });
  return hostArray(data, [97, 100]);
}

Deno.test("labels run from 02 to 98 and from 0 to 99", () => {
  assert.equal(YY_LABELS.length, 97);
  assert.deepEqual([YY_LABELS[0], YY_LABELS[96]], ["02", "98"]);
  assert.equal(YEAR_LABELS.length, 100);
  assert.deepEqual(YY_TICKS.slice(0, 3), ["02", "10", "20"]);
  assert.deepEqual(YY_TICKS_BY_FIVE.slice(0, 3), ["02", "07", "12"]);
});

Deno.test("probabilityHeatmap() is titled, ranged and ordered as the paper's", async () => {
  const spec = probabilityHeatmap(ideal(), { model: "GPT-2 Small" });
  const svg = await renderSvg(spec);
  assert.match(svg, /<title [^>]*>GPT-2 Small Probability Heatmap<\/title>/);
  for (const label of ["Predicted Year", "YY", "Probability", "0.25"]) {
    assert.match(svg, new RegExp(`>${label}</text>`));
  }
  const y = (label: string) =>
    Number(new RegExp(`translate\\(-\\d+,([\\d.]+)\\)"[^>]*>${label}</text>`).exec(svg)![1]);
  assert.ok(y("02") < y("50") && y("50") < y("98"));
  assert.ok(svg.length < 400_000);
});

Deno.test("probabilitySlice() is the row of its year", async () => {
  const spec = probabilitySlice(ideal(), { model: "GPT-2 Small" });
  assert.match(String(spec.description), /Years above 41 sum to 1\.000, years up to 41 to 0\.000/);
  assert.equal(sliceRow(ideal(), 41).findIndex((p) => p > 0), 42);
  assert.match(await renderSvg(spec), />YY = 41<\/text>/);
  assert.throws(() => sliceRow(ideal(), 99), /year 99/);
});

Deno.test("ippHeatmap() names heads and the MLP for any model", async () => {
  const scores = hostArray(Float32Array.from({ length: 20 }, (_, i) => i / 10 - 1), [4, 5]);
  const spec = ippHeatmap([{ scores }], { name: "ipp", title: "IPP" });
  const table = figureMeta(spec).table!;
  assert.deepEqual(table.columns, ["0", "1", "2", "3", "mlp"]);
  assert.deepEqual(table.rows, ["0", "1", "2", "3"]);
  assert.match(await renderSvg(spec), />prob diff variation<\/text>/);
});

Deno.test("logitLensHeatmap() can subtract each row's first column", () => {
  const lens = hostArray(Float32Array.from({ length: 9700 }, (_, i) => i), [97, 100]);
  assert.deepEqual([...minusFirstColumn(lens).data.slice(100, 103)], [0, 1, 2]);
  const spec = logitLensHeatmap([{ lens, title: "MLP 10" }], {
    name: "lens",
    title: "Lens",
    minusFirstColumn: true,
  });
  assert.equal(figureMeta(spec).table!.panels[0]!.values[96]![99], 99);
});

Deno.test("all figures of the mini model's expected arrays draw, the same twice", async () => {
  const arrays = await readSafetensors(fileURLToPath(EXPECTED));
  const get = (name: string) => arrays[name]!;
  const specs = [
    probabilityHeatmap(get("probs"), { model: "gpt2-mini" }),
    probabilityHeatmap(get("probs_ms"), { model: "gpt2-mini", prefix: "Patched", palette: "amp" }),
    probabilitySlice(get("probs"), { model: "gpt2-mini", yy: 98 }),
    ippHeatmap([{ scores: get("ipp_logits") }], { name: "ipp", title: "IPP", limit: 0.5 }),
    logitLensHeatmap(
      ["m11", "m10", "m9", "m8"].map((m) => ({ lens: get(`logit_lens_${m}`), title: m })),
      { name: "mlps", title: "MLPs", minusFirstColumn: true, sharedScale: false },
    ),
  ];
  for (const spec of specs) {
    const svg = await renderSvg(spec);
    assert.equal(await renderSvg(spec), svg);
    assert.ok(svg.length < 400_000, `${spec.name}: ${svg.length}`);
  }
});

Deno.test("probabilityHeatmap() puts each cell where its labels stand", async () => {
  const data = new Float32Array(9700);
  const [yy, year] = [41, 77];
  data[(yy - 2) * 100 + year] = 0.25;
  const svg = await renderSvg(probabilityHeatmap(hostArray(data, [97, 100]), { model: "m" }));
  const png = await renderPng(svg, { scale: 1 });
  const origin = /<g fill="none"[^>]*transform="translate\((\d+),(\d+)\)"/.exec(svg)!.map(Number);
  using resvg = freed(
    new Resvg(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width(png)}" height="900">` +
        `<image width="${width(png)}" height="${
          height(png)
        }" href="data:image/png;base64,${png.toBase64()}"/></svg>`,
    ),
  );
  using image = freed(resvg.value.render());
  const red = (x: number, y: number) => image.value.pixels[4 * (y * width(png) + x)]!;
  const [x0, y0] = [origin[1]! + 4 * year, origin[2]! + 4 * (yy - 2)];
  for (const d of [1, 2]) assert.ok(red(x0 + d, y0 + d) < 40);
  for (const [dx, dy] of [[-2, 2], [5, 2], [2, -2], [2, 5]] as const) {
    assert.ok(red(x0 + dx, y0 + dy) > 230);
  }
});

function width(png: Uint8Array): number {
  return new DataView(png.buffer, png.byteOffset).getUint32(16);
}

function height(png: Uint8Array): number {
  return new DataView(png.buffer, png.byteOffset).getUint32(20);
}

function freed<T extends { free(): void }>(value: T) {
  return { value, [Symbol.dispose]: () => value.free() };
}
