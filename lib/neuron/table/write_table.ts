/**
 * The files and numbers of a neuron table.
 *
 * @module
 */
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { SummaryNumbers, SummaryValue } from "../../store/run/summary.ts";
import { type JoinedTable, NEURON_COLUMNS } from "./columns.ts";
import type { PublishedComparison } from "./compare_published.ts";
import { tableColumns } from "./join_table.ts";
import { tableNumbers, universalRows } from "./numbers.ts";
import { printedCounts } from "./oracle.ts";
import type { TableSource } from "./sources.ts";
import { encodeNeuronCsv } from "./table_csv.ts";

/** What is written of a table. */
export interface WriteTableOptions {
  readonly sources: readonly TableSource[];
  readonly csv: boolean;
  readonly isOriginal: boolean;
  readonly comparison?: PublishedComparison | undefined;
}

/**
 * Writes `tables/neuron_df`, `tables/universal` where there is an excess, `tables/published` where there
 * is a comparison, and the summary; gives back the summary.
 */
export async function writeTable(
  run: RunFolder,
  table: JoinedTable,
  { sources, csv, isOriginal, comparison }: WriteTableOptions,
): Promise<SummaryNumbers> {
  const write = async (name: string, rows?: Int32Array) => {
    const columns = tableColumns(table, { isOriginal, rows });
    await run.writeTable(name, columns);
    if (csv) await run.writeFile(`tables/${name}.csv`, encodeNeuronCsv(columns));
  };
  await write("neuron_df");
  if (table.columns.excess_corr) await write("universal", universalRows(table));
  if (comparison) await writeComparison(run, comparison, csv);
  const { model, absent, columns, layers } = table;
  const numbers: SummaryNumbers = {
    model: model ?? null,
    ...tableNumbers(table, layers),
    columns: Object.keys(NEURON_COLUMNS).filter((name) => Object.hasOwn(columns, name)),
    "absent_columns": absent,
    "original_precision": isOriginal,
    sources: Object.fromEntries(
      sources.map(({ kind, facts }) => [kind, facts as unknown as SummaryNumbers]),
    ),
    ...(comparison && { published: comparisonNumbers(comparison) }),
  };
  const printed = Object.entries(printedCounts(model)).filter(([name]) => name in numbers);
  const paper = printed.length > 0 ? Object.fromEntries(printed) : undefined;
  await run.writeSummary(numbers, paper);
  return numbers;
}

async function writeComparison(
  run: RunFolder,
  { columns }: PublishedComparison,
  csv: boolean,
): Promise<void> {
  const float = (name: string, values: number[]) => ({ name, type: "float64" as const, values });
  await run.writeTable("published", [
    { name: "column", type: "string", values: columns.map(({ name }) => name) },
    { name: "neurons", type: "int32", values: columns.map(({ neurons }) => neurons) },
    float("max_difference", columns.map(({ maxDifference }) => maxDifference)),
    float("mean_difference", columns.map(({ meanDifference }) => meanDifference)),
    float("rank_correlation", columns.map(({ rankCorrelation }) => rankCorrelation)),
    { name: "worst_neuron", type: "string", values: columns.map(({ worst }) => worst) },
  ], { csv });
}

/** NaN is no number of JSON. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function comparisonNumbers(
  { neurons, repeated, columns, universal }: PublishedComparison,
): SummaryNumbers {
  const byColumn = columns.map((one): [string, SummaryValue] => [one.name, {
    neurons: one.neurons,
    "max_difference": finite(one.maxDifference),
    "mean_difference": finite(one.meanDifference),
    "rank_correlation": finite(one.rankCorrelation),
    "worst_neuron": one.worst,
  }]);
  return {
    neurons,
    "repeated_rows": repeated,
    columns: Object.fromEntries(byColumn),
    ...(universal && { universal: { ...universal, jaccard: finite(universal.jaccard) } }),
  };
}
