#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Which neurons have large weights that hardly touch the logits, and what do they do to the entropy?
 * Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 5.3 and figure 5; the notebook entropy_neurons.
 * Shapes:   reads the neuron table, one row a neuron, and full_entropy .. [S, P].
 * Command:  deno task un:entropy --neuron-df NEURON_DF --run INTERVENTIONS
 * Time:     seconds.
 * Expected: stanford-gpt2-small-a 11.3030 and 11.2859, medium-a 23.945 and 22.2882.
 */
import { basename } from "node:path";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import { entropyFigures } from "../../lib/figure/universal_neurons/entropy_figures.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import {
  columnsOrRefuse,
  openNeuronTables,
} from "../../lib/figure/universal_neurons/neuron_tables.ts";
import {
  entropyCandidates,
  entropyFilter,
  filterText,
  paperClip,
} from "../../lib/neuron/families/entropy_neurons.ts";
import { entropyNeurons } from "../../lib/neuron/intervene/paper_neurons.ts";
import { readInterventions } from "../../lib/neuron/intervene/read_interventions.ts";

export const meta = {
  id: "universal_neurons/entropy",
  task: "un:entropy",
  paper: "Gurnee et al. 2024",
  figure: "entropy neurons, section 5.3 and figure 5; GPT-2 small in the appendix",
  title: "Entropy neurons by weights and by effect",
  question: "Which neurons have large weights that hardly touch the logits, and what do they do?",
  minutes: "seconds",
  outputs: [
    "figures/: entropy_neuron_weights, entropy_neuron_intervention, main_f_entropy",
    "tables/neurons.parquet, .csv: the neurons that pass the filter; report.html: all of it",
  ],
  example: "deno task un:entropy --neuron-df table --run interventions",
};

export const options = defineOptions({
  neuronDf: {
    type: "path",
    default: "cache/results/universal_neurons/neuron_df",
    description: "Folder of a finished run of un:neuron-df: weights, and kurtosis where it has it.",
  },
  run: {
    type: "path",
    default: "cache/results/universal_neurons/entropy_intervention",
    description: "Folder of a finished run of un:entropy-intervention of the same model.",
  },
  leastPenalty: {
    type: "number",
    min: 0,
    paper: "3, 1, 2",
    description: "Least l2_penalty; the paper's, else the 90th percentile, when absent.",
  },
  vocabVar: {
    type: "number",
    min: 0,
    paper: 0.001,
    description: "Most vocab_var; the paper's, else the 10th percentile, when absent.",
  },
  vocabKurt: {
    type: "number",
    min: 0,
    paper: "10, 8, 7",
    description: "Most vocab_kurt; the paper's, else 10, when absent.",
  },
  kurt: {
    type: "number",
    min: 0,
    paper: 10,
    description: "Most kurtosis of activations; the paper's, else 10, when absent.",
  },
  clip: {
    type: "number",
    min: 0,
    paper: "9, 5",
    description: "Where the axis of l2_penalty ends; the paper's, else the largest, when absent.",
  },
  ...plotOptions("cache/results/universal_neurons/entropy"),
});

const NEEDED = ["neuron", "l2_penalty", "vocab_var", "vocab_kurt"] as const;

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv } = context;
  const { tables: [table], runs: [tableRun] } = await openNeuronTables([given.neuronDf]);
  const needed = given.kurt === undefined ? NEEDED : [...NEEDED, "kurt"];
  const columns = columnsOrRefuse(table!, needed, tableRun!.directory);
  const interventions = await readInterventions(given.run);
  const model = basename(interventions.model);
  if (basename(table!.source) !== model) {
    throw cannot("E-USAGE", {
      do: "draw entropy neurons of",
      thing: tableRun!.directory,
      is: `the table of ${table!.source}`,
      expected: `that of ${interventions.model}, which ${interventions.run.directory} is of`,
      hint: "--neuron-df and --run of one model",
    });
  }
  const { layer } = table!;
  const read = {
    layer,
    neuron: columns.neuron!,
    l2: columns["l2_penalty"]!,
    vocabVar: columns["vocab_var"]!,
    vocabKurt: columns["vocab_kurt"]!,
    kurt: columns.kurt,
  };
  const usual = entropyFilter(model, read);
  const filter = {
    firstLayer: usual.firstLayer,
    l2: given.leastPenalty ?? usual.l2,
    vocabVar: given.vocabVar ?? usual.vocabVar,
    vocabKurt: given.vocabKurt ?? usual.vocabKurt,
    // No filter of a table that lacks it.
    kurt: read.kurt ? given.kurt ?? usual.kurt : Infinity,
  };
  const found = entropyCandidates(read, filter);
  const held = new Map(interventions.cosines.neurons.map(({ name, role }) => [name, role]));
  const weights = new Map(Array.from(layer, (at, i) => [`${at}.${read.neuron[i]}`, read.l2[i]!]));
  const listed = entropyNeurons(model)?.chosen ?? [];
  return await plotFamily(context, {
    sources: { "neuron_df": tableRun!, interventions: interventions.run },
    figures: entropyFigures({
      interventions: { ...interventions, model, neurons: interventions.sets },
      l2: read.l2,
      clip: given.clip ?? paperClip(model),
      cosineEdges: interventions.cosines.edges,
      neurons: interventions.cosines.neurons.map(({ name, role, counts }) => ({
        ...{ name, role, l2: weights.get(name) ?? NaN, cosineCounts: counts },
      })),
    }),
    numbers: listed.length === 0 ? [] : [{
      name: "of the paper's entropy neurons found by its filter",
      value: listed.filter((name) => found.some((one) => one.neuron === name)).length,
      paper: listed.length,
      verdict: "not applicable",
    }],
    found: {
      caption: "Neurons of large weights that hardly touch the logits",
      columns: ["neuron", "l2_penalty", "vocab_var", "vocab_kurt", "kurt", "held"],
      rows: found.map((one) => [
        ...[one.neuron, one.l2, one.vocabVar, one.vocabKurt, one.kurt],
        held.get(one.neuron) ?? "no",
      ]),
    },
    nearest: `no neuron has ${filterText(filter)}`,
    leftOut: [`filter: ${filterText(filter)}`],
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
