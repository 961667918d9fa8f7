#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Which neurons say where in its row a token stands? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3; the notebook position.
 * Shapes:   reads activations [n, B·T] and, where given, the neuron table.
 * Command:  deno task un:position --activations ACTIVATIONS --neuron-df NEURON_DF
 * Time:     seconds on the embedded models.
 * Expected: medium-a: nine neurons, 5.386 .0910 nats up to 2.217 .5375.
 */
import { FAMILY_OPTIONS } from "../../lib/cli/family_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import {
  columnsOrRefuse,
  type OpenedTables,
  openNeuronTables,
} from "../../lib/figure/universal_neurons/neuron_tables.ts";
import { positionFigures } from "../../lib/figure/universal_neurons/position_figures.ts";
import { nameOf } from "../../lib/neuron/neurons.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";
import { openPreActivations } from "../../lib/neuron/families/family_sources.ts";
import {
  flatUniversal,
  informationNumbers,
  positionNeurons,
} from "../../lib/neuron/families/position_neurons.ts";

export const meta = {
  id: "universal_neurons/position",
  task: "un:position",
  paper: "Gurnee et al. 2024",
  figure: "position neurons, section 4.3",
  title: "Position neurons",
  question: "Which neurons say where in its row a token stands?",
  minutes: "seconds on the embedded models",
  outputs: [
    "figures/: position_neurons; none where no neuron passes the filter",
    "report.html: the figure, and the neurons with their mutual information",
  ],
  example: "deno task un:position --activations acts --neuron-df table",
};

export const options = defineOptions({
  activations: FAMILY_OPTIONS.activations,
  neuronDf: {
    type: "path",
    description: "Folder of a run of un:neuron-df, to filter by; all cached neurons when absent.",
  },
  kurt: {
    type: "number",
    default: 2,
    paper: 2,
    description: "Kurtosis of activations that a neuron of the table must be below.",
  },
  excess: {
    type: "number",
    default: UNIVERSAL_EXCESS,
    paper: UNIVERSAL_EXCESS,
    description: "Excess correlation that a neuron of the table must exceed.",
  },
  top: {
    type: "integer",
    default: 12,
    min: 1,
    max: 40,
    unit: "neurons",
    paper: "9, all that pass",
    description: "How many neurons are drawn, those of most information first.",
  },
  ...plotOptions("cache/results/universal_neurons/position"),
});

type Context = ScriptContext<typeof options>;

/** Names that pass the filter of a neuron table. */
function filtered({ tables: [table], runs }: OpenedTables, { kurt, excess }: Context["options"]) {
  const { layer } = table!;
  const needed = ["neuron", "kurt", "excess_corr"];
  const columns = columnsOrRefuse(table!, needed, runs[0]!.directory);
  const read = {
    layer,
    neuron: columns.neuron!,
    kurt: columns.kurt!,
    excess: columns.excess_corr!,
  };
  return flatUniversal(read, { kurt, excess });
}

/** Draws the figure, or finds it drawn from the same runs. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, argv } = context;
  await using activations = await openPreActivations(given.activations);
  const opened = given.neuronDf === undefined
    ? undefined
    : await openNeuronTables([given.neuronDf]);
  const names = opened && filtered(opened, given);
  const cached = new Set(activations.neurons.map(nameOf));
  const absent = names?.filter((name) => !cached.has(name)) ?? [];
  const found = await positionNeurons(activations, names, given.top);
  const filter = `kurtosis below ${given.kurt} and excess correlation above ${given.excess}`;
  const model = activations.model.split("/").at(-1)!;
  const leftOut = [
    ...(names ? [] : ["no --neuron-df: all cached neurons, those of most information first"]),
    ...(absent.length > 0 ? [`not cached, so left out: ${absent.join(", ")}`] : []),
  ];
  return await plotFamily(context, {
    sources: {
      activations: activations.run,
      ...(opened && { "neuron_df": opened.runs[0]! }),
    },
    figures: positionFigures({ model, panels: found }),
    numbers: informationNumbers(model, found),
    found: {
      caption: "Neurons and what their sign says of the position",
      columns: ["neuron", "information", "sd of means", "mean of sds"],
      rows: found.map(({ neuron, information, sdOfMeans, meanOfSds }) => [
        ...[neuron, information, sdOfMeans, meanOfSds],
      ]),
    },
    nearest: `no neuron has ${filter}; --kurt and --excess set the borders`,
    leftOut,
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
