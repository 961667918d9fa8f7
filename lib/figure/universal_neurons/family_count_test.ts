import assert from "node:assert/strict";
import { madeColumns, type MadeNeurons } from "../../../tests/neuron_df_runs.ts";
import { renderSvg } from "../render.ts";
import { familyCount, familyFigures, familyNumbers, familyTables } from "./family_count.ts";
import { drawFromTables, type NeuronTable } from "./neuron_tables.ts";

const MADE: MadeNeurons = {
  model: "stanford-gpt2-small-a",
  layers: 3,
  width: 200,
  seed: 1,
  share: 0.05,
};

function tableOf(
  made: MadeNeurons,
  change: (columns: Record<string, Float64Array>) => void = () => {},
) {
  const columns: Record<string, Float64Array> = { ...madeColumns(made) };
  change(columns);
  const layer = Float64Array.from(
    { length: made.layers * made.width },
    (_, i) => Math.floor(i / made.width),
  );
  return { model: made.model, source: made.model, layer, columns } satisfies NeuronTable;
}

Deno.test("familyCount() counts neurons above the border, not at it", () => {
  const table = tableOf(MADE, (columns) => {
    columns.excess_corr!.fill(0.1);
    columns.excess_corr!.set([0.5, 0.51, 0.9]);
    columns.vocab_kurt!.fill(3);
    columns.vocab_kurt!.set([11, 10, 12]);
    columns.max_corr!.fill(0.4);
    columns.min_corr!.fill(0.3);
    columns.min_corr!.set([0, 0.2, 0.1]);
  });
  const { neurons, universal, share, paper, fewTokens, spread } = familyCount(table, 0.5);
  assert.deepEqual([neurons, universal, fewTokens], [600, 2, 1]);
  assert.equal(share, 2 / 600);
  assert.equal(paper, 1533 / 36_864);
  assert.ok(Math.abs(spread!.universal - 0.25) < 1e-12);
  const [number] = familyNumbers([familyCount(table, 0.5)]);
  assert.deepEqual([number!.value, number!.paper], [share, paper]);
});

Deno.test("familyFigures() are drawn of several models, with the paper's share where it has one", async () => {
  const tables = [tableOf(MADE), tableOf({ ...MADE, model: "other", seed: 2 })];
  const { figures, leftOut } = drawFromTables(familyFigures(0.5), tables);
  assert.deepEqual(leftOut, []);
  assert.deepEqual(figures.map(({ name }) => name), [
    "neuron_correlation_densities",
    "universal-share",
    "universal-by-layer",
  ]);
  for (const { name, spec } of figures) {
    assert.equal(spec.name, name);
    assert.match(await renderSvg(spec), />other<\/text>/, name);
  }
  assert.deepEqual(figures[1]!.table!.rows.map((row) => row[5]), ["4.159 %", ""]);
  const counted = figures[2]!.table!.rows.filter(([model]) => model === "other")
    .reduce((sum, row) => sum + Number(row[2]) + Number(row[3]), 0);
  assert.equal(counted, 30);
});

Deno.test("familyFigures() leave out values that are not finite, and figures without their columns", async () => {
  const table = tableOf(MADE, (columns) => {
    columns.excess_corr![0] = NaN;
    delete columns.vocab_kurt;
  });
  const { figures, leftOut } = drawFromTables(familyFigures(0.5), [table]);
  for (const { spec } of figures) await renderSvg(spec);
  assert.deepEqual(figures.map(({ name }) => name), [
    "neuron_correlation_densities",
    "universal-share",
  ]);
  assert.deepEqual(leftOut, [
    "left out universal-by-layer, stanford-gpt2-small-a: no vocab_kurt; deno task un:weights and " +
    "then deno task un:neuron-df make it",
  ]);
});

Deno.test("familyTables() count each layer, and leave out what a table has not", () => {
  const bare = { ...tableOf(MADE), columns: {} };
  const { universal, universal_by_layer: byLayer } = familyTables([tableOf(MADE), bare], 0.5);
  assert.equal(universal!.rows.length, 1);
  const [[, neurons, count, share, few]] = universal!.rows as [number[]];
  assert.deepEqual([neurons, count, share], [600, 30, 0.05]);
  assert.equal(byLayer!.rows.length, MADE.layers);
  const sum = (column: number) =>
    byLayer!.rows.reduce((total, row) => total + Number(row[column]), 0);
  assert.deepEqual([sum(2), sum(2) + sum(3)], [few, 30]);
  assert.ok(!("universal_by_layer" in familyTables([bare], 0.5)));
});
