/**
 * Topic and place neurons: Gurnee et al. 2024, section 4.3; the notebook topic_neurons.
 *
 * @module
 */
import { hostArray } from "../../array.ts";
import { heatmap } from "../heatmap.ts";
import type { ReportTable } from "../report.ts";
import type { Layer, TopLevelSpec, View } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";

/** One column: a neuron with its tokens of the largest means, largest first. */
export interface TopicColumn {
  /** `layer.index`. */
  readonly neuron: string;
  readonly tokens: readonly { readonly text: string; readonly mean: number }[];
}

const CELL = { width: 110, height: 22 };
/** Above this share of the scale cells are too dark for dark letters. */
const DARK = 0.6;

/** A space and line ends are seen; anything that does not print is a box. */
function visible(text: string): string {
  return text.replaceAll(" ", "·").replaceAll("\n", "↵").replaceAll("\ufffd", "(bytes)")
    .replace(/\p{C}/gu, "(control)");
}

/** Tokens by neuron, each column over its largest mean: place_neurons, topic_neurons. */
export function topicFigures(
  { name, kind, model, columns, rows: count }: {
    readonly name: string;
    /** In the title: `"Place"`. */
    readonly kind: string;
    readonly model: string;
    readonly columns: readonly TopicColumn[];
    readonly rows: number;
  },
): FigureEntry[] {
  const drawn = columns.filter(({ tokens }) => tokens.length > 0);
  if (drawn.length === 0) return [];
  const rows = Array.from({ length: count }, (_, i) => String(i + 1));
  const names = drawn.map(({ neuron }) => neuron);
  const shares = rows.map((_, i) =>
    drawn.map(({ tokens }) => tokens[i] ? tokens[i].mean / tokens[0]!.mean : NaN)
  );
  const missing = shares.flat().filter(Number.isNaN).length;
  const caption = "Tokens of the largest mean activation (after GELU) of each neuron, over the " +
    `largest mean of the neuron; · is a space.${
      missing > 0 ? ` ${missing} cells have no token that occurs often enough.` : ""
    }`;
  const [xTitle, yTitle] = ["Neuron", "Rank"];
  const spec = heatmap([{
    values: hostArray(Float64Array.from(shares.flat()), [count, names.length]),
  }], {
    name,
    title: `${model}: Tokens of ${kind} Neurons`,
    description: caption,
    xTitle,
    yTitle,
    colorTitle: "share of largest",
    rows,
    columns: names,
    palette: "Blues",
    domain: [0, 1],
    cell: CELL,
    missing,
  });
  const labels = drawn.flatMap(({ neuron, tokens }, column) =>
    tokens.slice(0, count).map(({ text }, i) => ({
      column: neuron,
      row: rows[i]!,
      text: visible(text),
      isDark: shares[i]![column]! > DARK,
    }))
  );
  // Two layers of one ink each: a colour scale of the letters would be merged with that of the cells.
  const layerOf = (isDark: boolean): Layer => ({
    data: { values: labels.filter((one) => one.isDark === isDark) },
    mark: { type: "text", fontSize: 11, color: isDark ? "#ffffff" : "#1f2328" },
    encoding: {
      x: { field: "column", type: "ordinal", title: xTitle },
      y: { field: "row", type: "ordinal", title: yTitle },
      text: { field: "text", type: "nominal" },
    },
  });
  const text = [layerOf(true), layerOf(false)];
  const layered = spec as unknown as View;
  return [{
    name,
    spec: { ...spec, layer: [...layered.layer, ...text] } as unknown as TopLevelSpec,
    caption,
    table: {
      caption: "Tokens and their means",
      columns: ["neuron", "rank", "token", "mean"],
      rows: drawn.flatMap(({ neuron, tokens }) =>
        tokens.map(({ text, mean }, i) => [neuron, i + 1, visible(text), Number(mean.toFixed(4))])
      ),
    },
  }];
}

/**
 * The tokens as figures, table and notes, as `plotFamily` takes them.
 *
 * @param neurons all that were asked for; the columns are of the first of them.
 */
export function tokenPlot(
  figures: readonly FigureEntry[],
  { columns, neurons }: {
    readonly columns: readonly TopicColumn[];
    readonly neurons: readonly string[];
  },
) {
  const beyond = neurons.slice(columns.length);
  const empty = columns.filter(({ tokens }) => tokens.length === 0).map(({ neuron }) => neuron);
  const none = { caption: "Tokens and their means", columns: ["neuron"], rows: [] };
  return {
    figures,
    numbers: [],
    found: figures[0]?.table ?? none,
    leftOut: [
      ...(empty.length > 0 && figures.length > 0
        ? [`without a token that occurs often enough: ${empty.join(", ")}`]
        : []),
      ...(beyond.length > 0
        ? [
          `left out of ${neurons.length} neurons: ${beyond.length}, from ${
            beyond[0]
          } on; a figure ` +
          `has room for ${columns.length}`,
        ]
        : []),
    ],
  };
}

/** The features that neurons were found by, a row each. */
export function featureTable(
  found: readonly {
    readonly neuron: string;
    readonly feature: string;
    readonly reduction: number;
  }[],
): ReportTable {
  return {
    caption: "Features of the neurons",
    columns: ["neuron", "feature", "reduction"],
    rows: found.map(({ neuron, feature, reduction }) => [neuron, feature, reduction]),
  };
}
