/**
 * Neurons that the token before explains: Gurnee et al. 2024, section 4.3; the notebook previous_token.
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import { type BoxenNeuron, classBoxen } from "./class_boxen.ts";
import { classHistograms, type ClassPanel } from "./class_histograms.ts";

/** prev_token_neurons, and main_b_prev_token of one neuron. */
export function previousTokenFigures(
  { model, panels, main, classes }: {
    readonly model: string;
    readonly panels: readonly ClassPanel[];
    readonly main: BoxenNeuron | undefined;
    readonly classes: readonly string[];
  },
): FigureEntry[] {
  if (panels.length === 0 || main === undefined) return [];
  const caption = `Pre-activations of the ${panels.length} neurons best explained by the token ` +
    "before, by whether the feature holds of that token; 50 bins over all tokens, each class sums " +
    "to 1. The first token of a row has none before it.";
  const spec = classHistograms(panels, {
    name: "prev_token_neurons",
    title: `${model}: Previous-Token Neurons`,
    description: caption,
    xTitle: "Pre-activation",
    panelColumns: 5,
    size: { width: 160, height: 110 },
  });
  const mainCaption = `Pre-activations of ${main.name} by whether the feature holds of the token ` +
    "before. Values beyond the last box are not drawn.";
  const boxes = classBoxen([{ title: "Token before", neurons: [main] }], {
    name: "main_b_prev_token",
    title: `${model}: a Previous-Token Neuron`,
    description: mainCaption,
    yTitle: "Pre-activation",
    classes,
    size: { width: 300, height: 220 },
  });
  return [
    { name: "prev_token_neurons", spec, caption },
    { name: "main_b_prev_token", spec: boxes, caption: mainCaption },
  ];
}
