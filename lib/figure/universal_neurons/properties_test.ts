import assert from "node:assert/strict";
import { madeColumns } from "../../../tests/neuron_df_runs.ts";
import { renderSvg } from "../render.ts";
import { drawFromTables, type NeuronTable } from "./neuron_tables.ts";
import { propertyFigures } from "./properties.ts";

const [LAYERS, WIDTH] = [2, 400];

function tableOf(model: string, seed: number, share = 0.1): NeuronTable {
  const columns = madeColumns({ model, layers: LAYERS, width: WIDTH, seed, share });
  const layer = Float64Array.from({ length: LAYERS * WIDTH }, (_, i) => Math.floor(i / WIDTH));
  return { model, source: model, layer, columns };
}

/** Medians of the first panel, by place along the axis. */
function medians(spec: unknown): number[] {
  const { concat } = spec as {
    concat: [{ layer: { data: { values: { left: number; median: number }[] } }[] }];
  };
  const rows = concat[0].layer.find(({ data }) => "median" in (data.values[0] ?? {}))!.data.values;
  return rows.toSorted((a, b) => a.left - b.left).map(({ median }) => median);
}

Deno.test("propertyFigures() put universal neurons at percentiles within their layer", async () => {
  const { figures, leftOut } = drawFromTables(propertyFigures(0.5), [
    tableOf("a", 1),
    tableOf("b", 2),
  ]);
  assert.deepEqual(leftOut, []);
  assert.deepEqual(figures.map(({ name }) => name), [
    "universal_neurons_prop",
    "appendix_neuron_metrics_by_layer",
    "appendix_neuron_metrics_by_layer_2",
  ]);
  const [properties] = figures;
  const found = medians(properties!.spec);
  assert.equal(found.length, 8 * 2, "a box for each metric and model");
  // Universal neurons are made to fire rarely and with a large kurtosis.
  assert.ok(found[0]! < 25 && found[6]! > 90, found.join());
  for (const { spec } of figures) await renderSvg(spec);
});

Deno.test("propertyFigures() draw the metrics that there are, and count what is not finite", async () => {
  const table = tableOf("a", 1);
  const { sparsity: _, vocab_kurt: kurt, ...columns } = table.columns;
  const broken = kurt!.map((value, i) => i === 0 ? NaN : value);
  const { figures, leftOut } = drawFromTables(propertyFigures(0.5), [
    { ...table, columns: { ...columns, "vocab_kurt": broken } },
  ]);
  assert.equal(figures.length, 2);
  assert.match(figures[1]!.caption, / 1 values are not finite and left out/);
  assert.match(
    leftOut[0]!,
    /parts of universal_neurons_prop, a: no sparsity; deno task un:summary/,
  );
  for (const { spec } of figures) await renderSvg(spec);
});

Deno.test("propertyFigures() show every universal neuron where there are few", async () => {
  const { figures } = drawFromTables(propertyFigures(0.5), [tableOf("a", 1, 4 / 800)]);
  const { concat } = figures[1]!.spec as unknown as {
    concat: {
      encoding: { y: { scale: { domain: [number, number] } } };
      layer: { data: { values: { value?: number }[] } }[];
    }[];
  };
  assert.equal(concat.length, 7, "a row for each metric");
  for (const { encoding: { y: { scale: { domain: [low, high] } } }, layer } of concat) {
    const points = layer.flatMap(({ data }) => data.values).flatMap(({ value = [] }) => value);
    assert.equal(points.length, 4);
    for (const value of points) assert.ok(value > low && value < high);
  }
  for (const { spec } of figures) await renderSvg(spec);
});

Deno.test("propertyFigures() draw no percentiles where no neuron is universal", () => {
  const { figures, leftOut } = drawFromTables(propertyFigures(0.5), [tableOf("a", 1, 0)]);
  assert.deepEqual(figures.map(({ name }) => name), ["appendix_neuron_metrics_by_layer"]);
  assert.ok(leftOut.includes("left out universal_neurons_prop: no neuron of it is universal"));
});
