// The neuron tables that the original release ships, where they are at hand, through the readers of neuron_df.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { COLUMN_NAMES, type NeuronColumn, neuronName } from "../lib/neuron/table/columns.ts";
import { type CsvRows, readNeuronCsv } from "../lib/neuron/table/csv_rows.ts";
import { float16Decimal, float32Decimal } from "../lib/neuron/table/number_text.ts";
import { tableNumbers, universalRows } from "../lib/neuron/table/numbers.ts";
import { printedCounts } from "../lib/neuron/table/oracle.ts";
import { tableColumns } from "../lib/neuron/table/join_table.ts";
import { encodeNeuronCsv } from "../lib/neuron/table/table_csv.ts";

const PUBLISHED = "../shared/published/interpretable_neurons";
const MODELS = existsSync(PUBLISHED)
  ? { "stanford-gpt2-small-a": 12, "stanford-gpt2-medium-a": 24, "pythia-160m": 12 }
  : {};
const ROWS: Record<string, number> = {
  "stanford-gpt2-small-a": 1533,
  "stanford-gpt2-medium-a": 1211,
  "pythia-160m": 465,
};

/** Columns that the original keeps as float16, and those it keeps as float32. */
const FLOAT16 = ["max_corr", "min_corr", "max_baseline", "min_baseline"] as const;
const FLOAT32 = COLUMN_NAMES.filter((name) =>
  !/_corr$|_baseline$/.test(name) && name !== "l2_penalty"
);

function most(table: CsvRows, apart: (row: number) => number): number {
  return Math.max(...Array.from(table.layer, (_, row) => apart(row)));
}

async function namesOf(path: string): Promise<Set<string>> {
  const table = await readNeuronCsv(path);
  return new Set(Array.from(table.layer, (_, row) => neuronName(table, row)));
}

for (const [model, layers] of Object.entries(MODELS)) {
  Deno.test(`the universal neurons of ${model} are read whole and keep their identities`, async () => {
    const path = join(PUBLISHED, model, "universal.csv");
    const table = await readNeuronCsv(path);
    const columns = table.columns as Record<NeuronColumn, Float64Array>;
    assert.equal(table.layer.length, ROWS[model]);
    assert.deepEqual(Object.keys(columns).sort(), [...COLUMN_NAMES].sort());
    assert.deepEqual(table.texts, {});
    for (const name of COLUMN_NAMES) assert.ok(columns[name].every(Number.isFinite), name);
    const { excess_corr: excess, mean_corr: mean, mean_baseline: baseline } = columns;
    assert.ok(most(table, (row) => Math.abs(mean[row]! - baseline[row]! - excess[row]!)) <= 2e-16);
    assert.equal(universalRows(table).length, ROWS[model]);
    const penalty = most(table, (row) => {
      const sum = columns.w_in_norm[row]! ** 2 + columns.w_out_norm[row]! ** 2;
      return Math.abs(sum - columns.l2_penalty[row]!);
    });
    assert.ok(penalty <= 4.5e-16, String(penalty));
    for (const name of FLOAT16) {
      assert.ok(columns[name].every((x) => float16Decimal(x) === x), `${name} has more digits`);
    }
    for (const name of FLOAT32) {
      assert.ok(columns[name].every((x) => float32Decimal(x) === x), `${name} has more digits`);
    }
    const pairs = model === "pythia-160m" ? 3 : 4;
    const inside = most(table, (row) => {
      const [top, low] = [columns.max_corr[row]!, columns.min_corr[row]!];
      const between = pairs * mean[row]! - top - low;
      const slack = Math.max(low * (pairs - 2) - between, between - top * (pairs - 2));
      return slack;
    });
    assert.ok(inside <= 1e-12, "a mean over pairs lies between the extremes");

    const numbers = tableNumbers(table, layers);
    for (const [name, printed] of Object.entries(printedCounts(model))) {
      // These are over all neurons of the model; the table has the universal ones.
      if (name === "universal_share" || name === "corr_spread_all") continue;
      assert.deepEqual(numbers[name], printed, name);
    }
    if (model === "stanford-gpt2-small-a") assert.ok(Math.min(...excess) - 0.50006 < 1e-5);
    // Of its 1,211 the paper takes the mean over the 1,209 that it explained.
    if (model === "stanford-gpt2-medium-a") {
      assert.ok(Math.abs(Number(numbers["corr_spread_universal"]) - 0.1053) < 2e-4);
    }

    const written = [...encodeNeuronCsv(tableColumns(table, { isOriginal: true }))];
    const text = written.map((chunk) => new TextDecoder().decode(chunk)).join("");
    const lines = (csv: string) => csv.trim().split("\n");
    const [mine, theirs] = [lines(text), lines(await Deno.readTextFile(path))];
    const differing = mine.filter((line, i) => line !== theirs[i]);
    assert.deepEqual(differing, [], "written as it was read");
  });
}

if (existsSync(PUBLISHED)) {
  const small = join(PUBLISHED, "stanford-gpt2-small-a");

  Deno.test("the older table of small-a has the older excess and mostly the same neurons", async () => {
    const old = await readNeuronCsv(join(small, "high_excess_correlation.csv"));
    const table = await readNeuronCsv(join(small, "universal.csv"));
    assert.equal(old.layer.length, 497);
    assert.equal(old.columns.excess_corr, undefined);
    const { min_corr: least, max_baseline: baseline } = old.columns;
    const apart = most(
      old,
      (row) => Math.abs(least![row]! - baseline![row]! - old.oldExcess![row]!),
    );
    assert.ok(apart <= 6e-4, String(apart));
    old.texts[""]!.forEach((index, row) =>
      assert.equal(Number(index), old.layer[row]! * 3072 + old.neuron[row]!)
    );
    const rows = new Map(Array.from(table.layer, (_, row) => [neuronName(table, row), row]));
    const shared = [...old.layer.keys()].filter((row) => rows.has(neuronName(old, row)));
    assert.equal(shared.length, 493);
    for (const row of shared) {
      const other = rows.get(neuronName(old, row))!;
      for (const name of ["w_in_norm", "input_bias", "w_out_norm", "sparsity"] as const) {
        assert.equal(old.columns[name]![row], table.columns[name]![other], name);
      }
    }
  });

  Deno.test("the sub-Gaussian neurons of small-a are sorted by a kurtosis below 2", async () => {
    const table = await readNeuronCsv(join(small, "sub_gaussian_activation_kurtosis.csv"));
    const { kurt } = table.columns;
    assert.equal(kurt!.length, 194);
    assert.ok(kurt!.every((x, row) => x < 2 && (row === 0 || x >= kurt![row - 1]!)));
    const universal = await namesOf(join(small, "universal.csv"));
    const known = Array.from(table.layer, (_, row) => universal.has(neuronName(table, row)));
    assert.equal(known.filter(Boolean).length, 34);
  });

  Deno.test("the prediction neurons of medium-a keep repeated rows and their texts", async () => {
    const folder = join(PUBLISHED, "stanford-gpt2-medium-a");
    const table = await readNeuronCsv(join(folder, "prediction_neurons.csv"));
    const names = Array.from(table.layer, (_, row) => neuronName(table, row));
    assert.deepEqual([names.length, new Set(names).size], [136, 130]);
    assert.equal(table.texts["is_surpress"]!.filter((text) => text === "True").length, 55);
    const known = await namesOf(join(folder, "universal.csv"));
    assert.equal(names.filter((name) => known.has(name)).length, 59);
  });
}
