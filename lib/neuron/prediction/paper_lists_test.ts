import assert from "node:assert/strict";
import { readCsv } from "../../store/format/read_csv.ts";
import { APPENDIX_NEURONS, CODE_NEURONS, TABLE_NEURONS } from "./paper_lists.ts";

const PUBLISHED = "../shared/published/interpretable_neurons/stanford-gpt2-medium-a";

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test("paper_lists has the rows that the release has, by count and by flag", () => {
  assert.equal(TABLE_NEURONS.length, 136);
  assert.equal(new Set(TABLE_NEURONS.map(({ neuron }) => neuron)).size, 130);
  assert.equal(TABLE_NEURONS.filter(({ suppresses }) => suppresses).length, 55);
  assert.equal(CODE_NEURONS.length, 144);
  assert.equal(new Set(CODE_NEURONS.map(({ feature }) => feature)).size, 27);
  const other = TABLE_NEURONS.filter(({ suppresses }, i) =>
    CODE_NEURONS[i]!.suppresses !== suppresses
  );
  assert.equal(other.length, 8);
  assert.equal(APPENDIX_NEURONS.length, 30);
});

Deno.test({
  name: "paper_lists is the published table when that is there",
  ignore: !isThere(`${PUBLISHED}/prediction_neurons.csv`),
  fn: async () => {
    const { columns } = await readCsv(`${PUBLISHED}/prediction_neurons.csv`);
    const column = (name: string) => Array.from(columns.get(name)!, String);
    const rows = column("layer").map((layer, i) => [
      `${layer}.${column("neuron")[i]}`,
      column("feature")[i]!,
      /true/i.test(column("is_surpress")[i]!),
    ]);
    const key = (row: readonly unknown[]) => row.join(" ");
    const own = TABLE_NEURONS.map(({ neuron, feature, suppresses }) => [
      neuron,
      feature,
      suppresses,
    ]);
    assert.deepEqual(own.map(key).sort(), rows.map(key).sort());
  },
});
