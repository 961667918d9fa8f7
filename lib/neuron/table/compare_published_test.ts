import assert from "node:assert/strict";
import { comparePublished } from "./compare_published.ts";
import type { CsvRows } from "./csv_rows.ts";
import type { JoinedTable } from "./columns.ts";

const TABLE: JoinedTable = {
  model: "m",
  layers: 2,
  absent: [],
  layer: Int32Array.of(0, 0, 1, 1),
  neuron: Int32Array.of(0, 1, 0, 1),
  columns: {
    "min_corr": Float64Array.of(0.9, 0.8, 0.1, 0.95),
    "max_baseline": Float64Array.of(0.1, 0.4, 0.1, 0.1),
    "excess_corr": Float64Array.of(0.7, 0.6, 0.1, NaN),
    "kurt": Float64Array.of(3, 4, 5, 6),
  },
};

/** Rows that name neurons 1.0, 0.1, 0.1 again and 1.1. */
function rows(changes: Partial<CsvRows>): CsvRows {
  const [layer, neuron] = [Int32Array.of(1, 0, 0, 1), Int32Array.of(0, 1, 1, 1)];
  return { path: "published.csv", layer, neuron, texts: {}, columns: {}, ...changes };
}

Deno.test("comparePublished() compares shared columns by neuron and the universal sets", () => {
  const columns = {
    "excess_corr": Float64Array.of(0.55, 0.61, 0.1, 0.9),
    "kurt": Float64Array.of(5.5, 4, 0, 6),
    "skew": Float64Array.of(1, 1, 1, 1),
  };
  const found = comparePublished(TABLE, rows({ columns }));
  assert.deepEqual([found.neurons, found.repeated], [3, 1]);
  const [kurt, excess] = found.columns;
  assert.deepEqual([kurt!.name, kurt!.neurons, kurt!.worst], ["kurt", 3, "1.0"]);
  assert.equal(kurt!.maxDifference, 0.5);
  assert.equal(kurt!.rankCorrelation, 1);
  // Neuron 1.1 is NaN here.
  assert.deepEqual([excess!.neurons, excess!.worst], [2, "1.0"]);
  assert.deepEqual(found.universal, { published: 3, ours: 2, both: 1, jaccard: 0.25 });
});

Deno.test("comparePublished() compares the older excess by its own definition", () => {
  const oldExcess = Float64Array.of(0, 0.4, 0.4, 0.85);
  const found = comparePublished(TABLE, rows({ oldExcess }));
  assert.deepEqual(found.columns.map(({ name }) => name), ["min_corr - max_baseline"]);
  assert.ok(found.columns[0]!.maxDifference < 1e-12);
  assert.deepEqual(found.universal, { published: 1, ours: 2, both: 1, jaccard: 0.5 });
});

Deno.test("comparePublished() refuses tables of other models and without a shared column", () => {
  const columns = { "kurt": Float64Array.of(1, 1, 1, 1) };
  const far = rows({ columns, neuron: Int32Array.of(0, 1, 2, 1) });
  assert.throws(() => comparePublished(TABLE, far), { code: "E-USAGE", message: /neuron 0\.2/ });
  assert.throws(() => comparePublished(TABLE, rows({})), { code: "E-USAGE" });
});
