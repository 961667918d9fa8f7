/**
 * What prediction neurons do to the logits of tokens with and without their feature (Gurnee et al. 2024,
 * section 5.1; the notebook prediction_neurons).
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import { classBoxen, type ClassBoxenPanel } from "./class_boxen.ts";
import {
  classHistograms,
  type ClassPanel,
  classPanel,
  type ValueClass,
} from "./class_histograms.ts";

/** A neuron's effects, split by one feature. */
export interface PredictionPanel {
  /** `layer.index`. */
  readonly neuron: string;
  readonly feature: string;
  /** Under the title. */
  readonly subtitle?: string | undefined;
  /** Effects on tokens that the feature holds of, and on the others. */
  readonly inside: ArrayLike<number>;
  readonly outside: ArrayLike<number>;
}

/** Neurons of one feature. */
export interface DuplicatePanel {
  readonly feature: string;
  readonly neurons: readonly {
    readonly name: string;
    /** Effects by class of token. */
    readonly effects: readonly [inside: ArrayLike<number>, outside: ArrayLike<number>];
    /** Pre-activations by class of the next token, where they were cached. */
    readonly activations?: readonly [inside: ArrayLike<number>, outside: ArrayLike<number>];
  }[];
}

/** The results that the figures are made of. */
export interface PredictionFigureInput {
  /** In titles. */
  readonly model: string;
  /** What effects are: `"Logit effect"`, `"Cosine"`. */
  readonly unit: string;
  /** How the neurons were chosen, for captions. */
  readonly chosen: string;
  readonly main: readonly PredictionPanel[];
  readonly appendix: readonly PredictionPanel[];
  readonly suppression: readonly PredictionPanel[];
  readonly duplicates: readonly DuplicatePanel[];
}

const CLASSES = ["feature holds", "others"] as const;
/** Below this share of tokens a feature's class is lost on a linear axis of counts. */
const RARE = 0.1;

function classes(inside: ArrayLike<number>, outside: ArrayLike<number>): ValueClass[] {
  return [{ name: CLASSES[0], values: inside }, { name: CLASSES[1], values: outside }];
}

function panelOf(
  { neuron, feature, subtitle, inside, outside }: PredictionPanel,
  yScale: "linear" | "log" = "linear",
): ClassPanel {
  const title = `${neuron} ${feature}`;
  return classPanel(classes(inside, outside), { title, subtitle, yScale });
}

const BINNED = "50 bins over all tokens; each class sums to 1.";

function mainFigure({ model, main, unit, chosen }: PredictionFigureInput): FigureEntry[] {
  if (main.length === 0) return [];
  const name = "prediction_neuron_histograms_main";
  const caption = `${unit} of neurons on tokens with and without a feature, ${chosen}. ${BINNED} ` +
    "The axis is a log where fewer than a tenth of the tokens have the feature; empty bins are " +
    "then at half a token.";
  const panels = main.map((panel) => {
    const share = panel.inside.length / (panel.inside.length + panel.outside.length);
    return panelOf(panel, share < RARE ? "log" : "linear");
  });
  const spec = classHistograms(panels, {
    name,
    title: `${model}: Prediction Neurons`,
    description: caption,
    xTitle: unit,
    panelColumns: 3,
  });
  return [{ name, spec, caption }];
}

function appendixFigure({ model, appendix, unit, chosen }: PredictionFigureInput): FigureEntry[] {
  if (appendix.length === 0) return [];
  const name = "prediction_neurons_appendix";
  const caption = `${unit} of ${appendix.length} neurons, each with another feature where they ` +
    `were found, ${chosen}. ${BINNED}`;
  const spec = classHistograms(appendix.map((panel) => panelOf(panel)), {
    name,
    title: `${model}: Prediction Neurons by Feature`,
    description: caption,
    xTitle: unit,
    panelColumns: 5,
    size: { width: 150, height: 100 },
  });
  return [{ name, spec, caption }];
}

function suppressionFigure(
  { model, suppression, unit, chosen }: PredictionFigureInput,
): FigureEntry[] {
  if (suppression.length === 0) return [];
  const name = "main_e_suppression";
  const caption =
    `${unit} of the neuron that pushes the tokens of its feature down most clearly, ` +
    `${chosen}. ${BINNED}`;
  const spec = classHistograms(suppression.map((panel) => panelOf(panel)), {
    name,
    title: `${model}: a Suppression Neuron`,
    description: caption,
    xTitle: unit,
    size: { width: 360, height: 220 },
  });
  return [{ name, spec, caption }];
}

function duplicatesFigure(
  { model, duplicates, unit, chosen }: PredictionFigureInput,
): FigureEntry[] {
  if (duplicates.length === 0) return [];
  const name = "prediction_neuron_duplicates";
  const hasActivations = duplicates.some(({ neurons }) =>
    neurons.some(({ activations }) => activations)
  );
  const panels = duplicates.flatMap(({ feature, neurons }): ClassBoxenPanel[] => {
    const left = {
      title: feature,
      neurons: neurons.map(({ name, effects }) => ({ name, classes: classes(...effects) })),
    };
    if (!hasActivations) return [left];
    const cached = neurons.flatMap(({ name, activations }) =>
      activations ? [{ name, classes: classes(...activations) }] : []
    );
    const title = `${feature}: of the next token`;
    return [left, { title, yTitle: "Pre-activation", neurons: cached }];
  });
  const caption =
    `Several neurons of one feature, ${chosen}. ${
      hasActivations ? "Left: " : ""
    }${unit.toLowerCase()} by class of token` +
    (hasActivations ? "; right: pre-activation by class of the next token. " : ". ") +
    "Values beyond the last box are not drawn.";
  const spec = classBoxen(panels, {
    name,
    title: `${model}: Neurons that Predict the Same`,
    description: caption,
    yTitle: unit,
    classes: CLASSES,
    panelColumns: hasActivations ? 2 : 1,
    size: { width: 420, height: 130 },
  });
  return [{ name, spec, caption }];
}

/** Every figure that there are neurons for. */
export function predictionFigures(input: PredictionFigureInput): FigureEntry[] {
  return [
    ...mainFigure(input),
    ...suppressionFigure(input),
    ...appendixFigure(input),
    ...duplicatesFigure(input),
  ];
}
