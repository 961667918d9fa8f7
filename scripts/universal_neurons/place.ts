#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * On which words are the neurons of places active? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3; the notebook topic_neurons (place_neurons).
 * Shapes:   reads vocab_mean, vocab_mean_ix [L·F, k] of a run of un:summary.
 * Command:  deno task un:place --summary SUMMARY --explain EXPLAIN
 * Time:     seconds.
 * Expected: medium-a on pile_cc: 17.2896 Canada, 17.944 Japan, 14.3820 Latin America.
 */
import { basename } from "node:path";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { TOPIC_OPTIONS } from "../../lib/cli/topic_options.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import {
  featureTable,
  tokenPlot,
  topicFigures,
} from "../../lib/figure/universal_neurons/topic_figures.ts";
import { LISTED_MODEL, PLACE_NEURONS } from "../../lib/neuron/families/paper_lists.ts";
import { PLACE_FEATURES, placeNeurons } from "../../lib/neuron/families/place_neurons.ts";
import { openTopics, topicTokens } from "../../lib/neuron/families/topic_tokens.ts";

export const meta = {
  id: "universal_neurons/place",
  task: "un:place",
  paper: "Gurnee et al. 2024",
  figure: "place neurons, section 4.3",
  title: "Place neurons",
  question: "On which words are the neurons of places active?",
  minutes: "seconds",
  outputs: [
    "figures/: place_neurons; none where no neuron passes the filter",
    "tables/ (.parquet, .csv): neurons, tokens with their means; features, what explains them",
    "report.html: the figure, and the tokens with their means",
  ],
  example: "deno task un:place --summary summary --explain explained",
};

export const options = defineOptions({
  neurons: {
    type: "list",
    paper: "17.2896,17.944,14.3820",
    description: "Neurons to show; the paper's, else those that a place explains best, if absent.",
  },
  features: {
    type: "list",
    default: [...PLACE_FEATURES],
    description: "Features of places; add topics of your own that are.",
  },
  ...TOPIC_OPTIONS,
  ...plotOptions("cache/results/universal_neurons/place"),
});

/** Draws the figure, or finds it drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv, sources } = context;
  const runs = await openTopics(given);
  const model = basename(String((await runs.summary.summary()).model));
  const { found, nearest } = await placeNeurons(runs.explain, given.features, given.least);
  const paper = model === LISTED_MODEL ? PLACE_NEURONS : {};
  const own = sources.minCount === "default" ? paper : {};
  const listed = Object.keys(paper);
  const neurons = [given.neurons, listed, found.map(({ neuron }) => neuron)]
    .find(({ length }) => length > 0) ?? [];
  const columns = await topicTokens(runs, {
    ...given,
    neurons,
    minCount: (neuron) => own[neuron] ?? given.minCount,
    rows: given.top,
  });
  const look = { name: "place_neurons", kind: "Place" };
  const closest = nearest &&
    `; the nearest is ${nearest.neuron}, ${nearest.feature}, ${nearest.reduction.toFixed(3)}`;
  return await plotFamily(context, {
    sources: runs,
    ...tokenPlot(topicFigures({ ...look, model, columns, rows: given.top }), { columns, neurons }),
    tables: { features: featureTable(found) },
    nearest: neurons.length === 0
      ? `no neuron is explained best by a place with a reduction above ${given.least}` +
        `${closest ?? ", and no such feature was judged"}; --neurons names neurons`
      : `no token kept by the summary occurs more than ${given.minCount} times`,
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
