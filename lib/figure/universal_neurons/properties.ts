/**
 * What universal neurons are like beside the others of their layer (Gurnee et al. 2024, section 4;
 * the notebook properties_of_universal_neurons).
 *
 * @module
 */
import { boxen, FEWEST_FOR_BOXES } from "../boxen.ts";
import type { BoxenGroup } from "../boxen_options.ts";
import { countMissing, rangeOf } from "../missing_values.ts";
import { percentile, sortFinite } from "../transforms/percentiles.ts";
import { percentilesOfScore } from "../transforms/percentile_of_score.ts";
import type { FigureEntry } from "../write_report.ts";
import { type NeuronTable, type TableFigure, universalFlags } from "./neuron_tables.ts";

/** Column and the paper's name of it, in the paper's order. */
const METRICS = [
  ["sparsity", "act frequency"],
  ["mean", "mean"],
  ["skew", "skew"],
  ["kurt", "kurt"],
  ["input_bias", "input_bias"],
  ["in_out_sim", "in_out_sim"],
  ["l2_penalty", "l2_penalty"],
  ["vocab_kurt", "vocab_kurt"],
] as const;

/** Rows of the figure by layer, top first. */
const BY_LAYER = [
  ...["vocab_kurt", "vocab_skew", "in_out_sim", "l2_penalty", "sparsity", "skew", "kurt"] as const,
];

/** What the axes of the figure by layer show: all but these percent at each end. */
const CUT = 0.25;
const HUES = ["universal", "others"];

function leftOutText(missing: number): string {
  return missing === 0 ? "" : ` ${missing} values are not finite and left out.`;
}

function percentileGroups(table: NeuronTable, border: number): BoxenGroup[] {
  const flags = universalFlags(table, border);
  return METRICS.flatMap(([column, category]) => {
    const values = table.columns[column];
    if (!values) return [];
    const percentiles = percentilesOfScore(values, table.layer).filter((_, i) => flags[i]);
    return [{ category, hue: table.model, values: percentiles }];
  });
}

function universalProperties(tables: readonly NeuronTable[], border: number): FigureEntry[] {
  const name = "universal_neurons_prop";
  const groups = tables.flatMap((table) => percentileGroups(table, border));
  if (groups.every(({ values }) => values.length === 0)) return [];
  const drawn = new Set(groups.map(({ category }) => category));
  const categories = METRICS.map(([, category]) => category).filter((one) => drawn.has(one));
  const missing = countMissing(groups.map(({ values }) => values));
  const counts = tables.map((table) =>
    `${table.model}: ${universalFlags(table, border).filter(Boolean).length}`
  );
  const caption = "Where universal neurons stand among all neurons of their layer: percentile of " +
    `each metric. 50 is what any neurons would have. Universal neurons: ${counts.join(", ")}.` +
    leftOutText(missing);
  const spec = boxen([{ yTitle: "Percentile within the layer", groups, yDomain: [-2, 102] }], {
    name,
    title: "Properties of Universal Neurons",
    description: caption,
    xTitle: "",
    categories,
    hues: tables.map(({ model }) => model),
    missing,
    size: { width: 100 * categories.length, height: 300 },
  });
  return [{ name, spec, caption }];
}

/**
 * The range that all but a quarter percent of the values at either end lie in, widened for groups that
 * are drawn value by value.
 */
function shownRange(values: Float64Array, groups: readonly BoxenGroup[]): [number, number] {
  const { sorted } = sortFinite(values);
  const ends = [percentile(sorted, CUT), percentile(sorted, 100 - CUT)];
  const few = groups.map((group) => group.values).filter(({ length }) => length < FEWEST_FOR_BOXES);
  const [cut, all] = [rangeOf([ends]), rangeOf([ends, ...few])];
  const margin = 0.03 * (all[1] - all[0]);
  return [
    all[0] < cut[0] ? all[0] - margin : cut[0],
    all[1] > cut[1] ? all[1] + margin : cut[1],
  ];
}

function metricsByLayer(
  table: NeuronTable,
  { border, name }: { border: number; name: string },
): FigureEntry {
  const flags = universalFlags(table, border);
  const layers = [...new Set(Array.from(table.layer))].sort((a, b) => a - b);
  const rows = BY_LAYER.flatMap((column) => {
    const values = table.columns[column];
    return values?.some(Number.isFinite) ? [{ column, values }] : [];
  });
  const missing = countMissing(rows.map(({ values }) => values));
  const caption = `Metrics of the neurons of ${table.model} by layer, universal ones beside the ` +
    `others; axes show all but ${CUT} % of the values at either end, outliers are not drawn.` +
    leftOutText(missing);
  const panels = rows.map(({ column, values }) => {
    const groups = layers.flatMap((layer) =>
      HUES.map((hue, h) => ({
        category: String(layer),
        hue,
        values: values.filter((_, i) => table.layer[i] === layer && flags[i] === (h === 0)),
      }))
    );
    return { yTitle: column, yDomain: shownRange(values, groups), groups };
  });
  const spec = boxen(
    panels,
    {
      name,
      title: `${table.model}: Neuron Metrics by Layer`,
      description: caption,
      xTitle: "Layer",
      categories: layers.map(String),
      hues: HUES,
      outliers: false,
      missing,
      size: { width: Math.max(360, 32 * layers.length), height: 105 },
    },
  );
  return { name, spec, caption };
}

/** universal_neurons_prop, and appendix_neuron_metrics_by_layer of each model. */
export function propertyFigures(border: number): TableFigure[] {
  const name = "appendix_neuron_metrics_by_layer";
  return [
    {
      name: "universal_neurons_prop",
      needs: ["excess_corr"],
      oneOf: METRICS.map(([column]) => column),
      draw: (tables) => universalProperties(tables, border),
    },
    {
      name,
      needs: ["excess_corr"],
      oneOf: BY_LAYER,
      draw: (tables) =>
        tables.map((table, i) =>
          metricsByLayer(table, { border, name: i === 0 ? name : `${name}_${i + 1}` })
        ),
    },
  ];
}
