import assert from "node:assert/strict";
import { madeColumns, writeWeights } from "../../../tests/neuron_df_runs.ts";
import { inFolder } from "../../../tests/folders.ts";
import { readRun } from "../../store/run/read_run.ts";
import { figureMeta } from "../figure_meta.ts";
import { renderSvg } from "../render.ts";
import {
  firstOf,
  readWeightMaxima,
  sparsityFigures,
  sparsityNumbers,
  weightMaximaFigures,
} from "./mysteries.ts";
import { drawFromTables, type NeuronTable } from "./neuron_tables.ts";

const MADE = { model: "stanford-gpt2-small-a", layers: 2, width: 300, seed: 1, share: 0.05 };

function tableOf(made = MADE): NeuronTable {
  const layer = new Float64Array(made.layers * made.width);
  return { model: made.model, source: made.model, layer, columns: madeColumns(made) };
}

Deno.test("firstOf() takes the first column", () => {
  const data = Float32Array.of(0.5, 0.25, 1, 0.75);
  assert.deepEqual([...firstOf({ data, shape: [2, 2] })], [0.5, 1]);
});

Deno.test("sparsityFigures() count every neuron, and hold ρ against the paper's", async () => {
  const tables = [tableOf(), tableOf({ ...MADE, model: "other", seed: 2 })];
  const { figures: [figure] } = drawFromTables(sparsityFigures(), tables);
  const { panels } = figureMeta(figure!.spec).table!;
  for (const { values } of panels) {
    assert.equal(values.flat().reduce<number>((sum, count) => sum + count!, 0), 600);
  }
  const [own, other] = sparsityNumbers(tables);
  assert.equal(own!.paper, -0.69);
  assert.equal(other!.paper, undefined);
  assert.ok(own!.value < -0.5);
  const svg = await renderSvg(figure!.spec);
  assert.ok(svg.includes(`>ρ = ${own!.value.toFixed(2).replace("-", "−")}</text>`));
});

Deno.test("readWeightMaxima() finds the run of each table's model, and says which has none", () =>
  inFolder(async (folder) => {
    await writeWeights(folder, MADE);
    const runs = [await readRun(folder)];
    const narrow = { ...tableOf(), layer: new Float64Array(3) };
    const other = { ...tableOf(), model: "other", source: "other" };
    const bare = { ...tableOf(), columns: {} };
    const { maxima, leftOut } = await readWeightMaxima([tableOf(), narrow, other, bare], runs);
    assert.equal(maxima.length, 1);
    assert.equal(maxima[0]!.input.length, 600);
    assert.match(leftOut[0]!, /another number of neurons/);
    assert.match(leftOut[1]!, /other: no run of it in --weights; deno task un:weights makes it/);
    assert.match(leftOut[2]!, /no excess_corr; deno task un:correlations --baseline rotation/);
    assert.ok(maxima[0]!.leastOutput.every((least) => least <= 0));
    const [densities, both, excess] = weightMaximaFigures(maxima, 0.5);
    assert.match(await renderSvg(densities!.spec), />30 universal of 600<\/text>/);
    assert.match(await renderSvg(both!.spec), />min cos of output weights<\/text>/);
    assert.equal((await renderSvg(excess!.spec)).match(/<image /g)!.length, 2);
  }));
