/**
 * Relations the paper leaves unexplained (Gurnee et al. 2024, the notebook mysteries).
 *
 * @module
 */
import { basename } from "node:path";
import type { HostArray } from "../../array.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { density2d } from "../density_2d.ts";
import { densityCurves } from "../kde_plot.ts";
import type { ReportNumber } from "../report.ts";
import { linearFit } from "../transforms/linear_fit.ts";
import type { FigureEntry } from "../write_report.ts";
import {
  absentColumns,
  type NeuronTable,
  type TableFigure,
  universalFlags,
} from "./neuron_tables.ts";

/** A neuron table and, by side, the largest and least cosine of each neuron with another, `[n]`. */
export interface WeightMaxima {
  readonly table: NeuronTable;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly leastInput: Float64Array;
  readonly leastOutput: Float64Array;
}

/** The paper's correlations of activation frequency and `cos(w_in, w_out)`. */
const PAPER_RHO: Readonly<Record<string, number>> = {
  "stanford-gpt2-small-a": -0.69,
  "stanford-gpt2-medium-a": -0.63,
  "pythia-160m": -0.58,
};

const SIDES = [
  ["input", "max cos of input weights"],
  ["output", "max cos of output weights"],
] as const;

const LEAST_SIDES = [
  ["leastInput", "min cos of input weights"],
  ["leastOutput", "min cos of output weights"],
] as const;

type Sides = readonly (typeof SIDES | typeof LEAST_SIDES)[number][];

/** The first column of a `[n, k]` array of tops: the largest, of bottoms the least. */
export function firstOf({ data, shape }: HostArray): Float64Array {
  const [rows, width] = shape as [number, number];
  return Float64Array.from({ length: rows }, (_, i) => Number(data[i * width]));
}

/** The largest cosines of models that have both a table with `excess_corr` and a run of weights. */
export interface FoundMaxima {
  readonly maxima: readonly WeightMaxima[];
  /** A line for each table that has not. */
  readonly leftOut: readonly string[];
}

async function maximaOf(table: NeuronTable, run: FinishedRun): Promise<WeightMaxima | undefined> {
  await using arrays = await run.openArrays();
  const names = ["in_in_top", "out_out_top", "in_in_bottom", "out_out_bottom"];
  const read = [];
  for (const name of names) read.push(firstOf(await arrays.read(name)));
  const [input, output, leastInput, leastOutput] = read;
  return input!.length === table.layer.length
    ? {
      table,
      input: input!,
      output: output!,
      leastInput: leastInput!,
      leastOutput: leastOutput!,
    }
    : undefined;
}

/** Finds each table's run of `un:weights` by the model's name, and reads the largest cosines. */
export async function readWeightMaxima(
  tables: readonly NeuronTable[],
  runs: readonly FinishedRun[],
): Promise<FoundMaxima> {
  const models = await Promise.all(runs.map(async (run) => (await run.summary()).model));
  const maxima: WeightMaxima[] = [];
  const leftOut: string[] = [];
  for (const table of tables) {
    const say = (why: string) => leftOut.push(`left out max_weight_sim, ${table.model}: ${why}`);
    const at = models.findIndex((model) => basename(String(model)) === basename(table.source));
    if (!table.columns.excess_corr) say(absentColumns(["excess_corr"]));
    else if (at < 0) {
      if (runs.length > 0) say(`no run of it in --weights; deno task un:weights makes it`);
    } else {
      const found = await maximaOf(table, runs[at]!);
      if (found) maxima.push(found);
      else say(`the run in ${runs[at]!.directory} has another number of neurons`);
    }
  }
  return { maxima, leftOut };
}

/** How many points have a place that is not finite. */
function missingPoints(panels: readonly { x: ArrayLike<number>; y: ArrayLike<number> }[]): number {
  return panels.reduce((sum, { x, y }) => sum + linearFit(x, y).leftOut, 0);
}

function leftOutText(missing: number): string {
  return missing === 0 ? "" : ` ${missing} neurons have no finite value and are left out.`;
}

function sparsityPanels(tables: readonly NeuronTable[]) {
  return tables.map(({ model, columns }) => ({
    title: model,
    x: columns.sparsity!,
    y: columns.in_out_sim!,
  }));
}

function sparsityAgainstSimilarity(tables: readonly NeuronTable[]): FigureEntry {
  const name = "sparsity_vs_in_out_sim";
  const panels = sparsityPanels(tables);
  const missing = missingPoints(panels);
  const caption = "Activation frequency (share of tokens) against the cosine of input and output " +
    "weights, all neurons; the line is the least-squares fit and ρ Pearson's correlation." +
    leftOutText(missing);
  const spec = density2d(panels, {
    name,
    title: "Activation Frequency and Similarity of Input and Output Weights",
    description: caption,
    xTitle: "Activation frequency",
    yTitle: "cos(w_in, w_out)",
    missing,
    panelColumns: 3,
  });
  return { name, spec, caption };
}

/** ρ of activation frequency and `cos(w_in, w_out)` by model, the paper's beside it. */
export function sparsityNumbers(tables: readonly NeuronTable[]): ReportNumber[] {
  return tables.filter(({ columns }) => columns.sparsity && columns.in_out_sim)
    .map(({ model, source, columns }) => {
      const paper = PAPER_RHO[source];
      return {
        name: `${model}: ρ of activation frequency and cos(w_in, w_out)`,
        value: linearFit(columns.sparsity!, columns.in_out_sim!).rho,
        ...(paper === undefined ? {} : { paper }),
        verdict: "not applicable" as const,
      };
    });
}

/** sparsity_vs_in_out_sim. */
export function sparsityFigures(): TableFigure[] {
  return [{
    name: "sparsity_vs_in_out_sim",
    needs: ["sparsity", "in_out_sim"],
    draw: (tables) => [sparsityAgainstSimilarity(tables)],
  }];
}

const commas = (count: number) => count.toLocaleString("en-US");

function columnsOfGrid(models: number): number {
  // One model has its sides beside each other.
  return models === 1 ? 2 : models;
}

function maximaDensities(
  models: readonly WeightMaxima[],
  border: number,
  { name, sides, words }: {
    readonly name: string;
    readonly sides: Sides;
    /** Which cosines, in the caption. */
    readonly words: string;
  },
): FigureEntry {
  const panels = sides.flatMap(([side, xTitle]) =>
    models.map((model) => {
      const flags = universalFlags(model.table, border);
      const count = flags.filter(Boolean).length;
      const group = (isUniversal: boolean) =>
        model[side].filter((_, i) => flags[i] === isUniversal);
      return {
        title: model.table.model,
        subtitle: `${commas(count)} universal of ${commas(flags.length)}`,
        xTitle,
        groups: [
          { name: "universal", samples: [group(true)] },
          { name: "others", samples: [group(false)] },
        ],
      };
    })
  );
  const caption =
    `${words} cosine of each neuron's input (output) weights with those of any other ` +
    "neuron of the model: Gaussian kernel densities (Scott's bandwidth) of universal neurons and " +
    "of the others.";
  const spec = densityCurves(panels, {
    name,
    title: `${words} Similarity with Another Neuron's Weights`,
    description: caption,
    bounds: [-1, 1],
    panelColumns: columnsOfGrid(models.length),
  });
  return { name, spec, caption };
}

function maximaAgainstExcess(
  models: readonly WeightMaxima[],
  { name, sides, words, paper }: {
    readonly name: string;
    readonly sides: Sides;
    readonly words: string;
    /** What the paper has, in the caption. */
    readonly paper: string;
  },
): FigureEntry {
  const panels = sides.flatMap(([side, xTitle]) =>
    models.map((model) => ({
      title: model.table.model,
      xTitle,
      x: model[side],
      y: model.table.columns.excess_corr!,
    }))
  );
  const missing = missingPoints(panels);
  const caption = `${words} cosine of each neuron's input (output) weights with those of another ` +
    "neuron against its excess correlation; the line is the least-squares fit, ρ Pearson's " +
    `correlation.${paper}${leftOutText(missing)}`;
  const spec = density2d(panels, {
    name,
    title: `${words} Similarity with Another Neuron's Weights and Excess Correlation`,
    description: caption,
    xTitle: "",
    yTitle: "Excess correlation",
    missing,
    panelColumns: columnsOfGrid(models.length),
  });
  return { name, spec, caption };
}

/**
 * max_weight_sim, max_weight_sim_min_max, max_weight_sim_excess and min_weight_sim_excess, of models
 * whose table has `excess_corr`.
 */
export function weightMaximaFigures(
  models: readonly WeightMaxima[],
  border: number,
): FigureEntry[] {
  if (models.length === 0) return [];
  const largest = { sides: SIDES, words: "Largest" };
  const least = { sides: LEAST_SIDES, words: "Least" };
  const both = { sides: [...SIDES, ...LEAST_SIDES], words: "Largest and Least" };
  const paper = " The paper has ρ = 0.64 (input) and 0.65 (output).";
  return [
    maximaDensities(models, border, { name: "max_weight_sim", ...largest }),
    maximaDensities(models, border, { name: "max_weight_sim_min_max", ...both }),
    maximaAgainstExcess(models, { name: "max_weight_sim_excess", ...largest, paper }),
    maximaAgainstExcess(models, { name: "min_weight_sim_excess", ...least, paper: "" }),
  ];
}
