#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Which neurons answer to the token before? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3; the notebook previous_token.
 * Shapes:   reads activations [n, B·T] and reductions in variance [n, F].
 * Command:  deno task un:previous-token --activations ACTIVATIONS --explain EXPLAIN
 * Time:     seconds on the embedded models.
 * Expected: medium-a: 5.551 article, 6.443 cconj, 4.3859 comma first of 25.
 */
import { FAMILY_OPTIONS } from "../../lib/cli/family_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { type BoxenNeuron, thinned } from "../../lib/figure/universal_neurons/class_boxen.ts";
import {
  type ClassPanel,
  classPanel,
  featureTitle,
} from "../../lib/figure/universal_neurons/class_histograms.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import { previousTokenFigures } from "../../lib/figure/universal_neurons/previous_token_figures.ts";
import { bestFeatures, nearestText } from "../../lib/neuron/families/choose.ts";
import { openFamilies } from "../../lib/neuron/families/family_sources.ts";
import {
  LISTED_MODEL,
  listedShare,
  PREVIOUS_TOKEN_NEURONS,
} from "../../lib/neuron/families/paper_lists.ts";
import { splitNeurons } from "../../lib/neuron/families/split.ts";
import { FEATURE_CLASSES, previousClasses } from "../../lib/neuron/families/token_classes.ts";

export const meta = {
  id: "universal_neurons/previous_token",
  task: "un:previous-token",
  paper: "Gurnee et al. 2024",
  figure: "previous-token neurons, section 4.3",
  title: "Previous-token neurons",
  question: "Which neurons answer to the token before?",
  minutes: "seconds on the embedded models",
  outputs: [
    "figures/: prev_token_neurons, main_b_prev_token; none where no neuron passes --least",
    "report.html: the figures, and the neurons with their features",
  ],
  example: "deno task un:previous-token --activations acts --explain explained",
};

export const options = defineOptions({
  ...FAMILY_OPTIONS,
  least: {
    type: "number",
    default: 0,
    min: -1,
    max: 1,
    paper: "none",
    description:
      "Reduction in variance by a feature of the token before that a neuron must exceed.",
  },
  top: {
    type: "integer",
    default: 25,
    min: 1,
    max: 30,
    unit: "neurons",
    paper: 25,
    description: "How many neurons are drawn, best first.",
  },
  onlyPrevious: {
    type: "boolean",
    description: "Leave out neurons that a feature of the token itself explains better.",
  },
  ...plotOptions("cache/results/universal_neurons/previous_token"),
});

/** The neuron of the figure in the main text, of comma in the paper's model. */
const MAIN = "4.3859";

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv } = context;
  await using source = await openFamilies(given);
  const { model, activations, explain, tokens } = source;
  const all = bestFeatures(await source.reductions("prev_token"));
  const own = new Map(
    bestFeatures(await source.reductions("token")).map((one) => [one.neuron, one.reduction]),
  );
  const isAsked = ({ neuron, reduction }: { neuron: string; reduction: number }) =>
    reduction > given.least && !(given.onlyPrevious && own.get(neuron)! >= reduction);
  const passing = all.filter(isAsked);
  const found = passing.slice(0, given.top);
  const classesOf = (feature: string) => previousClasses(activations.tokens, tokens.holds(feature));
  const panels: ClassPanel[] = [];
  let main: BoxenNeuron | undefined;
  const asked = { names: FEATURE_CLASSES, classesOf };
  for await (const { neuron, feature, reduction, classes } of splitNeurons(source, found, asked)) {
    const title = `${neuron} ${featureTitle(feature)}`;
    panels.push(classPanel(classes, { title, subtitle: `VR ${reduction.toFixed(3)}` }));
    const isMain = model === LISTED_MODEL && neuron === MAIN;
    if (isMain || main === undefined) main = { name: title, classes: classes.map(thinned) };
  }
  return await plotFamily(context, {
    sources: { activations: activations.run, explain },
    figures: previousTokenFigures({ model, panels, main, classes: FEATURE_CLASSES }),
    numbers: [
      { name: "neurons above --least", value: passing.length, verdict: "not applicable" },
      {
        name: "of those drawn, better explained by the token before than by the token",
        value: found.filter(({ neuron, reduction }) => reduction > own.get(neuron)!).length,
        verdict: "not applicable",
      },
      ...listedShare(model, found.map(({ neuron }) => neuron), PREVIOUS_TOKEN_NEURONS),
    ],
    found: {
      caption: "Neurons and the feature of the token before them",
      columns: ["neuron", "feature", "reduction", "by the token itself"],
      rows: found.map(({ neuron, feature, reduction }) => [
        ...[neuron, feature, reduction, own.get(neuron) ?? ""],
      ]),
    },
    nearest: nearestText("the token before", all, given.least),
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
