/**
 * The files of a finished summary: arrays of all rows and of each subset, their tables, the numbers.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../../array.ts";
import { warn } from "../../cli/log.ts";
import { openSafetensors } from "../../store/format/safetensors.ts";
import { streamSafetensors } from "../../store/format/safetensors_stream.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { fileName } from "../file_name.ts";
import type { PartResult } from "./compute.ts";
import {
  type ActivityColumns,
  activityColumns,
  activitySummary,
  activityTable,
  type MomentArrays,
} from "./neuron_table.ts";
import type { RowPart, SummarySetup } from "./setup.ts";

/** What all rows gave, for the report. */
export interface PooledResult {
  readonly columns: ActivityColumns;
  readonly bins: HostArray;
  readonly examples: { readonly values: HostArray; readonly offsets: HostArray };
  /** Where only the tokens of the largest means were kept. */
  readonly means: HostArray | undefined;
}

/** What names the results. */
export interface ResultNames {
  readonly script: string;
  readonly model: string;
  readonly layers: number;
  readonly width: number;
  readonly csv: boolean;
}

/**
 * File names of the subsets: their own where a file can have them, with `_` for anything else, and a
 * number where that makes two alike.
 */
export function subsetFileNames(parts: readonly Pick<RowPart, "name">[]): string[] {
  const taken = new Set<string>();
  return parts.map(({ name = "" }) => {
    const plain = fileName(name);
    let file = plain;
    for (let i = 2; taken.has(file); i++) file = `${plain}-${i}`;
    taken.add(file);
    return file;
  });
}

/** Writes arrays, tables and summary, and warns of what is not as it should be in them. */
export async function writeResults(
  run: RunFolder,
  setup: SummarySetup,
  { results, names }: { results: readonly PartResult[]; names: ResultNames },
): Promise<PooledResult> {
  const files = subsetFileNames(setup.parts);
  const subsets: Record<string, SummaryNumbers> = {};
  let pooled: { written: Written; numbers: SummaryNumbers } | undefined;
  for (const result of results) {
    const { part } = result;
    const file = part && files[setup.parts.indexOf(part)]!;
    const written = await writePart(run, setup, { result, file, names });
    const numbers = activitySummary(written.columns, written.moments);
    if (part === undefined) pooled = { written, numbers };
    else subsets[part.name!] = { rows: part.rows.length, file: `subset_${file}`, ...numbers };
  }
  const { written, numbers } = pooled!;
  const broken = numbers["non_finite_neurons"] as number;
  if (broken > 0) {
    warn(`${broken} neurons have activations that are not finite: counted, not binned`);
  }
  const { script: _script, model, layers } = names;
  const [rows, T] = setup.tokens.shape as [number, number];
  const facts = { model, layers, rows, tokens: rows * T, "tokens_a_row": T };
  await run.writeSummary({
    ...facts,
    "token_ids_seen": setup.pooled.counts.filter((count) => count > 0).length,
    ...numbers,
    ...(setup.isLabelled && { subsets }),
  });
  return written;
}

interface Written extends PooledResult {
  readonly moments: MomentArrays;
}

async function writePart(
  run: RunFolder,
  setup: SummarySetup,
  { result: { part, arrays }, file, names }: {
    result: PartResult;
    file: string | undefined;
    names: ResultNames;
  },
): Promise<Written> {
  const arraysFile = `${file === undefined ? "arrays" : `subset_${file}`}.safetensors`;
  const metadata = { suite: "neurite", script: names.script };
  await run.writeFile(arraysFile, streamSafetensors(arrays, metadata));
  await using stored = await openSafetensors(join(run.directory, arraysFile));
  const bins = await stored.read("neuron_bin_counts");
  const rows = part?.rows.length ?? setup.tokens.shape[0]!;
  const columns = activityColumns(bins, rows * setup.tokens.shape[1]!);
  const moments = {
    "pre_mean": await stored.read("pre_mean"),
    "pre_var": await stored.read("pre_var"),
    "pre_skew": await stored.read("pre_skew"),
    "pre_kurt": await stored.read("pre_kurt"),
  };
  const table = file === undefined ? "neurons" : `neurons_${file}`;
  const { csv, width } = names;
  await run.writeTable(table, activityTable(columns, moments, width), { csv });
  const examples = {
    values: await stored.read("max_activating_value"),
    offsets: await stored.read("max_activating_index"),
  };
  const isRanked = stored.names().includes("vocab_mean_ix");
  const means = isRanked ? await stored.read("vocab_mean_ix") : undefined;
  return { columns, moments, bins, examples, means };
}
