#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Relations among neurons that the paper leaves unexplained, drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024; the notebook mysteries.
 * Shapes:   reads tables of un:neuron-df, one row a neuron; in_in_top, out_out_top [L·F, k].
 * Command:  deno task un:mysteries --run TABLE_A,TABLE_B --weights WEIGHTS_A,WEIGHTS_B
 * Time:     seconds.
 * Expected: ρ of activation frequency and cos(w_in, w_out): -0.69 small-a, -0.63 medium-a,
 *           -0.58 pythia-160m.
 */
import { note, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { NeuriteError } from "../../lib/errors.ts";
import {
  readWeightMaxima,
  sparsityFigures,
  sparsityNumbers,
  weightMaximaFigures,
} from "../../lib/figure/universal_neurons/mysteries.ts";
import {
  drawFromTables,
  openNeuronTables,
} from "../../lib/figure/universal_neurons/neuron_tables.ts";
import { plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";

export const meta = {
  id: "universal_neurons/mysteries",
  task: "un:mysteries",
  paper: "Gurnee et al. 2024",
  figure: "activation frequency and similarity of weights; largest similarity, appendix",
  title: "Relations left unexplained",
  question: "Do rare neurons write what they read, and do universal ones resemble others?",
  minutes: "seconds",
  outputs: [
    "figures/: sparsity_vs_in_out_sim, max_weight_sim, max_weight_sim_excess",
    "report.html: all of them on one page",
  ],
  example: "deno task un:mysteries --run small/neuron_df --weights small/weights",
};

export const options = defineOptions({
  run: {
    type: "list",
    of: "path",
    default: ["cache/results/universal_neurons/neuron_df"],
    description: "Folders of finished runs of un:neuron-df, one a model.",
  },
  weights: {
    type: "list",
    of: "path",
    default: ["cache/results/universal_neurons/weights"],
    description: "Folders of finished runs of un:weights, of the same models.",
  },
  ...plotOptions("cache/results/universal_neurons/mysteries"),
});

type Context = ScriptContext<typeof options>;

/** The runs of weights; none, with a note, where the usual folder has none and no other was given. */
async function openWeights({ options: { weights }, sources }: Context): Promise<FinishedRun[]> {
  const wanted = { script: "universal_neurons/weights", command: "deno task un:weights" };
  try {
    return await Promise.all(weights.map((path) => readSourceRun(path, wanted)));
  } catch (error) {
    const isMissing = error instanceof NeuriteError && error.code === "E-FILE-MISSING";
    if (sources.weights !== "default" || !isMissing) throw error;
    note(`left out max_weight_sim: no finished run of un:weights in ${weights}; ${error.hint}`);
    return [];
  }
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: Context): Promise<ScriptResult> {
  const { runs, tables } = await openNeuronTables(context.options.run);
  const weights = await openWeights(context);
  const { maxima, leftOut } = await readWeightMaxima(tables, weights);
  const drawn = drawFromTables(sparsityFigures(), tables);
  return await plotTables(context, {
    sources: { "neuron_df": runs, weights },
    drawn: {
      figures: [...drawn.figures, ...weightMaximaFigures(maxima, UNIVERSAL_EXCESS)],
      leftOut: [...drawn.leftOut, ...leftOut],
    },
    numbers: sparsityNumbers(tables),
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
