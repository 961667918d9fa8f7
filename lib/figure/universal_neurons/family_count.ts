/**
 * How many neurons of each model are universal (Gurnee et al. 2024, section 4; the notebook
 * family_count).
 *
 * @module
 */
import { intervals } from "../intervals.ts";
import { countMissing } from "../missing_values.ts";
import type { ReportNumber, ReportTable } from "../report.ts";
import { stackedBars } from "../stacked_bars.ts";
import { stepHistograms } from "../step_histogram.ts";
import type { FigureEntry } from "../write_report.ts";
import { type NeuronTable, type TableFigure, universalFlags } from "./neuron_tables.ts";

/** Above this kurtosis over the vocabulary a neuron writes to few tokens. */
const FEW_TOKENS = 10;
const BINS = 200;

/** The paper's shares of universal neurons (spec/universal_neurons section 3.1). */
const PAPER_SHARES: Readonly<Record<string, number>> = {
  "stanford-gpt2-small-a": 1533 / 36_864,
  "stanford-gpt2-medium-a": 1211 / 98_304,
  "pythia-160m": 465 / 36_864,
};

const DENSITIES = [
  ["mean_corr", "Largest correlation"],
  ["mean_baseline", "Largest correlation with the baseline"],
  ["excess_corr", "Excess correlation"],
] as const;

/** The paper's means of largest less smallest correlation over partners, explained universal and all. */
const PAPER_SPREADS: Readonly<Record<string, { universal: number; all: number }>> = {
  "stanford-gpt2-medium-a": { universal: 0.1053, all: 0.0492 },
};

/** What is counted in one table. */
export interface FamilyCount {
  readonly model: string;
  readonly neurons: number;
  readonly universal: number;
  readonly share: number;
  /** The paper's, for its own models. */
  readonly paper?: number | undefined;
  /** Of the universal neurons, those with a vocabulary kurtosis above 10. */
  readonly fewTokens?: number | undefined;
  /** Mean over neurons of the largest less the smallest correlation over partners. */
  readonly spread?: { readonly universal: number; readonly all: number } | undefined;
  readonly paperSpread?: { readonly universal: number; readonly all: number } | undefined;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Counts the universal neurons of a table that has `excess_corr`. */
export function familyCount(table: NeuronTable, border: number): FamilyCount {
  const { model, source, columns } = table;
  const { vocab_kurt: kurt, max_corr: most, min_corr: least } = columns;
  const flags = universalFlags(table, border);
  const neurons = flags.length;
  const universal = flags.filter(Boolean).length;
  const spreads = most && least && Array.from(most, (value, i) => value - least[i]!);
  return {
    model,
    neurons,
    universal,
    share: universal / neurons,
    paper: PAPER_SHARES[source],
    fewTokens: kurt && flags.filter((flag, i) => flag && kurt[i]! > FEW_TOKENS).length,
    spread: spreads && universal > 0
      ? { universal: mean(spreads.filter((_, i) => flags[i])), all: mean(spreads) }
      : undefined,
    paperSpread: PAPER_SPREADS[source],
  };
}

/** The counts for a report, the paper's shares beside them. */
export function familyNumbers(counts: readonly FamilyCount[]): ReportNumber[] {
  const verdict = "not applicable" as const;
  return counts.flatMap(({ model, share, paper, spread, paperSpread }): ReportNumber[] => [
    {
      name: `${model}: universal neurons`,
      value: share,
      format: "percent",
      ...(paper === undefined ? {} : { paper, note: "the share depends on corpus and tokens" }),
      verdict,
    },
    ...(spread
      ? [{
        name: `${model}: largest less smallest correlation over partners, universal neurons`,
        value: spread.universal,
        ...(paperSpread === undefined ? {} : { paper: paperSpread.universal }),
        verdict,
        note: `all neurons: ${spread.all.toFixed(4)}` +
          (paperSpread === undefined ? "" : `, the paper's ${paperSpread.all}`),
      }]
      : []),
  ]);
}

function densities(tables: readonly NeuronTable[], border: number): FigureEntry {
  const name = "neuron_correlation_densities";
  const caption = "Density over neurons of the largest correlation (mean over partner models), " +
    `of that with the baseline, and of their difference. Right of ${border} a neuron is universal.`;
  const groups = (column: string) =>
    tables.map(({ model, columns }) => ({ name: model, values: columns[column]! }));
  const panels = DENSITIES.map(([column, xTitle]) => ({
    xTitle,
    groups: groups(column),
    ...(column === "excess_corr" ? { rules: [{ x: border, label: "universal" }] } : {}),
  }));
  const spec = stepHistograms(panels, {
    name,
    title: "Densities of Neuron Correlations",
    description: caption,
    bins: BINS,
    missing: countMissing(panels.flatMap((panel) => panel.groups.map(({ values }) => values))),
  });
  return { name, spec, caption };
}

function shares(tables: readonly NeuronTable[], border: number): FigureEntry {
  const name = "universal-share";
  const counts = tables.map((table) => familyCount(table, border));
  const rows = counts.map(({ model, share, paper }) => ({
    label: model,
    value: 100 * share,
    ...(paper === undefined ? {} : { reference: 100 * paper }),
  }));
  const caption = `Share of neurons whose excess correlation is above ${border}.`;
  const spec = intervals([{ xTitle: "Universal neurons, %", rows }], {
    name,
    title: "Universal Neurons of Each Model",
    description: caption,
    width: 420,
  });
  return {
    name,
    spec,
    caption,
    table: shareTable(counts),
  };
}

/** A row a model. */
function shareTable(counts: readonly FamilyCount[]): ReportTable {
  const percent = (share?: number) => share === undefined ? "" : `${(100 * share).toFixed(3)} %`;
  return {
    caption: "Universal neurons",
    columns: [
      ...["model", "neurons", "universal", "share", "of them vocab_kurt > 10", "paper"],
      ...["mean spread over partners, universal", "all"],
    ],
    rows: counts.map(({ model, neurons, universal, share, fewTokens, paper, spread }) => [
      ...[model, neurons, universal, percent(share), fewTokens ?? "no vocab_kurt", percent(paper)],
      spread?.universal.toFixed(4) ?? "",
      spread?.all.toFixed(4) ?? "",
    ]),
  };
}

/** Counts by layer, neurons that write to few tokens first. */
interface LayerCounts {
  readonly title: string;
  readonly categories: readonly string[];
  readonly counts: readonly [few: readonly number[], others: readonly number[]];
}

function layerCounts(table: NeuronTable, border: number): LayerCounts {
  const { layer, columns: { vocab_kurt: kurt } } = table;
  const flags = universalFlags(table, border);
  const layers = [...new Set(Array.from(layer))].sort((a, b) => a - b);
  const count = (isFew: boolean) =>
    layers.map((at) =>
      flags.filter((flag, i) => flag && layer[i] === at && kurt![i]! > FEW_TOKENS === isFew).length
    );
  return {
    title: table.model,
    categories: layers.map(String),
    counts: [count(true), count(false)],
  };
}

const KINDS = [`vocab_kurt above ${FEW_TOKENS}`, "others"] as const;

function layerTable(panels: readonly LayerCounts[]): ReportTable {
  return {
    caption: "Universal neurons by layer",
    columns: ["model", "layer", ...KINDS],
    rows: panels.flatMap(({ title, categories, counts: [few, others] }) =>
      categories.map((layer, i) => [title, Number(layer), few[i]!, others[i]!])
    ),
  };
}

/**
 * The notebook's tables: `universal`, a row a model with numbers in place of texts, and
 * `universal_by_layer`, of the tables that have `vocab_kurt`.
 */
export function familyTables(
  tables: readonly NeuronTable[],
  border: number,
): Record<string, ReportTable> {
  const counted = tables.filter(({ columns }) => columns.excess_corr);
  const counts = counted.map((table) => familyCount(table, border));
  const kurtotic = counted.filter(({ columns }) => columns.vocab_kurt);
  return {
    universal: {
      caption: "Universal neurons",
      columns: [
        ...["model", "neurons", "universal", "share", "vocab_kurt_above_10"],
        ...["corr_spread_universal", "corr_spread_all"],
      ],
      rows: counts.map(({ model, neurons, universal, share, fewTokens, spread }) => [
        ...[model, neurons, universal, share, fewTokens ?? NaN],
        ...[spread?.universal ?? NaN, spread?.all ?? NaN],
      ]),
    },
    ...(kurtotic.length > 0 && {
      "universal_by_layer": layerTable(kurtotic.map((table) => layerCounts(table, border))),
    }),
  };
}

function byLayer(tables: readonly NeuronTable[], border: number): FigureEntry {
  const name = "universal-by-layer";
  const panels = tables.map((table) => layerCounts(table, border));
  const caption = "Universal neurons by layer. Those with a high kurtosis over the vocabulary " +
    "write to few tokens; the others include neurons without a kurtosis.";
  const spec = stackedBars(panels, {
    name,
    title: "Universal Neurons by Layer",
    description: caption,
    xTitle: "Layer",
    yTitle: "Universal neurons",
    kinds: KINDS,
    panelColumns: 2,
  });
  return {
    name,
    spec,
    caption,
    table: layerTable(panels),
  };
}

/** neuron_correlation_densities, universal-share and universal-by-layer. */
export function familyFigures(border: number): TableFigure[] {
  return [
    {
      name: "neuron_correlation_densities",
      needs: DENSITIES.map(([column]) => column),
      draw: (tables) => [densities(tables, border)],
    },
    {
      name: "universal-share",
      needs: ["excess_corr"],
      draw: (tables) => [shares(tables, border)],
    },
    {
      name: "universal-by-layer",
      needs: ["excess_corr", "vocab_kurt"],
      draw: (tables) => [byLayer(tables, border)],
    },
  ];
}
