/**
 * What happens to predictions when neurons are held at other activations: Gurnee et al. 2024, figure 5
 * and its appendix, and the arm in which the final layer norm divides as before.
 *
 * @module
 */
import { intervals } from "../intervals.ts";
import { line } from "../line.ts";
import type { ReportTable } from "../report.ts";
import { type Panel, SCHEMA, type TopLevelSpec } from "../spec_types.ts";
import { THEME } from "../theme.ts";
import type { FigureEntry } from "../write_report.ts";
import {
  chosenNames,
  colorOf,
  fittingNeurons,
  fittingNote,
  type InterventionFigureInput,
  linesOf,
  MEASURE_TITLES,
  measurePanel,
  nominalRule,
  shortName,
} from "./intervention_panels.ts";

function head(name: string, title: string, description: string) {
  return { $schema: SCHEMA, name, title: { text: title }, description, config: THEME };
}

function sweepFigure(input: InterventionFigureInput): FigureEntry {
  const measures = ["reciprocal_rank", "entropy", "loss"] as const;
  const caption = "Means over tokens when a neuron is held at an activation everywhere: chosen " +
    "neurons coloured, random ones of the last two layers thin, the unchanged model dashed. An " +
    "entropy neuron moves the entropy far and the rank little." + fittingNote(input);
  const spec: TopLevelSpec = {
    ...head("entropy-intervention", `${input.model}: Neurons Held at an Activation`, caption),
    hconcat: measures.map((measure) => measurePanel(input, measure, { width: 210, height: 220 })),
    spacing: 28,
  };
  return { name: "entropy-intervention", spec, caption };
}

function scaleFigure(input: InterventionFigureInput): FigureEntry {
  const caption =
    "Mean scale by which the final layer norm divides, against the value at which a " +
    "neuron is held; the unchanged model dashed. A larger scale makes every logit smaller, and the " +
    "prediction less certain." + fittingNote(input);
  const title = `${input.model}: Scale of the Final Layer Norm`;
  const panel = measurePanel(input, "scale", { width: 420, height: 260 });
  const spec = { ...head("final-scale", title, caption), ...panel } as TopLevelSpec;
  return { name: "final-scale", spec, caption };
}

/** How a change at one value divides into direction and scale. */
function splitTable({ neurons, values, nominal }: InterventionFigureInput): ReportTable {
  const rows = neurons.filter(({ role }) => role === "chosen").flatMap(({ name, full, frozen }) => {
    if (!frozen) return [];
    const distance = full.entropy.map((entropy) => Math.abs(entropy - nominal.entropy));
    const at = distance.indexOf(Math.max(...distance));
    return (["entropy", "loss"] as const).map((measure) => {
      const whole = full[measure][at]! - nominal[measure];
      const direction = frozen[measure][at]! - nominal[measure];
      return [
        shortName(name),
        String(values[at]),
        measure,
        ...[whole, direction, whole - direction].map((change) => change.toPrecision(3)),
      ];
    });
  });
  return {
    caption: "Change from the unchanged model where the entropy moves most, in nats",
    columns: ["neuron", "value", "measure", "whole", "by direction", "by scale"],
    rows,
  };
}

function frozenFigure(input: InterventionFigureInput): FigureEntry {
  const names = chosenNames(input);
  const arms = ["scale as it is", "scale held"] as const;
  const caption = "The same with the final layer norm's scale held at that of the unchanged run " +
    "(dashed): what is left is by the residual's direction; the distance between the lines is by " +
    "its length." + fittingNote(input);
  const panel = (measure: "entropy" | "loss"): Panel => {
    const series = fittingNeurons(input).filter(({ role }) => role === "chosen").flatMap(
      ({ name, full, frozen }) => {
        const label = names.get(name)!;
        const line = (arm: string, y: readonly number[]) => ({ name, label, arm, y });
        return [line(arms[0], full[measure]), ...(frozen ? [line(arms[1], frozen[measure])] : [])];
      },
    );
    return {
      width: 290,
      height: 240,
      layer: [
        {
          data: { values: linesOf(input, series) },
          mark: { type: "line", strokeWidth: 2, point: { size: 24 } },
          encoding: {
            x: {
              field: "value",
              type: "quantitative",
              title: input.valueTitle,
              scale: { zero: false, nice: false },
              axis: { grid: false },
            },
            y: {
              field: "mean",
              type: "quantitative",
              title: MEASURE_TITLES[measure],
              scale: { zero: false, nice: true },
            },
            color: colorOf(input, false),
            detail: { field: "neuron", type: "nominal" },
            strokeDash: {
              field: "arm",
              type: "nominal",
              scale: { domain: [...arms], range: [[1, 0], [5, 3]] },
              legend: { title: null, symbolType: "stroke", symbolSize: 300 },
            },
          },
        },
        nominalRule(input.nominal[measure]),
      ],
    };
  };
  const spec: TopLevelSpec = {
    ...head("frozen-scale", `${input.model}: With and Without the Final Scale`, caption),
    hconcat: [panel("entropy"), panel("loss")],
    spacing: 28,
  };
  return { name: "frozen-scale", spec, caption, table: splitTable(input) };
}

/** Changes of the loss where there is one value only, and so no curve. */
function changeFigure(input: InterventionFigureInput): FigureEntry {
  const rows = fittingNeurons(input).map(({ name, role, lossChange: { mean, se } }) => ({
    label: role === "chosen" ? shortName(name) : `${shortName(name)} (random)`,
    value: mean[0]!,
    ...(Number.isFinite(se[0]!) && {
      interval: [mean[0]! - 2 * se[0]!, mean[0]! + 2 * se[0]!] as const,
    }),
  }));
  const caption =
    "Mean change of the loss, token by token from the unchanged model, with twice its " +
    "standard error over rows." + fittingNote(input);
  const spec = intervals([{ xTitle: "Change of the loss, nats", rows }], {
    name: "loss-change",
    title: `${input.model}: Change of the Loss`,
    description: caption,
  });
  return { name: "loss-change", spec, caption };
}

/** Mean changes of tokens by a neuron's activation before it was changed. */
export interface ActivationChanges {
  readonly model: string;
  /** `layer.index`. */
  readonly neuron: string;
  /** What was done to it. */
  readonly change: string;
  readonly location: string;
  /** Middles of the bins. */
  readonly centers: readonly number[];
  readonly tokens: readonly number[];
  readonly loss: { readonly mean: readonly number[]; readonly se: readonly number[] };
  readonly entropy: { readonly mean: readonly number[]; readonly se: readonly number[] };
}

/** Changes of loss and entropy by activation, with bands of two standard errors. */
export function activationFigure(input: ActivationChanges): FigureEntry {
  const { model, neuron, change, location, centers, tokens } = input;
  const series = (["loss", "entropy"] as const).map((name) => {
    const { mean, se } = input[name];
    const edge = (sign: number) =>
      mean.map((value, i) => value + (Number.isFinite(se[i]!) ? 2 * sign * se[i]! : 0));
    return { name, x: centers, y: mean, band: { low: edge(-1), high: edge(1) } };
  });
  const caption = `Mean change of loss and entropy under ${change} of neuron ${neuron}, by its ` +
    `activation (${location}) in the unchanged run; bands are twice the standard error over rows.`;
  return {
    name: "change-by-activation",
    spec: line(series, {
      name: "change-by-activation",
      title: `${model}: ${change} of ${neuron}`,
      description: caption,
      xTitle: `Activation before the change (${location})`,
      yTitle: "Mean change, nats",
      rules: [{ y: 0 }],
    }),
    caption,
    table: {
      caption: "Tokens and changes by activation",
      columns: ["activation", "tokens", "change of loss", "change of entropy"],
      rows: centers.map((center, i) => [
        center,
        tokens[i]!,
        input.loss.mean[i]!.toPrecision(3),
        input.entropy.mean[i]!.toPrecision(3),
      ]),
    },
  };
}

/** Every figure of a run of interventions. */
export function interventionFigures(input: InterventionFigureInput): FigureEntry[] {
  if (input.values.length < 2) return [changeFigure(input)];
  const isSplit = input.neurons.some(({ role, frozen }) => role === "chosen" && frozen);
  return [sweepFigure(input), scaleFigure(input), ...(isSplit ? [frozenFigure(input)] : [])];
}
