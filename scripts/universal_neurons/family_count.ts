#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * How many neurons of each model are universal, drawn from finished neuron tables.
 *
 * Paper:    Gurnee et al. 2024, section 4; the notebook family_count.
 * Shapes:   reads tables of un:neuron-df and un:explain, one row a neuron.
 * Command:  deno task un:family-count --run TABLE_A,TABLE_B --explain EXPLAIN_A,EXPLAIN_B
 * Time:     seconds.
 * Expected: 4.16 % of stanford-gpt2-small-a, 1.23 % of medium-a, 1.26 % of pythia-160m.
 */
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import {
  bestFeatureFigures,
  bestFeatureNumbers,
  bestFeatureTable,
  readBestFeatures,
} from "../../lib/figure/universal_neurons/best_features.ts";
import {
  familyCount,
  familyFigures,
  familyNumbers,
  familyTables,
} from "../../lib/figure/universal_neurons/family_count.ts";
import {
  drawFromTables,
  openNeuronTables,
} from "../../lib/figure/universal_neurons/neuron_tables.ts";
import { optionalRuns, plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
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
    "figures/: neuron_correlation_densities, universal-share, universal-by-layer, universal-families",
    "tables/ (.parquet, .csv): universal, universal_by_layer, best_features",
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
  explain: {
    type: "list",
    of: "path",
    default: ["cache/results/universal_neurons/explain"],
    description: "Folders of finished runs of un:explain of the same models.",
  },
  ...plotOptions("cache/results/universal_neurons/family_count"),
});

const EXPLAIN_RUN = { script: "universal_neurons/explain", command: "deno task un:explain" };

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, sources, argv } = context;
  const { runs, tables } = await openNeuronTables(given.run);
  const counted = tables.filter(({ columns }) => columns.excess_corr)
    .map((table) => familyCount(table, UNIVERSAL_EXCESS));
  const explain = await optionalRuns(given.explain, EXPLAIN_RUN, {
    isDefault: sources.explain === "default",
    figure: "universal-families",
  });
  const { models, leftOut } = await readBestFeatures(tables, explain.runs, UNIVERSAL_EXCESS);
  const drawn = drawFromTables(familyFigures(UNIVERSAL_EXCESS), tables);
  return await plotTables(context, {
    sources: { "neuron_df": runs, explain: explain.runs },
    drawn: {
      figures: [...drawn.figures, ...bestFeatureFigures(models)],
      leftOut: [...drawn.leftOut, ...explain.leftOut, ...leftOut],
    },
    tables: {
      ...familyTables(tables, UNIVERSAL_EXCESS),
      "best_features": bestFeatureTable(models),
    },
    numbers: [...familyNumbers(counted), ...bestFeatureNumbers(models)],
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
