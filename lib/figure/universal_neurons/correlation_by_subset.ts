/**
 * Correlations in each part of a corpus (spec/universal_neurons section 1.16, correlation by subset).
 *
 * @module
 */
import { boxen } from "../boxen.ts";
import { intervals } from "../intervals.ts";
import { countMissing } from "../missing_values.ts";
import type { FigureEntry } from "../write_report.ts";
import type { CorrelationRun } from "./correlation_runs.ts";

/** What the runs have in common. */
export interface SubsetTitles {
  /** The first model, in titles. */
  readonly model: string;
  /** Excess correlation above which a neuron is universal. */
  readonly border: number;
}

const HUES = ["neurons", "baseline"];

/** A run's subset as the figures name it. */
export function subsetName({ subset }: CorrelationRun): string {
  return subset ?? "all rows";
}

function maximaBySubset(runs: readonly CorrelationRun[], { model }: SubsetTitles): FigureEntry {
  const name = "correlation-by-subset";
  const groups = runs.flatMap((run) => [
    { category: subsetName(run), hue: HUES[0]!, values: run.mean },
    ...(run.baseline ? [{ category: subsetName(run), hue: HUES[1]!, values: run.baseline }] : []),
  ]);
  const hasBaseline = runs.some(({ baseline }) => baseline !== undefined);
  const categories = runs.map(subsetName);
  const caption = "Largest correlation of each neuron (mean over partners) in each subset of the " +
    `corpus${hasBaseline ? ", beside that with the baseline" : ""}. Subsets differ in tokens: ` +
    "with fewer the largest correlation is larger by chance.";
  const spec = boxen([{ yTitle: "Largest correlation", groups }], {
    name,
    title: `${model}: Largest Correlation by Subset`,
    description: caption,
    xTitle: "",
    categories,
    hues: hasBaseline ? HUES : HUES.slice(0, 1),
    missing: countMissing(groups.map(({ values }) => values)),
    xAngle: categories.length > 6 ? -40 : 0,
    size: { width: Math.max(420, 44 * categories.length), height: 300 },
  });
  return { name, spec, caption };
}

function shareBySubset(
  runs: readonly CorrelationRun[],
  { model, border }: SubsetTitles,
): FigureEntry {
  const name = "universal-by-subset";
  const rows = runs.flatMap((run) => {
    if (run.share === undefined) return [];
    const { mean, sd } = run.share;
    const interval = [100 * Math.max(0, mean - sd), 100 * (mean + sd)] as const;
    return [{ label: subsetName(run), value: 100 * mean, interval }];
  });
  const caption = `Share of neurons with an excess correlation above ${border} in each subset; ` +
    "bars are one standard deviation over draws of the baseline.";
  const spec = intervals([{ xTitle: "Universal neurons, %", rows }], {
    name,
    title: `${model}: Universal Neurons by Subset`,
    description: caption,
    width: 420,
  });
  return {
    name,
    spec,
    caption,
    table: {
      caption: "Universal neurons by subset",
      columns: ["subset", "tokens", "share", "sd over draws"],
      rows: runs.flatMap((run) =>
        run.share
          ? [[
            subsetName(run),
            run.tokens,
            `${(100 * run.share.mean).toFixed(3)} %`,
            `${(100 * run.share.sd).toFixed(3)} %`,
          ]]
          : []
      ),
    },
  };
}

/** correlation-by-subset and, where runs have a baseline, universal-by-subset; in the runs' order. */
export function subsetFigures(
  runs: readonly CorrelationRun[],
  titles: SubsetTitles,
): FigureEntry[] {
  const hasShare = runs.some(({ share }) => share !== undefined);
  return [maximaBySubset(runs, titles), ...(hasShare ? [shareBySubset(runs, titles)] : [])];
}
