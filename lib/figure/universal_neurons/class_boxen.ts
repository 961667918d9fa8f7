/**
 * Letter-value plots of neurons' values by class, with other neurons in each panel.
 *
 * @module
 */
import { boxen } from "../boxen.ts";
import { checkMissingValues, countMissing } from "../missing_values.ts";
import { type FigureHead, specHead } from "../spec_head.ts";
import type { Panel, TopLevelSpec } from "../spec_types.ts";
import type { ValueClass } from "./class_histograms.ts";

/** A neuron along the axis of a panel. */
export interface BoxenNeuron {
  readonly name: string;
  readonly classes: readonly ValueClass[];
}

/** Of a class of more values than these as many quantiles are kept: 13 boxes. */
const MOST_VALUES = 2 ** 16;

/**
 * A class with at most 65,536 values: of more it keeps evenly spaced order statistics, whose letter
 * values are those of all to a 65,536th, so that neurons of a long corpus can be held together.
 */
export function thinned({ name, values }: ValueClass): ValueClass {
  if (values.length <= MOST_VALUES) return { name, values };
  const sorted = Float32Array.from(values).sort();
  const step = (sorted.length - 1) / (MOST_VALUES - 1);
  const kept = Float32Array.from({ length: MOST_VALUES }, (_, i) => sorted[Math.round(i * step)]!);
  return { name, values: kept };
}

/** Neurons with one y axis. */
export interface ClassBoxenPanel {
  readonly title: string;
  readonly neurons: readonly BoxenNeuron[];
  readonly yTitle?: string;
}

/** How the plots look. */
export interface ClassBoxenOptions extends FigureHead {
  readonly yTitle: string;
  /** Names of the classes, in the order of colours. */
  readonly classes: readonly string[];
  readonly panelColumns?: number;
  /** Size inside each panel's axes in px. @default 300 x 170 */
  readonly size?: { readonly width: number; readonly height: number };
  readonly xAngle?: number;
}

/**
 * Boxen of each class of each neuron. Values beyond the last box are not drawn: of thousands of tokens
 * they would be more marks than the boxes.
 *
 * @throws {NeuriteError} `E-FIGURE` for more than seven classes, and values that are not finite.
 */
export function classBoxen(
  panels: readonly ClassBoxenPanel[],
  options: ClassBoxenOptions,
): TopLevelSpec {
  const { classes, panelColumns = 1, size = { width: 300, height: 170 }, xAngle = 0 } = options;
  const lists = panels.flatMap(({ neurons }) =>
    neurons.flatMap((neuron) => neuron.classes.map(({ values }) => values))
  );
  checkMissingValues(countMissing(lists), 0, options.title);
  const views = panels.map(({ title, neurons, yTitle = options.yTitle }) => {
    const groups = neurons.flatMap(({ name, classes: own }) =>
      own.map(thinned).map(({ name: hue, values }) => ({ category: name, hue, values }))
    );
    const spec = boxen([{ title, yTitle, groups }], {
      name: options.name,
      title: options.title,
      description: options.description,
      xTitle: "",
      categories: neurons.map(({ name }) => name),
      hues: classes,
      outliers: false,
      size,
      xAngle,
    });
    return (spec as unknown as { concat: Panel[] }).concat[0]!;
  });
  return {
    ...specHead(options),
    columns: panelColumns,
    concat: views,
    spacing: 20,
    resolve: { scale: { color: "shared" } },
  };
}
