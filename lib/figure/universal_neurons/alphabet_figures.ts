/**
 * Alphabet neurons: Gurnee et al. 2024, section 4.3; the notebook alphabet.
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import { type BoxenNeuron, classBoxen } from "./class_boxen.ts";
import { classHistograms, type ClassPanel } from "./class_histograms.ts";

/** What the figures are made of. */
export interface AlphabetFigureInput {
  readonly model: string;
  /** A neuron a letter. */
  readonly panels: readonly ClassPanel[];
  /** Neurons of the figure in the main text. */
  readonly main: readonly BoxenNeuron[];
  readonly classes: readonly string[];
}

/** alphabet_neurons and main_a_alphabet. */
export function alphabetFigures(
  { model, panels, main, classes }: AlphabetFigureInput,
): FigureEntry[] {
  if (panels.length === 0) return [];
  const caption = "Pre-activations of the neuron of each letter: on tokens that are the letter " +
    "alone, on others that begin with it, and on all others; 50 bins over all tokens, each class " +
    "sums to 1.";
  const grid = classHistograms(panels, {
    name: "alphabet_neurons",
    title: `${model}: Alphabet Neurons`,
    description: caption,
    xTitle: "Pre-activation",
    panelColumns: 5,
    size: { width: 160, height: 110 },
  });
  const mainCaption =
    "Pre-activations of neurons of letters by class of token. Values beyond the " +
    "last box are not drawn.";
  const boxes = classBoxen([{ title: "Letters", neurons: main }], {
    name: "main_a_alphabet",
    title: `${model}: Alphabet Neurons`,
    description: mainCaption,
    yTitle: "Pre-activation",
    classes,
    size: { width: 420, height: 240 },
  });
  return [
    { name: "alphabet_neurons", spec: grid, caption },
    { name: "main_a_alphabet", spec: boxes, caption: mainCaption },
  ];
}
