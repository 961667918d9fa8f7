/**
 * All generalization tasks of a run side by side, those that the paper does not draw included.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { type IntervalRow, intervals } from "../intervals.ts";
import type { FigureEntry } from "../write_report.ts";
import { missingCells, yearHeatmap } from "./year_heatmap.ts";

/** A mean over the prompts of a task. */
export interface TaskMean {
  readonly mean: number;
  /** Its bootstrap interval. */
  readonly interval: readonly [low: number, high: number];
  /** The mean when only the circuit sees the year. */
  readonly circuit?: number | undefined;
}

/** One task. */
export interface DrawnTask {
  /** Such as `"0 started and ended"`; unique. */
  readonly label: string;
  /** f32 [97,100]. */
  readonly probs: HostArray;
  /** f32 [97,100], when only the circuit sees the year. */
  readonly patched?: HostArray | undefined;
  readonly probDiff: TaskMean;
  readonly sharpness: TaskMean;
}

const COLUMNS = 3;

function heatmaps(
  panels: readonly { label: string; values: HostArray }[],
  { name, title, caption }: { name: string; title: string; caption: string },
): FigureEntry[] {
  if (panels.length === 0) return [];
  const spec = yearHeatmap(panels.map(({ label, values }) => ({ values, title: label })), {
    name,
    title,
    description: `Probability of each of the 100 two-digit years (columns) after start years 02 ` +
      `to 98 (rows, 02 on top) in ${panels.length} tasks: ${
        panels.map(({ label }) => label).join("; ")
      }.`,
    colorTitle: "Probability",
    palette: "Blues",
    panelColumns: Math.min(COLUMNS, panels.length),
    sharedScale: false,
    missing: missingCells(...panels.map(({ values }) => values)),
  });
  return [{ name, spec, caption }];
}

function row(label: string, { mean, interval, circuit }: TaskMean): IntervalRow {
  return {
    label,
    value: mean,
    interval,
    ...(circuit !== undefined && { reference: circuit }),
  };
}

/**
 * task-measures: means with intervals, and what the circuit alone reaches; task-probs and
 * task-patched-probs: the heatmaps of every task, each on its own scale.
 *
 * @throws {NeuriteError} `E-FIGURE` for labels that repeat, values that are not finite, other shapes.
 */
export function taskFigures(
  tasks: readonly DrawnTask[],
  { model }: { readonly model: string },
): FigureEntry[] {
  if (tasks.length === 0) return [];
  const withCircuit = tasks.some(({ probDiff }) => probDiff.circuit !== undefined);
  const measures: FigureEntry = {
    name: "task-measures",
    spec: intervals([
      {
        xTitle: "Mean probability difference",
        rows: tasks.map(({ label, probDiff }) => row(label, probDiff)),
      },
      {
        xTitle: "Mean cutoff sharpness",
        rows: tasks.map(({ label, sharpness }) => row(label, sharpness)),
      },
    ], {
      name: "task-measures",
      title: `${model} in Other Tasks`,
      description: `Means with bootstrap intervals of ${tasks.length} tasks: ${
        tasks.map(({ label, probDiff }) => `${label} ${probDiff.mean.toFixed(3)}`).join(", ")
      } (probability difference).`,
      valueName: "model",
      referenceName: "circuit alone",
    }),
    caption: "Means over the 97 prompts of each task with 95 % bootstrap intervals" +
      (withCircuit ? "; diamonds: when only the circuit sees the start year." : "."),
  };
  return [
    measures,
    ...heatmaps(tasks.map(({ label, probs: values }) => ({ label, values })), {
      name: "task-probs",
      title: `${model} Probability in Every Task`,
      caption: "Every task that ran, each on its own scale. Greater-than is dark right of the " +
        "diagonal, less-than left of it; grey rows are start years without a prompt.",
    }),
    ...heatmaps(
      tasks.flatMap(({ label, patched }) => patched ? [{ label, values: patched }] : []),
      {
        name: "task-patched-probs",
        title: `Patched ${model} Probability in Every Task`,
        caption: "The same when only the circuit sees the start year.",
      },
    ),
  ];
}
