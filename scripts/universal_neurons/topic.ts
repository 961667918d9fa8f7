#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Which words of one topic make a topic neuron active? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3; the notebook topic_neurons. Places: un:place.
 * Shapes:   reads vocab_mean, vocab_mean_ix [L·F, k] of a run of un:summary.
 * Command:  deno task un:topic --summary SUMMARY --explain EXPLAIN --neurons 3.415
 * Time:     seconds.
 * Expected: none without a file of topics; nobody has the release's.
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
import { openTopics, topicNeurons, topicTokens } from "../../lib/neuron/families/topic_tokens.ts";

export const meta = {
  id: "universal_neurons/topic",
  task: "un:topic",
  paper: "Gurnee et al. 2024",
  figure: "topic neurons, section 4.3",
  title: "Topic neurons",
  question: "Which words of one topic make a topic neuron active?",
  minutes: "seconds",
  outputs: [
    "figures/: topic_neurons; none where no neuron passes the filter",
    "tables/ (.parquet, .csv): neurons, tokens with their means; features, what explains them",
    "report.html: the figure, and the tokens with their means",
  ],
  example: "deno task un:topic --summary summary --explain explained --neurons 3.415,2.478",
};

export const options = defineOptions({
  neurons: {
    type: "list",
    description: "Neurons to show; when absent those of which a topic is the best feature.",
  },
  ...TOPIC_OPTIONS,
  ...plotOptions("cache/results/universal_neurons/topic"),
});

/** Draws the figure, or finds it drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv } = context;
  const runs = await openTopics(given);
  const model = basename(String((await runs.summary.summary()).model));
  const found = topicNeurons(await runs.explain.table("best_features"), given.least);
  const neurons = given.neurons.length > 0 ? given.neurons : found.map(({ neuron }) => neuron);
  const columns = await topicTokens(runs, {
    ...given,
    neurons,
    minCount: () => given.minCount,
    rows: given.top,
  });
  const look = { name: "topic_neurons", kind: "Topic" };
  return await plotFamily(context, {
    sources: runs,
    ...tokenPlot(topicFigures({ ...look, model, columns, rows: given.top }), { columns, neurons }),
    tables: { features: featureTable(found) },
    nearest: neurons.length === 0
      ? "no neuron of the explanations has a topic as its best feature; un:explain --topics gives " +
        "it topics, --neurons names neurons"
      : `no token kept by the summary occurs more than ${given.minCount} times`,
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
