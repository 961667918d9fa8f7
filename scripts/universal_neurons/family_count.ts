#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * How many neurons of each model are universal, drawn from finished neuron tables.
 *
 * Paper:    Gurnee et al. 2024, section 4; the notebook family_count.
 * Shapes:   reads tables of un:neuron-df, one row a neuron.
 * Command:  deno task un:family-count --run TABLE_A,TABLE_B
 * Time:     seconds.
 * Expected: 4.16 % of stanford-gpt2-small-a, 1.23 % of medium-a, 1.26 % of pythia-160m.
 */
import { note, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import {
  familyCount,
  familyFigures,
  familyNumbers,
} from "../../lib/figure/universal_neurons/family_count.ts";
import {
  drawFromTables,
  openNeuronTables,
} from "../../lib/figure/universal_neurons/neuron_tables.ts";
import { plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";

export const meta = {
  id: "universal_neurons/family_count",
  task: "un:family-count",
  paper: "Gurnee et al. 2024",
  figure: "the densities of correlations and the share of universal neurons, section 4",
  title: "Universal neurons of each model",
  question: "How many neurons of a model are found in every model of its family?",
  minutes: "seconds",
  outputs: [
    "figures/: neuron_correlation_densities, universal-share, universal-by-layer",
    "report.html: all of them on one page, with their tables",
  ],
  example: "deno task un:family-count --run small/neuron_df,medium/neuron_df",
};

export const options = defineOptions({
  run: {
    type: "list",
    of: "path",
    default: ["cache/results/universal_neurons/neuron_df"],
    description: "Folders of finished runs of un:neuron-df, one a model.",
  },
  ...plotOptions("cache/results/universal_neurons/family_count"),
});

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { runs, tables } = await openNeuronTables(context.options.run);
  const counted = tables.filter(({ columns }) => columns.excess_corr)
    .map((table) => familyCount(table, UNIVERSAL_EXCESS));
  return await plotTables(context, {
    sources: { "neuron_df": runs },
    drawn: drawFromTables(familyFigures(UNIVERSAL_EXCESS), tables),
    numbers: familyNumbers(counted),
    page: {
      title: meta.title,
      question: meta.question,
      command: commandLine(meta, context.argv),
    },
    onNote: note,
    warnings: warningCount,
  });
}

if (import.meta.main) await runScript(meta, options, main);
