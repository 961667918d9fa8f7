/**
 * Panels of neurons held at other activations: a measure against the value, chosen neurons coloured,
 * random ones thin, the unchanged model dashed (Gurnee et al. 2024, figure 5).
 *
 * @module
 */
import { CATEGORIES } from "../palette.ts";
import type { Layer, Panel } from "../spec_types.ts";

/** Mean of each measure by value, under the names of the run's arrays. */
export type MeasureSeries = Readonly<
  Record<"loss" | "entropy" | "reciprocal_rank" | "scale", readonly number[]>
>;

/** One neuron, or some that were changed together. */
export interface NeuronSeries {
  readonly name: string;
  readonly role: "chosen" | "control";
  readonly full: MeasureSeries;
  /** With the final layer norm's scale of the unchanged run. */
  readonly frozen?: MeasureSeries | undefined;
  /** Mean change of the loss and its standard error, by value. */
  readonly lossChange: { readonly mean: readonly number[]; readonly se: readonly number[] };
}

/** The results that the figures are made of. */
export interface InterventionFigureInput {
  /** In titles. */
  readonly model: string;
  /** What the values are: `"Activation held at"`. */
  readonly valueTitle: string;
  readonly values: readonly number[];
  /** Means of the unchanged model. */
  readonly nominal: Readonly<Record<keyof MeasureSeries, number>>;
  readonly neurons: readonly NeuronSeries[];
}

/** Titles of what is measured. */
export const MEASURE_TITLES: Readonly<Record<keyof MeasureSeries, string>> = {
  "reciprocal_rank": "Mean reciprocal rank",
  entropy: "Mean entropy, nats",
  loss: "Mean loss, nats",
  scale: "Mean scale of the final layer norm",
};

/** The pale red of the paper's random neurons. */
export const CONTROL_COLOR = "#e8a090";

/** What they are called in the legend. */
export const CONTROL_NAME = "random neurons";

const NOMINAL_COLOR = "#555555";

/** Colours told apart; more chosen neurons share one. */
const MOST_COLORS = CATEGORIES.length - 1;

/** What the chosen neurons are called in the legend. */
export function chosenNames({ neurons }: InterventionFigureInput): Map<string, string> {
  const chosen = neurons.filter(({ role }) => role === "chosen");
  const isMany = chosen.length > MOST_COLORS;
  return new Map(chosen.map(({ name }) => [name, isMany ? "chosen neurons" : shortName(name)]));
}

/** A set of many neurons has a long name. */
export function shortName(name: string): string {
  return name.length <= 24 ? name : `${name.split("_").length} neurons jointly`;
}

/** Points of a panel: three panels stand beside each other in a figure of at most 5,000 marks. */
const MOST_POINTS = 1500;
/** Neurons of a panel: more have no place, as lines or as rows. */
const MOST_NEURONS = 200;

/**
 * The neurons that a figure has room for, the first of either role: chosen ones, which take dots beside
 * their lines and have two arms, then random ones.
 */
export function fittingNeurons({ neurons, values }: InterventionFigureInput): NeuronSeries[] {
  const room = Math.min(MOST_NEURONS, Math.floor(MOST_POINTS / values.length));
  const ofRole = (role: NeuronSeries["role"]) => neurons.filter((one) => one.role === role);
  const chosen = ofRole("chosen").slice(0, Math.max(1, Math.floor(room / 4)));
  return [...chosen, ...ofRole("control").slice(0, Math.max(0, room - 2 * chosen.length))];
}

/** What a caption says where {@linkcode fittingNeurons} are not all; empty where they are. */
export function fittingNote(input: InterventionFigureInput): string {
  const [drawn, all] = [fittingNeurons(input).length, input.neurons.length];
  return drawn === all ? "" : ` ${drawn} of ${all} neurons are drawn.`;
}

/** The colour channel: a colour a chosen neuron, one for all random ones. */
export function colorOf(input: InterventionFigureInput, hasControls: boolean) {
  const names = [...new Set(chosenNames(input).values())];
  return {
    field: "series",
    type: "nominal" as const,
    scale: {
      domain: hasControls ? [...names, CONTROL_NAME] : names,
      range: [...CATEGORIES.slice(0, names.length), ...(hasControls ? [CONTROL_COLOR] : [])],
    },
    legend: { title: null, symbolType: "stroke" as const, symbolSize: 300, symbolOpacity: 1 },
  };
}

/** Rows of a table, one a point of each line. */
export function linesOf(
  { values }: InterventionFigureInput,
  series: readonly { name: string; label: string; arm: string; y: readonly number[] }[],
) {
  return series.flatMap(({ name, label, arm, y }) =>
    values.map((value, i) => ({ neuron: name, series: label, arm, value, mean: y[i]! }))
  );
}

/** One measure against the values: random neurons thin, chosen ones coloured, the unchanged model dashed. */
export function measurePanel(
  input: InterventionFigureInput,
  measure: keyof MeasureSeries,
  size: { readonly width: number; readonly height: number },
): Panel {
  const names = chosenNames(input);
  const neurons = fittingNeurons(input);
  const ofRole = (role: NeuronSeries["role"]) =>
    linesOf(
      input,
      neurons.filter((one) => one.role === role).map(({ name, full }) => ({
        ...{ name, arm: "full", y: full[measure] },
        label: names.get(name) ?? CONTROL_NAME,
      })),
    );
  const controls = ofRole("control");
  const encoding = {
    x: {
      field: "value",
      type: "quantitative" as const,
      title: input.valueTitle,
      scale: { zero: false, nice: false },
      axis: { grid: false },
    },
    y: {
      field: "mean",
      type: "quantitative" as const,
      title: MEASURE_TITLES[measure],
      scale: { zero: false, nice: true },
    },
    color: colorOf(input, controls.length > 0),
    detail: { field: "neuron", type: "nominal" as const },
  };
  const thin: Layer = {
    data: { values: controls },
    mark: { type: "line", strokeWidth: 1, strokeOpacity: 0.7 },
    encoding,
  };
  const bold: Layer = {
    data: { values: ofRole("chosen") },
    mark: { type: "line", strokeWidth: 2.5, point: { size: 28 } },
    encoding,
  };
  return {
    ...size,
    layer: [
      ...(controls.length > 0 ? [thin] : []),
      bold,
      nominalRule(input.nominal[measure]),
    ],
  };
}

/** The dashed line of the unchanged model. */
export function nominalRule(mean: number): Layer {
  return {
    data: { values: [{ mean }] },
    mark: { type: "rule", strokeDash: [6, 4], color: NOMINAL_COLOR, strokeWidth: 1.5 },
    encoding: { y: { field: "mean", type: "quantitative" } },
  };
}
