#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Neurons that follow syntax, drawn from finished explanations.
 *
 * Paper:    Gurnee et al. 2024, section 4.4; the notebook syntax.
 * Shapes:   reads best_features of un:explain, activations [n, B·T], tags [B, T].
 * Command:  deno task un:syntax --run cache/results/universal_neurons/explain
 * Time:     seconds.
 * Expected: medium-a with spaCy's tags: 1.3259 is_spacy_neg .629, 5.983 is_inf_verb .392.
 */
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { plotRun } from "../../lib/figure/plot_run.ts";
import type { ReportNumber } from "../../lib/figure/report.ts";
import { syntaxFigures, syntaxPanel } from "../../lib/figure/universal_neurons/syntax.ts";
import { publishedSyntax } from "../../lib/neuron/sequence/published.ts";
import { positionLabels } from "../../lib/neuron/sequence/sequence_labelling.ts";
import { syntaxContexts } from "../../lib/neuron/families/syntax_contexts.ts";
import {
  chooseSyntax,
  readSyntax,
  type SyntaxChoice,
} from "../../lib/neuron/families/syntax_neurons.ts";
import { askedSyntax, openSyntaxSources } from "../../lib/neuron/families/syntax_sources.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";

/** Positions of each kind of disagreement in the table of the main neuron. */
const CONTEXTS = 8;

export const meta = {
  id: "universal_neurons/syntax",
  task: "un:syntax",
  paper: "Gurnee et al. 2024",
  figure: "the syntax neurons, section 4.4 and appendix",
  title: "Neurons of syntax",
  question: "Which neurons follow a part of speech, a form or a place in the sentence?",
  minutes: "seconds",
  outputs: [
    "figures/: syntax_neurons (the best 25; of more than 45 on pages), syntax_neuron_main",
    "report.html: both with their tables, and what the token alone explains",
  ],
  example: "deno task un:syntax --run explained",
};

export const options = defineOptions({
  run: {
    type: "path",
    default: "cache/results/universal_neurons/explain",
    description: "Folder of a finished run of un:explain with --tags.",
  },
  activations: {
    type: "path",
    description: "Folder of its activations; where they were when absent.",
  },
  tags: { type: "path", description: "Folder of its tags; where they were when absent." },
  count: {
    type: "integer",
    default: 25,
    min: 1,
    max: 100,
    unit: "neurons",
    paper: 25,
    description: "How many neurons of the grid, best first.",
  },
  neurons: {
    type: "list",
    description: "Neurons by name (layer.index) in place of the best.",
  },
  main: {
    type: "string",
    paper: "5.983",
    description: "The neuron of the main figure; the first of the grid when absent.",
  },
  ...plotOptions("cache/results/universal_neurons/syntax"),
});

type Context = ScriptContext<typeof options>;

/** Reductions beside the paper's, of the paper's model. */
function numbers(model: string, all: readonly SyntaxChoice[]): ReportNumber[] {
  return publishedSyntax(model).flatMap(({ neuron, feature, reduction: paper }): ReportNumber[] => {
    const found = all.find((one) => one.neuron === neuron);
    if (!found) return [];
    const note = `best here is ${found.feature}, ${found.family}; the paper's tags are spaCy's`;
    const name = `${neuron} ${feature}`;
    return [{ name, value: found.reduction, paper, verdict: "not applicable", note }];
  });
}

/** Texts of token ids, from the explanations' vocabulary. */
async function tokenTexts(run: FinishedRun): Promise<Map<number, string>> {
  const { columns, rows } = await run.table("vocabulary");
  const entry = (row: number) =>
    [Number(columns["token"]![row]), String(columns["token_string"]![row])] as const;
  return new Map(Array.from({ length: rows }, (_, row) => entry(row)));
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, argv } = context;
  const sources = await openSyntaxSources(given);
  await using activations = sources.activations;
  const { run, tags } = sources;
  const table = await run.table("best_features");
  const chosen = askedSyntax(run, table, given);
  const gelu = run.record.notes["gelu"] === "erf" ? "erf" : "tanh";
  const labels = positionLabels(tags, activations);
  const read = (choices: readonly SyntaxChoice[]) =>
    readSyntax(activations, labels, { choices, gelu });
  const panels = [];
  for await (const neuron of read(chosen.choices)) panels.push(syntaxPanel(neuron));
  const [mainNeuron] = await Array.fromAsync(read([chosen.main]));
  const { tokens } = activations;
  const strings = await tokenTexts(run);
  const figures = syntaxFigures({
    model: activations.model,
    panels,
    main: syntaxPanel(mainNeuron!),
    contexts: syntaxContexts({ ...mainNeuron!, tokens, strings }, CONTEXTS),
    valueName: activations.location === "mlp.hook_pre" ? "Pre-activation" : "Activation",
  });
  const all = chooseSyntax(table, {
    count: 0,
    names: publishedSyntax(activations.model).map(({ neuron }) => neuron),
  });
  return await plotRun(context, {
    sources: { explain: run, activations: activations.run, tags: tags.run },
    figures,
    report: {
      numbers: numbers(activations.model, all),
      provenance: { tagger: tags.tagger },
    },
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
