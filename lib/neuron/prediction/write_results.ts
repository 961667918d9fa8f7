/**
 * The files of a finished run of prediction, and its numbers beside the release's.
 *
 * @module
 */
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { PredictionResult } from "./compute.ts";
import { LISTED_MODEL } from "./paper_lists.ts";
import {
  featureColumns,
  momentColumns,
  neuronColumns,
  predictionSummary,
  scoreArrays,
} from "./prediction_tables.ts";
import { judgeListed, judgePrinted, listedNumbers } from "./published.ts";

/** What names the results. */
export interface PredictionNames {
  readonly layout: string;
  readonly effect: string;
  /** The border of kurtosis. */
  readonly kurt: number;
}

/** Writes arrays, tables and summary, and gives the report's numbers. */
export async function writePrediction(
  run: RunFolder,
  { moments, vocabulary, scored, named }: PredictionResult,
  { layout, effect, kurt }: PredictionNames,
) {
  await run.writeArrays(scoreArrays(scored, vocabulary));
  await run.writeTable("neurons", neuronColumns(named));
  await run.writeTable("features", featureColumns(vocabulary));
  await run.writeTable("moments", momentColumns(moments));
  const { model } = moments[0]!;
  const printed = judgePrinted(moments, kurt);
  const listed = model === LISTED_MODEL ? listedNumbers(judgeListed(scored, vocabulary)) : [];
  const judged = printed.map(({ name, value, paper, verdict }) =>
    [name, { value, paper, verdict }] as const
  );
  await run.writeSummary({
    model,
    layout,
    effect,
    tokens: vocabulary.ids.length,
    features: vocabulary.features.length,
    ...predictionSummary(moments, named, kurt),
    printed: Object.fromEntries(judged),
    listed: Object.fromEntries(listed.map(({ name, value }) => [name, value])),
  });
  return [...printed, ...listed];
}
