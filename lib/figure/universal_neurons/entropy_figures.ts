/**
 * Entropy neurons: Gurnee et al. 2024, section 5.3; the notebook entropy_neurons.
 *
 * @module
 */
import { binEdges, countBins } from "../transforms/bins.ts";
import { rangeOf } from "../missing_values.ts";
import { panelTitle, specHead } from "../spec_head.ts";
import type { Layer, Panel, TopLevelSpec } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";
import {
  chosenNames,
  colorOf,
  CONTROL_NAME,
  fittingNote,
  type InterventionFigureInput,
  measurePanel,
} from "./intervention_panels.ts";

/** A neuron of a run of interventions with what its weights are. */
export interface WeighedNeuron {
  /** `layer.index`. */
  readonly name: string;
  readonly role: "chosen" | "control";
  /** `w_in_norm² + w_out_norm²`. */
  readonly l2: number;
  /** Of its cosines with every token, by bin. */
  readonly cosineCounts: readonly number[];
}

/** What the figures are made of. */
export interface EntropyFigureInput {
  readonly interventions: InterventionFigureInput;
  /** Of every neuron of the model. */
  readonly l2: ArrayLike<number>;
  /** Where larger ones are drawn; the largest when absent. */
  readonly clip?: number | undefined;
  readonly neurons: readonly WeighedNeuron[];
  /** One more than there are bins. */
  readonly cosineEdges: readonly number[];
}

const BINS = 100;
const SIZE = { width: 230, height: 200 };
/** Where empty bins stand on a log axis. */
const FLOOR = 0.5;
const INK = "#57606a";

/**
 * The next of 1, 2, 5 times a power of ten with some room: the axis ends at a label, which keeps titles
 * in line.
 */
function roundTop(most: number): number {
  const end = 1.05 * most;
  const power = 10 ** Math.floor(Math.log10(end));
  return [1, 2, 5, 10].map((factor) => factor * power).find((top) => top >= end)!;
}

function countAxis(title: string, most: number) {
  const top = roundTop(most);
  const powers = Array.from({ length: Math.ceil(Math.log10(top)) }, (_, i) => 10 ** i);
  return {
    field: "count",
    type: "quantitative" as const,
    title,
    scale: { type: "log" as const, domain: [FLOOR, top], nice: false },
    axis: { values: [...powers, top], format: "~s" },
  };
}

function placeAxis(title: string, domain: readonly [number, number]) {
  return {
    field: "x",
    type: "quantitative" as const,
    title,
    scale: { domain: [...domain], nice: false, zero: false },
    axis: { grid: false, tickCount: 5 },
  };
}

/** Neurons of a role that stand as lines in (a): more would be a colour. */
const MOST_RULES = 200;

/** The outline of counts over bins, closed at the last edge. */
function steps(edges: ArrayLike<number>, counts: ArrayLike<number>) {
  const height = (i: number) => Math.max(FLOOR, counts[Math.min(i, counts.length - 1)]!);
  return Array.from(edges, (x, i) => ({ x, count: height(i) }));
}

/** What a set's neurons are called in the legend: sets of several have one colour. */
function seriesOf({ neurons }: InterventionFigureInput, names: ReadonlyMap<string, string>) {
  const known = new Map(
    neurons.flatMap(({ name }) => name.split("_").map((one) => [one, names.get(name)] as const)),
  );
  return (name: string) => known.get(name) ?? CONTROL_NAME;
}

/** The axis of (a): a clip does not hide the neurons that are shown. */
function weightAxis({ l2, clip, neurons }: EntropyFigureInput): [low: number, high: number] {
  const [low, largest] = rangeOf([l2]);
  const shown = neurons.map((one) => one.l2);
  return [low, Math.max(Math.min(clip ?? largest, largest), ...shown)];
}

/** (a): how large the weights of all neurons are, and where the chosen and the random ones stand. */
function weightPanel(input: EntropyFigureInput): Panel {
  const { interventions, neurons } = input;
  const [low, high] = weightAxis(input);
  const bins = { low, high, count: BINS };
  const clipped = Float64Array.from(input.l2, (value) => Math.min(value, high));
  const { counts } = countBins(clipped, bins);
  const label = seriesOf(interventions, chosenNames(interventions));
  const ofRole = (role: WeighedNeuron["role"]) =>
    neurons.filter((one) => one.role === role)
      .map(({ name, l2 }) => ({ x: l2, series: label(name) }));
  const color = colorOf(interventions, ofRole("control").length > 0);
  const x = placeAxis("w_in_norm² + w_out_norm²", [low, high]);
  const lines = (role: WeighedNeuron["role"], strokeWidth: number): Layer => ({
    data: { values: ofRole(role).slice(0, MOST_RULES) },
    mark: { type: "rule", strokeWidth },
    encoding: { x, color },
  });
  return {
    title: panelTitle("(a) Size of weights"),
    ...SIZE,
    layer: [
      {
        data: { values: steps(binEdges(bins), counts) },
        mark: { type: "line", interpolate: "step-after", color: INK, strokeWidth: 1.5 },
        encoding: { x, y: countAxis("Neurons (log)", Math.max(...counts)) },
      },
      ...(ofRole("control").length > 0 ? [lines("control", 0.75)] : []),
      lines("chosen", 2),
    ],
  } as Panel;
}

/** (b): cosines with every token; of random neurons the mean count. */
function cosinePanel({ interventions, neurons, cosineEdges }: EntropyFigureInput): Panel {
  const label = seriesOf(interventions, chosenNames(interventions));
  const chosen = neurons.filter(({ role }) => role === "chosen");
  const controls = neurons.filter(({ role }) => role === "control");
  const means = cosineEdges.slice(1).map((_, bin) =>
    controls.reduce((sum, { cosineCounts }) => sum + cosineCounts[bin]!, 0) / controls.length
  );
  const rows = [
    ...(controls.length > 0
      ? steps(cosineEdges, means).map((one) => ({
        ...{ ...one, series: CONTROL_NAME, neuron: CONTROL_NAME },
      }))
      : []),
    ...chosen.flatMap(({ name, cosineCounts }) =>
      steps(cosineEdges, cosineCounts)
        .map((one) => ({ ...one, series: label(name), neuron: name }))
    ),
  ];
  const most = Math.max(1, ...rows.map(({ count }) => count));
  const last = cosineEdges.length - 1;
  return {
    title: panelTitle("(b) Cosines with tokens"),
    ...SIZE,
    layer: [{
      data: { values: rows },
      mark: { type: "line", interpolate: "step-after", strokeWidth: 1.25 },
      encoding: {
        x: placeAxis("cos(W_U, w_out)", [cosineEdges[0]!, cosineEdges[last]!]),
        y: countAxis("Tokens (log)", most),
        color: colorOf(interventions, controls.length > 0),
        detail: { field: "neuron", type: "nominal" },
      },
    }],
  } as Panel;
}

function concatenated(
  panels: readonly Panel[],
  head: { readonly name: string; readonly title: string; readonly description: string },
): TopLevelSpec {
  return {
    ...specHead(head),
    hconcat: panels,
    spacing: 28,
    resolve: { scale: { color: "shared" } },
  } as unknown as TopLevelSpec;
}

/** Chosen neurons drawn at most: each outline has 200 points. */
const MOST_CHOSEN = 12;

/** The chosen neurons that are drawn, and all random ones, which share a line. */
function drawnNeurons(neurons: readonly WeighedNeuron[]): WeighedNeuron[] {
  const chosen = neurons.filter(({ role }) => role === "chosen");
  return [...chosen.slice(0, MOST_CHOSEN), ...neurons.filter(({ role }) => role === "control")];
}

function weightFigure(input: EntropyFigureInput): FigureEntry {
  const { interventions } = input;
  const name = "entropy_neuron_weights";
  const drawn = { ...input, neurons: drawnNeurons(input.neurons) };
  const [, end] = weightAxis(drawn);
  const beyond = Array.from(input.l2).filter((value) => value > end).length;
  const caption = "(a) Squared norms of the weights of all neurons" +
    (beyond === 0 ? "" : ` (${beyond} above ${end} are counted at the end)`) +
    ", with the chosen neurons and the random ones as lines; empty bins are at half a neuron. " +
    `(b) Cosines of output weights with every token in ${input.cosineEdges.length - 1} bins, of ` +
    "random neurons the mean count. (c) Mean scale of the final layer norm against the value at " +
    "which a neuron is held, the unchanged model dashed. An entropy neuron has large weights that " +
    "hardly touch any token, and moves the scale." + fittingNote(interventions);
  const scale = {
    title: panelTitle("(c) Scale of the final layer norm"),
    ...measurePanel(interventions, "scale", SIZE),
  };
  const spec = concatenated([weightPanel(drawn), cosinePanel(drawn), scale], {
    name,
    title: `${interventions.model}: Weights of Entropy Neurons`,
    description: caption,
  });
  return { name, spec, caption };
}

function effectFigure(
  { interventions }: EntropyFigureInput,
  { name, title, measures }: {
    readonly name: string;
    readonly title: string;
    readonly measures: readonly ("reciprocal_rank" | "entropy" | "loss")[];
  },
): FigureEntry {
  const caption = "Means over tokens when a neuron is held at an activation everywhere: chosen " +
    "neurons coloured, random ones thin, the unchanged model dashed." + fittingNote(interventions);
  const panels = measures.map((measure) => measurePanel(interventions, measure, SIZE));
  const head = { name, title: `${interventions.model}: ${title}`, description: caption };
  return { name, spec: concatenated(panels, head), caption };
}

/** entropy_neuron_weights, entropy_neuron_intervention and main_f_entropy. */
export function entropyFigures(input: EntropyFigureInput): FigureEntry[] {
  return [
    weightFigure(input),
    effectFigure(input, {
      name: "entropy_neuron_intervention",
      title: "Entropy Neurons Held at an Activation",
      measures: ["reciprocal_rank", "entropy", "loss"],
    }),
    effectFigure(input, {
      name: "main_f_entropy",
      title: "Entropy by Activation",
      measures: ["entropy"],
    }),
  ];
}
