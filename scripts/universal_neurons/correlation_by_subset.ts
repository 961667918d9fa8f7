#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Correlations of neurons in each part of a corpus, drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024; the runs on the 22 subsets of the Pile (spec section 1.16).
 * Shapes:   reads pairs_mean_corr, pairs_mean_baseline [n] of each run.
 * Command:  deno task un:correlation-by-subset --run C_ARXIV,C_GITHUB
 * Time:     seconds.
 */
import { basename } from "node:path";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import {
  subsetFigures,
  subsetName,
} from "../../lib/figure/universal_neurons/correlation_by_subset.ts";
import {
  checkComparable,
  type CorrelationRun,
  readCorrelationRun,
} from "../../lib/figure/universal_neurons/correlation_runs.ts";
import { plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";

export const meta = {
  id: "universal_neurons/correlation_by_subset",
  task: "un:correlation-by-subset",
  paper: "Gurnee et al. 2024",
  figure: "correlations by subset of the Pile",
  title: "Correlations by subset of the corpus",
  question: "Are neurons as alike across models in code as in prose?",
  minutes: "seconds",
  outputs: [
    "figures/: correlation-by-subset, universal-by-subset",
    "report.html: both on one page, with their tables",
  ],
  example: "deno task un:correlation-by-subset --run c_arxiv,c_github,c_wikipedia",
};

export const options = defineOptions({
  run: {
    type: "list",
    of: "path",
    required: true,
    description: "Folders of finished runs of un:correlations --subset NAME, in the order to draw.",
  },
  ...plotOptions("cache/results/universal_neurons/correlation_by_subset"),
});

/** Checks that each run read another part of the corpus. */
function checkSubsets(runs: readonly CorrelationRun[]): void {
  const names = runs.map(subsetName);
  if (new Set(names).size === names.length) return;
  throw cannot("E-USAGE", {
    do: "compare",
    thing: "--run",
    is: `runs of ${names.join(", ")}`,
    expected: "each of another subset",
    hint:
      "deno task un:correlations --subset NAME makes them; --subset of make_dataset labels rows",
  });
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const wanted = {
    script: "universal_neurons/correlations",
    command: "deno task un:correlations --subset NAME",
  };
  const sources = await Promise.all(context.options.run.map((path) => readSourceRun(path, wanted)));
  const runs = await Promise.all(sources.map(readCorrelationRun));
  checkComparable(runs);
  checkSubsets(runs);
  const leftOut = runs.some(({ share }) => share !== undefined) ? [] : [
    "left out universal-by-subset: no baseline in the runs; " +
    "deno task un:correlations --baseline rotation makes it",
  ];
  const titles = { model: basename(runs[0]!.model), border: UNIVERSAL_EXCESS };
  return await plotTables(context, {
    sources: { correlations: sources },
    drawn: { figures: subsetFigures(runs, titles), leftOut },
    numbers: [],
    ...plotFrame(meta, context.argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
