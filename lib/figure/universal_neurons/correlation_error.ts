/**
 * How many tokens correlations need: runs of few tokens beside the run of most
 * (spec/universal_neurons section 1.3, the convergence experiment).
 *
 * @module
 */
import { line } from "../line.ts";
import type { ReportNumber } from "../report.ts";
import { rankCorrelation } from "../transforms/linear_fit.ts";
import { percentile, sortFinite } from "../transforms/percentiles.ts";
import type { FigureEntry } from "../write_report.ts";
import type { CorrelationRun } from "./correlation_runs.ts";

/** What the runs have in common. */
export interface ErrorTitles {
  /** The first model, in titles. */
  readonly model: string;
  /** Excess correlation above which a neuron is universal. */
  readonly border: number;
}

/** One run held against the run of most tokens. */
export interface CorrelationError {
  readonly tokens: number;
  /** Percentiles 5, 50 and 95 of the largest correlation less that of the run of most tokens. */
  readonly difference: readonly [low: number, median: number, high: number];
  /** Share of neurons and partners whose most similar neuron is the same. */
  readonly sameNeuron: number;
  /** Spearman's correlation of the largest correlations, means over partners. */
  readonly rank: number;
  /** Universal neurons here; undefined without a baseline. */
  readonly universal: number | undefined;
  /** Share of the universal neurons of most tokens that are universal here. */
  readonly kept: number | undefined;
  /** Share of the universal neurons here that are universal at most tokens. */
  readonly confirmed: number | undefined;
}

function differences(run: CorrelationRun, last: CorrelationRun): Float64Array {
  const n = run.mean.length;
  const out = new Float64Array(n * run.pairs.length);
  run.pairs.forEach(({ maximum }, pair) => {
    maximum.forEach((value, i) => out[pair * n + i] = value - last.pairs[pair]!.maximum[i]!);
  });
  return out;
}

function universalSet({ excess }: CorrelationRun, border: number): Set<number> | undefined {
  if (excess === undefined) return undefined;
  return new Set([...excess.keys()].filter((i) => excess[i]! > border));
}

function share(of: Set<number> | undefined, within: Set<number> | undefined): number | undefined {
  return of && within && of.size > 0 ? of.intersection(within).size / of.size : undefined;
}

/** The runs in the order of their tokens, each held against the last. */
export function correlationErrors(
  runs: readonly CorrelationRun[],
  border: number,
): CorrelationError[] {
  const ordered = runs.toSorted((a, b) => a.tokens - b.tokens);
  const last = ordered.at(-1)!;
  const final = universalSet(last, border);
  return ordered.map((run) => {
    const { sorted } = sortFinite(differences(run, last));
    const same = run.pairs.map(({ at }, pair) =>
      at.filter((neuron, i) => neuron === last.pairs[pair]!.at[i]).length / at.length
    );
    const own = universalSet(run, border);
    return {
      tokens: run.tokens,
      difference: [percentile(sorted, 5), percentile(sorted, 50), percentile(sorted, 95)],
      sameNeuron: same.reduce((sum, value) => sum + value, 0) / same.length,
      rank: rankCorrelation(run.mean, last.mean),
      universal: own?.size,
      kept: share(final, own),
      confirmed: share(own, final),
    };
  });
}

/** Round numbers of tokens for the axis: powers of ten and, where they are few, twos and fives. */
function tokenTicks(errors: readonly CorrelationError[]): number[] {
  const [low, high] = [errors[0]!.tokens, errors.at(-1)!.tokens];
  const factors = high / low > 500 ? [1] : high / low > 20 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high; power *= 10) {
    ticks.push(...factors.map((factor) => factor * power).filter((x) => x >= low && x <= high));
  }
  return ticks;
}

function errorFigure(errors: readonly CorrelationError[], { model }: ErrorTitles): FigureEntry {
  const name = "correlation-error";
  const most = errors.at(-1)!.tokens.toLocaleString("en-US");
  const at = (i: 0 | 1 | 2) => errors.map(({ difference }) => difference[i]);
  const caption =
    `Each neuron's largest correlation less that over ${most} tokens, all partners: ` +
    "median, and the range from the 5th to the 95th percentile. With few tokens the largest of " +
    "many correlations is too large by chance.";
  const series = {
    name: "median, 5 to 95 %",
    x: errors.map(({ tokens }) => tokens),
    y: at(1),
    band: { low: at(0), high: at(2) },
  };
  const spec = line([series], {
    name,
    title: `${model}: Error of the Largest Correlation by Tokens`,
    description: caption,
    xTitle: "Tokens",
    yTitle: "Difference (median, 5 to 95 %)",
    xScale: "log",
    xTicks: tokenTicks(errors),
    points: true,
    rules: [{ y: 0 }],
  });
  const number = (value: number) => value.toFixed(4);
  return {
    name,
    spec,
    caption,
    table: {
      caption: "Error of the largest correlation",
      columns: ["tokens", "5 %", "median", "95 %"],
      rows: errors.map(({ tokens, difference }) => [tokens, ...difference.map(number)]),
    },
  };
}

const AGREEMENTS = [
  ["rank", "rank correlation"],
  ["sameNeuron", "same most similar neuron"],
  ["kept", "universal neurons kept"],
  ["confirmed", "universal neurons confirmed"],
] as const;

function agreementFigure(
  errors: readonly CorrelationError[],
  { model, border }: ErrorTitles,
): FigureEntry {
  const name = "correlation-agreement";
  const most = errors.at(-1)!.tokens.toLocaleString("en-US");
  const series = AGREEMENTS.flatMap(([key, label]) => {
    const known = errors.filter((error) => error[key] !== undefined);
    if (known.length < 2) return [];
    return [{
      name: label,
      x: known.map(({ tokens }) => tokens),
      y: known.map((error) => error[key]!),
    }];
  });
  const least = Math.min(0, ...series.flatMap(({ y }) => y));
  const caption =
    `Agreement with the run of ${most} tokens: Spearman's correlation of the largest ` +
    "correlations (mean over partners); share of neurons whose most similar neuron of a partner " +
    `is the same; share of the neurons universal there (excess above ${border}) that are ` +
    "universal here, and of those universal here that are universal there.";
  const spec = line(series, {
    name,
    title: `${model}: Agreement by Tokens`,
    description: caption,
    xTitle: "Tokens",
    yTitle: `Agreement with ${most} tokens`,
    xScale: "log",
    xTicks: tokenTicks(errors),
    points: true,
    yDomain: [least, 1],
  });
  const cell = (value: number | undefined) => value === undefined ? "none" : value.toFixed(4);
  return {
    name,
    spec,
    caption,
    table: {
      caption: "Agreement with the run of most tokens",
      columns: ["tokens", ...AGREEMENTS.map(([, label]) => label), "universal"],
      rows: errors.map((error) => [
        error.tokens,
        ...AGREEMENTS.map(([key]) => cell(error[key])),
        error.universal ?? "no baseline",
      ]),
    },
  };
}

/** correlation-error and correlation-agreement, from two runs on. */
export function errorFigures(
  errors: readonly CorrelationError[],
  titles: ErrorTitles,
): FigureEntry[] {
  return [errorFigure(errors, titles), agreementFigure(errors, titles)];
}

/** The numbers of the run of fewest tokens, for a report. */
export function errorNumbers(errors: readonly CorrelationError[]): ReportNumber[] {
  return errors.slice(0, -1).map(({ tokens, difference: [low, median, high] }) => ({
    name: `${tokens.toLocaleString("en-US")} tokens: median error of the largest correlation`,
    value: median,
    verdict: "not applicable",
    note: `5 to 95 %: ${low.toFixed(4)} to ${high.toFixed(4)}`,
  }));
}
