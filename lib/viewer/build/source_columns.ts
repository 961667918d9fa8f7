import type { FinishedRun } from "../../store/run/read_run.ts";
import { joinColumns, type NumberColumns, type ShownColumn, tableColumns } from "./columns.ts";
import { neuronFeatures } from "./features.ts";
import type { ShownModel, ViewerRuns } from "./sources.ts";
import { tokenColumns } from "./token_columns.ts";

/** The neuron table's names of what a correlation run has over all its partners. */
const CORRELATION_ARRAYS = {
  "max_corr": "pairs_max_corr",
  "mean_corr": "pairs_mean_corr",
  "min_corr": "pairs_min_corr",
  "max_baseline": "pairs_max_baseline",
  "mean_baseline": "pairs_mean_baseline",
  "min_baseline": "pairs_min_baseline",
  "excess_corr": "excess_corr",
} as const;

/** The table's columns and the names that the column `feature` has places in. */
export interface SourceColumns {
  readonly columns: readonly ShownColumn[];
  readonly features: readonly string[];
}

async function correlationColumns(run: FinishedRun): Promise<NumberColumns> {
  await using file = await run.openArrays();
  const names = new Set(file.names());
  const columns: [string, ArrayLike<number | bigint>][] = [];
  for (const [column, array] of Object.entries(CORRELATION_ARRAYS)) {
    if (names.has(array)) columns.push([column, (await file.read(array)).data]);
  }
  return Object.fromEntries(columns);
}

async function tokensOf(
  run: FinishedRun | undefined,
  from: "summary" | "weights",
  { layers, width, vocabSize }: ShownModel,
): Promise<ShownColumn[]> {
  if (!run) return [];
  await using file = await run.openArrays();
  return await tokenColumns(file, from, { neurons: layers * width, vocabSize });
}

/** The columns of every run; what the joined table has is taken from there. */
export async function sourceColumns(
  { neuronDf, weights, summary, correlations, explain }: ViewerRuns,
  model: ShownModel,
): Promise<SourceColumns> {
  const { layers, width } = model;
  const features = explain && neuronFeatures(await explain.table("best_features"), {
    layers,
    width,
    path: explain.directory,
  });
  const numbers = joinColumns([
    ...(features ? [features.numbers] : []),
    ...(neuronDf ? [tableColumns(await neuronDf.table("neuron_df"))] : []),
    ...(correlations ? [await correlationColumns(correlations)] : []),
    ...(weights ? [tableColumns(await weights.table("neurons"))] : []),
    ...(summary ? [tableColumns(await summary.table("neurons"))] : []),
  ]);
  const texts = [
    ...(features?.column ? [features.column] : []),
    ...await tokensOf(summary, "summary", model),
    ...await tokensOf(weights, "weights", model),
  ];
  return {
    columns: [...texts, ...numbers],
    features: features?.names ?? [],
  };
}
