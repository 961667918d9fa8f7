#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Every figure of neurons, drawn from a finished run of neuron_investigations.
 *
 * Paper:    Hanna, Liu, Variengien 2023, the figures of neurons and the appendix.
 * Shapes:   reads neuron_order [F]; neuron_lens, neuron_direct_effects [K, 97, 100]; their sums and
 *           neuron_joint_top10 [97, 100]; neuron_effect_mean [K], neuron_effect_ci [K, 2].
 * Command:  deno task gt:neuron-plots
 * Time:     seconds.
 */
import {
  type NeuronSummaries,
  reportNeurons,
} from "../../lib/circuit/experiments/neuron_numbers.ts";
import { isPaperModel, modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext } from "../../lib/cli/script.ts";
import { cannot } from "../../lib/errors.ts";
import { neuronFigures } from "../../lib/figure/greater_than/neuron_figures.ts";
import { type PlotResult, plotRun } from "../../lib/figure/plot_run.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";

export const meta = {
  id: "greater_than/neuron_plots",
  task: "gt:neuron-plots",
  paper: "Hanna et al. 2023",
  figure: "figures of neurons and appendix",
  title: "Greater-than: neurons, drawn",
  question: "Which neurons of one late MLP compute greater-than, and what does each write?",
  minutes: "seconds",
  outputs: [
    "figures/: every figure of neurons (.vl.json, .svg, .png)",
    "report.html: all of them on one page",
  ],
  example: "deno task gt:neuron-plots",
};

export const options = defineOptions({
  run: {
    type: "path",
    default: "cache/results/greater_than/neuron_investigations",
    description: "Folder of a finished run of neuron_investigations.",
  },
  ...plotOptions("cache/results/greater_than/neuron_plots"),
});

/** Draws the figures, or finds them drawn from the same run. */
export async function main(context: ScriptContext<typeof options>): Promise<PlotResult> {
  const run = await readSourceRun(context.options.run, {
    script: "greater_than/neuron_investigations",
    command: "deno task gt:neuron-investigations",
  });
  const summary = await run.summary() as unknown as NeuronSummaries & {
    readonly model: string;
    readonly count: number;
  };
  const { model, count, layer, rule } = summary;
  const arrays = await run.arrays();
  if (!arrays.neuron_lens) {
    throw cannot("E-USAGE", {
      do: "draw neurons of",
      thing: run.directory,
      is: "a run on prompts whose labels are no years",
      expected: "one with start years and the hundred two-digit years",
      hint: "its report.html and tables/neurons.parquet have the numbers",
    });
  }
  const figures = neuronFigures(arrays, {
    model: modelTitle(model),
    isPaperModel: isPaperModel(model),
    layer,
  });
  return await plotRun(context, {
    sources: { "neuron_investigations": run },
    figures,
    report: {
      numbers: reportNeurons(summary),
      provenance: { model, count, layer, rule },
    },
    ...plotFrame(meta, context.argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
