#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * One row a neuron: what correlations, weights and activations say of each.
 *
 * Paper:    Gurnee et al. 2024, sections 4 and 5; spec/universal_neurons.md section 1.5.
 * Shapes:   reads runs (or the original's files) with [L·F] rows; writes 21 columns of L·F rows.
 * Command:  deno task un:neuron-df --correlations C --weights W --summary S
 * Time:     seconds.
 * Expected: 1,533 of the 36,864 neurons of stanford-gpt2-small-a are universal (100 M tokens).
 */
import { join } from "node:path";
import { note, warn, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { comparePublished } from "../../lib/neuron/table/compare_published.ts";
import { correlationSource } from "../../lib/neuron/table/correlation_source.ts";
import { readNeuronCsv } from "../../lib/neuron/table/csv_rows.ts";
import { joinTable } from "../../lib/neuron/table/join_table.ts";
import { tableNumbers } from "../../lib/neuron/table/numbers.ts";
import { checkTable, judgeTable } from "../../lib/neuron/table/oracle.ts";
import { measureRows, reportNumbers } from "../../lib/neuron/table/report.ts";
import type { TableSource } from "../../lib/neuron/table/sources.ts";
import { summarySource } from "../../lib/neuron/table/summary_source.ts";
import { weightSource } from "../../lib/neuron/table/weight_source.ts";
import { writeTable } from "../../lib/neuron/table/write_table.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import { inputFile } from "../../lib/store/run/run_record.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";

export const meta = {
  id: "universal_neurons/neuron_df",
  task: "un:neuron-df",
  paper: "Gurnee et al. 2024",
  figure: "the neuron table behind sections 4 and 5",
  title: "The neuron table",
  question: "Which neurons are universal, and what else is known of each?",
  minutes: "seconds",
  outputs: [
    "tables/neuron_df.parquet (.csv): a row a neuron, the original's columns in its order",
    "tables/universal.parquet (.csv): the rows with an excess correlation above 0.5",
    "tables/published.parquet (.csv): beside a published table, column by column",
    "summary.json, report.html: universal neurons by layer, dead neurons, the comparison",
  ],
  example: "deno task un:neuron-df --correlations cache/results/universal_neurons/correlations " +
    "--weights cache/results/universal_neurons/weights",
};

export const options = defineOptions({
  correlations: {
    type: "list",
    of: "path",
    description: "A run of un:correlations, or the original's <a>+<b>/<dataset> of each pair.",
  },
  weights: { type: "path", description: "A run of un:weights, or the original's weights folder." },
  summary: {
    type: "path",
    description: "A run of un:summary, or the original's activations folder.",
  },
  layers: {
    type: "integer",
    min: 1,
    max: 1000,
    unit: "layers",
    description: "Layers of the model, where no source says.",
  },
  published: { type: "path", description: "A published CSV table to compare with." },
  csv: { type: "boolean", description: "Write the tables as CSV too." },
  originalPrecision: {
    type: "boolean",
    description: "Round correlations as the original's float16 files do.",
  },
  check: {
    type: "boolean",
    affects: "run",
    description: "Exit 3 when a number is outside its stated tolerance of the paper's.",
  },
  ...plotOptions("cache/results/universal_neurons/neuron_df"),
});

type Context = ScriptContext<typeof options>;

/** The sources that were given, read. */
async function openSources({ options: given }: Context): Promise<TableSource[]> {
  const { correlations, weights, summary, originalPrecision: isOriginal } = given;
  const sources = [
    correlations.length > 0 ? await correlationSource(correlations, { isOriginal }) : undefined,
    weights === undefined ? undefined : await weightSource(weights),
    summary === undefined ? undefined : await summarySource(summary),
  ];
  return sources.filter((source) => source !== undefined);
}

/** Joins the table, or finds it joined, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const { out, layers, csv, force, dryRun, check, published, originalPrecision: isOriginal } =
    context.options;
  const sources = await openSources(context);
  const table = joinTable(sources, { layers });
  const { absent, layer: { length: neurons } } = table;
  if (absent.length > 0) warn(`no source for ${absent.join(", ")}: left out`);
  const rows = published === undefined ? undefined : await readNeuronCsv(published);
  const comparison = rows && comparePublished(table, rows);
  const kinds = sources.map(({ kind }) => kind).join(", ");
  if (dryRun) {
    const text =
      `would join ${kinds} of ${neurons} neurons in ${table.layers} layers, into ${out}\n`;
    return { text };
  }
  const judged = judgeTable(table, tableNumbers(table, table.layers));
  const inputs = sources.flatMap((source) => source.inputs);
  if (published !== undefined) inputs.push(await inputFile("published", published));
  const identity = { script: meta.id, options: context.resultOptions, inputs };
  await runOnce(out, identity, { force, onNote: note }, async (run) => {
    const summary = await writeTable(run, table, { sources, csv, isOriginal, comparison });
    await writeReport(run, [], {
      title: meta.title,
      question: meta.question,
      command: commandLine(meta, context.argv),
      numbers: reportNumbers(summary, judged, comparison),
      provenance: {
        model: table.model ?? "not named by the sources",
        ...Object.fromEntries(sources.map(({ kind, path }) => [kind, path])),
        ...(published !== undefined && { published }),
        record: "run.json beside this page: versions, options, sha256 of every file",
      },
    });
    const { argv, recorded } = context;
    return { argv, options: recorded, seeds: {}, warnings: warningCount() };
  });
  const run = await readRun(out);
  const summary = await run.summary();
  const failure = check ? checkTable(table.model, judged) : undefined;
  return {
    text: terminalTable(["measure", "value"], measureRows(summary)) +
      `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
