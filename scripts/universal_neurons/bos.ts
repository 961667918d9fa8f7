#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Which neurons send attention to BOS, or away from it, and so turn heads off or on? Drawn from
 * finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 5.3; the notebook bos_signal_neurons.
 * Shapes:   reads bos_score_counts [100], tables of scores, ranks and tokens.
 * Command:  deno task un:bos --run HEAD_A,HEAD_B
 * Time:     seconds.
 * Expected: medium-a: unit scores from -11.67 on, random ones within 3.5; A5H0 and A5H14.
 */
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { bosFigures, bosNeuronTable, bosNumbers } from "../../lib/figure/universal_neurons/bos.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import { namedSources } from "../../lib/figure/universal_neurons/plot_tables.ts";
import { shownCorrelations } from "../../lib/neuron/attention/published.ts";
import { readAblations } from "../../lib/neuron/attention/read_ablations.ts";

export const meta = {
  id: "universal_neurons/bos",
  task: "un:bos",
  paper: "Gurnee et al. 2024",
  figure: "the notebook bos_signal_neurons, section 5.3",
  title: "BOS neurons",
  question: "Which neurons send attention to BOS, or away from it, and turn heads off or on?",
  minutes: "seconds",
  outputs: [
    "figures/: bos_signal, bos_signal_activates, bos_signal_deactivates; those that have neurons",
    "tables/neurons.parquet, .csv: neurons beyond every random direction, and what they do",
    "report.html: all of it on one page",
  ],
  example: "deno task un:bos --run attention_5_0,attention_5_14",
};

export const options = defineOptions({
  run: {
    type: "list",
    of: "path",
    default: ["cache/results/universal_neurons/attention_deactivation"],
    description: "Folders of finished runs of un:attention-deactivation of one model, one a head.",
  },
  ...plotOptions("cache/results/universal_neurons/bos"),
});

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv } = context;
  const read = await readAblations(given.run);
  const { model, random: [low, high], largest } = read;
  const shown = (neuron: string) => shownCorrelations(model, neuron);
  return await plotFamily(context, {
    sources: namedSources({ attention: read.runs }),
    figures: bosFigures(read),
    numbers: bosNumbers(read, shown),
    found: bosNeuronTable(read.found),
    nearest: `no neuron's direction has a score beyond the random ones, ${low.toPrecision(3)} to ` +
      `${high.toPrecision(3)}: the largest is ${largest.unitScore.toPrecision(3)}, ` +
      `${largest.neuron} for head ${largest.head}`,
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
