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
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
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
import { optionalRuns, plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";

export const meta = {
  id: "universal_neurons/mysteries",
  task: "un:mysteries",
  paper: "Gurnee et al. 2024",
  figure: "activation frequency and similarity of weights; largest similarity, appendix",
  title: "Relations left unexplained",
  question: "Do rare neurons write what they read, and do universal ones resemble others?",
  minutes: "seconds",
  outputs: [
    "figures/: sparsity_vs_in_out_sim, max_weight_sim, max_weight_sim_min_max, " +
    "max_weight_sim_excess, min_weight_sim_excess",
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

const WEIGHTS_RUN = { script: "universal_neurons/weights", command: "deno task un:weights" };

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, sources } = context;
  const { runs, tables } = await openNeuronTables(given.run);
  const weights = await optionalRuns(given.weights, WEIGHTS_RUN, {
    isDefault: sources.weights === "default",
    figure: "max_weight_sim",
  });
  const { maxima, leftOut } = await readWeightMaxima(tables, weights.runs);
  const drawn = drawFromTables(sparsityFigures(), tables);
  return await plotTables(context, {
    sources: { "neuron_df": runs, weights: weights.runs },
    drawn: {
      figures: [...drawn.figures, ...weightMaximaFigures(maxima, UNIVERSAL_EXCESS)],
      leftOut: [...drawn.leftOut, ...weights.leftOut, ...leftOut],
    },
    numbers: sparsityNumbers(tables),
    ...plotFrame(meta, context.argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
