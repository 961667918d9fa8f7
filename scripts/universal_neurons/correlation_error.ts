#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * How many tokens the correlations of neurons need, drawn from finished runs of different sizes.
 *
 * Paper:    Gurnee et al. 2024; the runs of 100 k to 100 M tokens (spec section 1.16).
 * Shapes:   reads max_corr, max_corr_ix [n] of each partner, pairs_mean_corr and excess_corr [n].
 * Command:  deno task un:correlation-error --run C_100K,C_1M,C_10M
 * Time:     seconds.
 */
import { basename } from "node:path";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import {
  correlationErrors,
  errorFigures,
  errorNumbers,
} from "../../lib/figure/universal_neurons/correlation_error.ts";
import {
  checkComparable,
  type CorrelationRun,
  readCorrelationRun,
} from "../../lib/figure/universal_neurons/correlation_runs.ts";
import { plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";

export const meta = {
  id: "universal_neurons/correlation_error",
  task: "un:correlation-error",
  paper: "Gurnee et al. 2024",
  figure: "the convergence of correlations with tokens",
  title: "Convergence of correlations with tokens",
  question: "How many tokens do the correlations between neurons need?",
  minutes: "seconds",
  outputs: [
    "figures/: correlation-error, correlation-agreement",
    "report.html: both on one page, with their tables",
  ],
  example: "deno task un:correlation-error --run c100k,c1m,c10m",
};

export const options = defineOptions({
  run: {
    type: "list",
    of: "path",
    required: true,
    description: "Folders of two or more finished runs of un:correlations, apart in tokens alone.",
  },
  ...plotOptions("cache/results/universal_neurons/correlation_error"),
});

/** Checks that there are runs of different sizes to hold against one another. */
function checkSizes(runs: readonly CorrelationRun[]): void {
  const sizes = new Set(runs.map(({ tokens }) => tokens));
  if (runs.length >= 2 && sizes.size === runs.length) return;
  throw cannot("E-USAGE", {
    do: "compare",
    thing: "--run",
    is: `${runs.length} runs of ${[...sizes].join(", ")} tokens`,
    expected: "two or more, each of another number of tokens",
    hint: "deno task un:correlations --rows N makes runs of the first N rows",
  });
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const wanted = { script: "universal_neurons/correlations", command: "deno task un:correlations" };
  const sources = await Promise.all(context.options.run.map((path) => readSourceRun(path, wanted)));
  const runs = await Promise.all(sources.map(readCorrelationRun));
  checkComparable(runs);
  checkSizes(runs);
  const errors = correlationErrors(runs, UNIVERSAL_EXCESS);
  const titles = { model: basename(runs[0]!.model), border: UNIVERSAL_EXCESS };
  const leftOut = errors.some(({ kept }) => kept !== undefined) ? [] : [
    "left out universal neurons of correlation-agreement: no baseline in the runs, or none " +
    "universal; deno task un:correlations --baseline rotation makes it",
  ];
  return await plotTables(context, {
    sources: { correlations: sources },
    drawn: { figures: errorFigures(errors, titles), leftOut },
    numbers: errorNumbers(errors),
    ...plotFrame(meta, context.argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
