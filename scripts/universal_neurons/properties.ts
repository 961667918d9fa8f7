#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * What universal neurons are like beside the others of their layer, drawn from finished neuron tables.
 *
 * Paper:    Gurnee et al. 2024, section 4; the notebook properties_of_universal_neurons.
 * Shapes:   reads tables of un:neuron-df, one row a neuron.
 * Command:  deno task un:properties --run TABLE_A,TABLE_B
 * Time:     seconds.
 * Expected: universal neurons fire rarely, with high skew and kurtosis and a negative input bias.
 */
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import {
  drawFromTables,
  openNeuronTables,
} from "../../lib/figure/universal_neurons/neuron_tables.ts";
import { plotTables } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { propertyFigures } from "../../lib/figure/universal_neurons/properties.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";

export const meta = {
  id: "universal_neurons/properties",
  task: "un:properties",
  paper: "Gurnee et al. 2024",
  figure: "the properties of universal neurons, section 4; metrics by layer, appendix",
  title: "Properties of universal neurons",
  question: "What are universal neurons like beside the others of their layer?",
  minutes: "seconds",
  outputs: [
    "figures/: universal_neurons_prop, appendix_neuron_metrics_by_layer (_2, ... of more models)",
    "report.html: all of them on one page",
  ],
  example: "deno task un:properties --run small/neuron_df,medium/neuron_df",
};

export const options = defineOptions({
  run: {
    type: "list",
    of: "path",
    default: ["cache/results/universal_neurons/neuron_df"],
    description: "Folders of finished runs of un:neuron-df, one a model.",
  },
  ...plotOptions("cache/results/universal_neurons/properties"),
});

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { runs, tables } = await openNeuronTables(context.options.run);
  return await plotTables(context, {
    sources: { "neuron_df": runs },
    drawn: drawFromTables(propertyFigures(UNIVERSAL_EXCESS), tables),
    numbers: [],
    ...plotFrame(meta, context.argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
