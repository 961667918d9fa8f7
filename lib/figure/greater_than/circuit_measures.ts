/**
 * What a circuit keeps of the behaviour, with bootstrap intervals and the paper's values.
 *
 * @module
 */
import { type IntervalPanel, type IntervalRow, intervals } from "../intervals.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";

/** A mean, its bootstrap interval, and the paper's value where it gives one. */
export interface Measured {
  readonly mean: number;
  readonly interval?: readonly [low: number, high: number];
  readonly paper?: number;
}

/** The measures of one run: the model's own, or a circuit's. */
export interface MeasuredRun {
  /** Such as `"baseline"`, `"circuit"`, `"reverse"`, `"whole circuit"`. */
  readonly label: string;
  readonly probDiff: Measured;
  readonly sharpness?: Measured;
}

function row(label: string, { mean, interval, paper }: Measured): IntervalRow {
  return {
    label,
    value: mean,
    ...(interval && { interval }),
    ...(paper !== undefined && { reference: paper }),
  };
}

/**
 * Mean probability difference, and cutoff sharpness where it was measured, of each run: a dot with
 * its bootstrap interval, and a diamond at the paper's value.
 *
 * @throws {NeuriteError} `E-FIGURE` for no runs, labels that repeat, values that are not finite.
 */
export function circuitMeasures(
  runs: readonly MeasuredRun[],
  { model, name = "circuit-measures" }: { readonly model: string; readonly name?: string },
): TopLevelSpec {
  const sharp = runs.flatMap(({ label, sharpness }) => sharpness ? [row(label, sharpness)] : []);
  const panels: IntervalPanel[] = [
    {
      xTitle: "Mean probability difference",
      rows: runs.map(({ label, probDiff }) => row(label, probDiff)),
    },
    ...(sharp.length > 0 ? [{ xTitle: "Mean cutoff sharpness", rows: sharp }] : []),
  ];
  return intervals(panels, {
    name,
    title: `${model} and Its Circuit`,
    description: `Means with bootstrap intervals: ${
      runs.map(({ label, probDiff }) => `${label} ${probDiff.mean.toFixed(3)}`).join(", ")
    } (probability difference).`,
  });
}

/** circuit-measures; nothing without runs. */
export function measureFigures(
  runs: readonly MeasuredRun[],
  options: { readonly model: string },
): FigureEntry[] {
  if (runs.length === 0) return [];
  return [{
    name: "circuit-measures",
    spec: circuitMeasures(runs, options),
    caption: "Means over the prompts with bootstrap intervals; diamonds are the paper's values.",
  }];
}
