import assert from "node:assert/strict";
import { join } from "node:path";
import { correlationSource } from "./correlation_source.ts";
import { joinTable, tableColumns } from "./join_table.ts";
import { tableNumbers, universalRows } from "./numbers.ts";
import { summarySource } from "./summary_source.ts";
import type { TableSource } from "./sources.ts";
import { encodeNeuronCsv } from "./table_csv.ts";
import { weightSource } from "./weight_source.ts";

const ORIGINAL = "tests/fixtures/original";
const PAIRS = ["tiny-a+tiny-b", "tiny-a+tiny-c"].map((pair) =>
  join(ORIGINAL, "correlation_results", pair, "pile.test.tiny.16")
);
const MODEL = join(ORIGINAL, "summary_data/tiny-a");

const originals = () =>
  Promise.all([
    correlationSource(PAIRS, { isOriginal: true }),
    weightSource(join(MODEL, "weights")),
    summarySource(join(MODEL, "activations")),
  ]);

Deno.test("joinTable() of the original's files is its own CSV, moments to float32", async () => {
  const table = joinTable(await originals());
  assert.deepEqual([table.model, table.layers, table.absent], ["tiny-a", 2, []]);
  const chunks = [...encodeNeuronCsv(tableColumns(table, { isOriginal: true }))];
  const text = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  const expected = await Deno.readTextFile(join(ORIGINAL, "neuron_df.csv"));
  const rows = (csv: string) => csv.trim().split("\n").map((line) => line.split(","));
  const [mine, theirs] = [rows(text), rows(expected)];
  assert.deepEqual(mine[0], theirs[0]);
  assert.equal(mine.length, theirs.length);
  // The original takes moments of a histogram in float32, here they are float64, then rounded.
  const moments = ["mean", "var", "skew", "kurt"].map((name) => mine[0]!.indexOf(name));
  for (let row = 1; row < mine.length; row++) {
    for (let column = 0; column < mine[0]!.length; column++) {
      const [one, other] = [mine[row]![column]!, theirs[row]![column]!];
      if (!moments.includes(column)) assert.equal(one, other, `${mine[0]![column]} of row ${row}`);
      const near = 3e-6 * Math.max(1, Math.abs(Number(other)));
      assert.ok(Math.abs(Number(one) - Number(other)) <= near, `${one} ${other}`);
    }
  }
});

Deno.test("joinTable() takes NaN of the original's correlations for 0", async () => {
  const { columns } = await correlationSource([PAIRS[1]!], { isOriginal: false });
  assert.ok(columns.max_corr!.every(Number.isFinite));
});

Deno.test("tableNumbers() counts universal neurons by layer, strictly above the threshold", async () => {
  const table = joinTable(await originals());
  const numbers = tableNumbers(table, table.layers);
  assert.deepEqual(numbers["universal_by_layer"], [0, 5]);
  assert.equal(numbers["universal_share"], 5 / 12);
  assert.equal(universalRows(table).length, 5);
  const columns = { "excess_corr": Float64Array.of(0.5, 0.5000001, NaN) };
  const places = Int32Array.of(0, 0, 0);
  assert.deepEqual([...universalRows({ layer: places, neuron: places, columns })], [1]);
});

Deno.test("joinTable() leaves out what no source has", async () => {
  const [correlations] = await originals();
  assert.throws(() => joinTable([correlations]), { code: "E-USAGE", message: /unknown number/ });
  assert.throws(() => joinTable([correlations], { layers: 5 }), { code: "E-USAGE" });
  assert.throws(() => joinTable([]), { code: "E-USAGE", message: /no source/ });
  const table = joinTable([correlations], { layers: 3 });
  assert.deepEqual([...table.layer], [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
  assert.equal(table.absent.length, 14);
  assert.equal(tableColumns(table).length, 9);
  const { "dead_neurons": dead, "vocab_kurt_above_10": standing } = tableNumbers(table, 3);
  assert.deepEqual([dead, standing], [0, undefined]);
});

Deno.test("joinTable() refuses sources of different models, sizes or files and names both", async () => {
  const [correlations, weights] = await originals();
  const refuses = (change: Partial<TableSource>, message: RegExp, own: Partial<TableSource> = {}) =>
    assert.throws(
      () => joinTable([{ ...correlations, ...own }, { ...weights, ...change }]),
      { code: "E-USAGE", message },
    );
  refuses({ model: "tiny-b" }, /weights of tiny-b \(2 layers of 6, 12 neurons\), expected tiny-a/);
  refuses(
    { neurons: 24, layers: 4 },
    /4 layers of 6, 24 neurons\), expected tiny-a \(12 neurons\)/,
  );
  refuses({ layers: 3 }, /3 layers of 4/, { layers: 2 });
  refuses({ weights: "x" }, /of other files/, { weights: "y", layers: 2 });
  const renamed = { ...weights, model: "another-name", weights: "x" };
  assert.equal(joinTable([{ ...correlations, weights: "x" }, renamed]).layers, 2);
});
