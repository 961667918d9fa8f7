#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Are there neurons that answer to one letter of the alphabet as a token? Drawn from finished runs.
 *
 * Paper:    Gurnee et al. 2024, section 4.3; the notebook alphabet.
 * Shapes:   reads activations [n, B·T] and reductions in variance [n, F].
 * Command:  deno task un:alphabet --activations ACTIVATIONS --explain EXPLAIN
 * Time:     seconds on the embedded models.
 * Expected: medium-a: 18 letters of a reduction above 0.37; 0.3825 a, 0.957958.
 */
import { FAMILY_OPTIONS } from "../../lib/cli/family_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { alphabetFigures } from "../../lib/figure/universal_neurons/alphabet_figures.ts";
import { type BoxenNeuron, thinned } from "../../lib/figure/universal_neurons/class_boxen.ts";
import {
  type ClassPanel,
  classPanel,
} from "../../lib/figure/universal_neurons/class_histograms.ts";
import { plotFamily } from "../../lib/figure/universal_neurons/family_plot.ts";
import { bestNeurons, nearestText } from "../../lib/neuron/families/choose.ts";
import {
  type FamilySource,
  type FeatureNeuron,
  openFamilies,
} from "../../lib/neuron/families/family_sources.ts";
import {
  LISTED_MODEL,
  listedShare,
  MAIN_LETTERS,
  PAPER_LETTERS,
} from "../../lib/neuron/families/paper_lists.ts";
import { splitNeurons } from "../../lib/neuron/families/split.ts";
import { ALPHABET_CLASSES, alphabetClasses } from "../../lib/neuron/families/token_classes.ts";

export const meta = {
  id: "universal_neurons/alphabet",
  task: "un:alphabet",
  paper: "Gurnee et al. 2024",
  figure: "alphabet neurons, section 4.3",
  title: "Alphabet neurons",
  question: "Are there neurons that answer to one letter of the alphabet as a token?",
  minutes: "seconds on the embedded models",
  outputs: [
    "figures/: alphabet_neurons, main_a_alphabet; none where no neuron passes --least",
    "report.html: the figures, and the neurons with their letters",
  ],
  example: "deno task un:alphabet --activations acts --explain explained",
};

export const options = defineOptions({
  ...FAMILY_OPTIONS,
  least: {
    type: "number",
    default: 0.37,
    min: -1,
    max: 1,
    paper: 0.37,
    description: "Reduction in variance that a letter's best neuron must exceed.",
  },
  ...plotOptions("cache/results/universal_neurons/alphabet"),
});

const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"];
const letterOf = (feature: string) => feature.replace("_unigram", "");

/** The letters of the figure in the main text: the paper's where its neurons are found, else the best three. */
function mainLetters({ model }: FamilySource, found: readonly FeatureNeuron[]): Set<string> {
  const listed = model !== LISTED_MODEL
    ? []
    : found.filter(({ neuron, feature }) => MAIN_LETTERS[letterOf(feature)] === neuron);
  const best = found.toSorted((a, b) => b.reduction - a.reduction).slice(0, 3);
  return new Set((listed.length > 0 ? listed : best).map(({ feature }) => feature));
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { options: given, argv } = context;
  await using source = await openFamilies(given);
  const { model, activations, explain, tokens } = source;
  const features = LETTERS.map((letter) => `${letter}_unigram`);
  const best = bestNeurons(await source.reductions("token"), features);
  const found = best.filter(({ reduction }) => reduction > given.least);
  const classes = (feature: string) =>
    alphabetClasses(tokens.strings, activations.tokens, letterOf(feature));
  const panels: ClassPanel[] = [];
  const boxes: BoxenNeuron[] = [];
  const inMain = mainLetters(source, found);
  const asked = { names: ALPHABET_CLASSES, classesOf: classes };
  for await (const neuron of splitNeurons(source, found, asked)) {
    const letter = letterOf(neuron.feature);
    const title = `${letter.toUpperCase()} ${neuron.neuron}`;
    panels.push(
      classPanel(neuron.classes, { title, subtitle: `VR ${neuron.reduction.toFixed(3)}` }),
    );
    if (inMain.has(neuron.feature)) {
      boxes.push({ name: title, classes: neuron.classes.map(thinned) });
    }
  }
  const letters = found.map(({ feature }) => letterOf(feature));
  return await plotFamily(context, {
    sources: { activations: activations.run, explain },
    figures: alphabetFigures({ model, panels, main: boxes, classes: ALPHABET_CLASSES }),
    numbers: [
      { name: "letters judged, of 26", value: best.length, verdict: "not applicable" },
      ...listedShare(model, letters, PAPER_LETTERS),
    ],
    found: {
      caption: "Letters and their neurons",
      columns: ["letter", "neuron", "reduction"],
      rows: found.map(({ feature, neuron, reduction }) => [letterOf(feature), neuron, reduction]),
    },
    nearest: nearestText("a letter", best, given.least),
    ...plotFrame(meta, argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
