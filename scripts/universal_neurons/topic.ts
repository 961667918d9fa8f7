#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Which words of one topic make a topic neuron active? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3; the notebook topic (place neurons).
 * Shapes:   reads vocab_mean, vocab_mean_ix [L·F, k] of a run of un:summary.
 * Command:  deno task un:topic --summary SUMMARY --explain EXPLAIN --neurons 3.415
 * Time:     seconds.
 * Expected: medium-a on pile_cc: 17.2896 Canada, 17.944 Japan, 14.3820 Latin America.
 */
import { basename } from "node:path";
import { FAMILY_OPTIONS } from "../../lib/cli/family_options.ts";
import { note, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import { topicFigures } from "../../lib/figure/universal_neurons/topic_figures.ts";
import { LISTED_MODEL, PLACE_NEURONS } from "../../lib/neuron/families/paper_lists.ts";
import { openTopics, topicNeurons, topicTokens } from "../../lib/neuron/families/topic_tokens.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";

export const meta = {
  id: "universal_neurons/topic",
  task: "un:topic",
  paper: "Gurnee et al. 2024",
  figure: "place neurons, section 4.3",
  title: "Topic neurons",
  question: "Which words of one topic make a topic neuron active?",
  minutes: "seconds",
  outputs: [
    "figures/: place_neurons; none where no neuron passes the filter",
    "report.html: the figure, and the tokens with their means",
  ],
  example: "deno task un:topic --summary summary --explain explained --neurons 3.415,2.478",
};

export const options = defineOptions({
  summary: {
    type: "path",
    default: "cache/results/universal_neurons/summary",
    description: "Folder of a finished run of un:summary.",
  },
  explain: {
    ...FAMILY_OPTIONS.explain,
    description: "Folder of a run of un:explain of the same model: texts of tokens, and topics.",
  },
  neurons: {
    type: "list",
    paper: "17.2896,17.944,14.3820",
    description: "Neurons to show; when absent those of which a topic is the best feature.",
  },
  subset: {
    type: "string",
    paper: "pile_cc",
    description: "Means over the rows of this subset of the summary; all rows when absent.",
  },
  minCount: {
    type: "integer",
    default: 50,
    min: 0,
    paper: "75, 50, 90",
    unit: "tokens",
    description: "Occurrences that a token must exceed.",
  },
  words: { type: "boolean", description: "Only tokens of a space and letters." },
  top: {
    type: "integer",
    default: 10,
    min: 1,
    max: 40,
    unit: "tokens",
    paper: 10,
    description: "Tokens of each neuron.",
  },
  least: {
    type: "number",
    default: 0,
    min: -1,
    max: 1,
    description: "Reduction in variance by its topic that a neuron must exceed to be found.",
  },
  ...plotOptions("cache/results/universal_neurons/topic"),
});

type Context = ScriptContext<typeof options>;

/** Neurons of the panel at most: their columns stand beside each other. */
const MOST_NEURONS = 12;

async function chooseNeurons(
  model: string,
  explain: FinishedRun,
  { neurons, least }: Context["options"],
) {
  if (neurons.length > 0) return neurons;
  if (model === LISTED_MODEL) return Object.keys(PLACE_NEURONS);
  return topicNeurons(await explain.table("best_features"), least).slice(0, MOST_NEURONS);
}

/** Draws the figure, or finds it drawn from the same runs. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, argv, sources: from } = context;
  const runs = await openTopics(given);
  const model = basename(String((await runs.summary.summary()).model));
  const neurons = await chooseNeurons(model, runs.explain, given);
  const isOurs = from.minCount === "default" && model === LISTED_MODEL;
  const columns = await topicTokens(runs, {
    neurons,
    subset: given.subset,
    minCount: (neuron) => (isOurs ? PLACE_NEURONS[neuron] : undefined) ?? given.minCount,
    words: given.words,
    rows: given.top,
  });
  const [figure] = topicFigures({ model, columns, rows: given.top });
  const empty = columns.filter(({ tokens }) => tokens.length === 0).map(({ neuron }) => neuron);
  return await plotFamily(context, {
    sources: runs,
    figures: figure ? [figure] : [],
    numbers: [],
    found: figure?.table ?? { caption: "Tokens and their means", columns: ["neuron"], rows: [] },
    nearest: neurons.length === 0
      ? "no neuron of the explanations has a topic as its best feature; un:explain --topics gives " +
        "it topics, --neurons names neurons"
      : `no token kept by the summary occurs more than ${given.minCount} times`,
    leftOut: empty.length > 0 && figure
      ? [`without a token that occurs often enough: ${empty.join(", ")}`]
      : [],
    page: { title: meta.title, question: meta.question, command: commandLine(meta, argv) },
    toText: terminalTable,
    onNote: note,
    warnings: warningCount,
  });
}

if (import.meta.main) await runScript(meta, options, main);
