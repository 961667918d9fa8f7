/**
 * The paper's principal components of activations by start year (spec/greater_than section 3.7).
 *
 * @module
 */
import { formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { scatter } from "../scatter.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";
import type { Arrays } from "./arrays.ts";
import { YY_LABELS } from "./labels.ts";
import { yearPalette } from "./year_palette.ts";

/** One set of activations. */
export interface PcaPanel {
  /** Such as `"PCA of a7.h10 Output"`. */
  readonly title: string;
  /** First two components [97,2], YY 02..98, each of mean 0 and standard deviation 1. */
  readonly points: HostArray;
  /** Shares of the variance [2] that the components explain. */
  readonly explained: HostArray;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function checkShapes({ title, points, explained }: PcaPanel): void {
  const shapes = [points.shape, explained.shape].map((shape) => formatShape(shape));
  if (shapes.join() === "[97, 2],[2]") return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: title,
    is: `points of shape ${shapes[0]} and explained variance of shape ${shapes[1]}`,
    expected: "[97, 2] and [2]",
    hint: "give two components of the 97 start years",
  });
}

/**
 * Panels beside each other, 20:6: each start year a point in its colour, labelled 02..98. The y
 * axis is shared and has its ticks in the first panel only.
 *
 * @throws {NeuriteError} `E-FIGURE` for other shapes or values that are not finite.
 */
export function pcaAnalysis(
  panels: readonly PcaPanel[],
  { model, name = "pca-analysis" }: { readonly model: string; readonly name?: string },
): TopLevelSpec {
  panels.forEach(checkShapes);
  return scatter(
    panels.map(({ title, points, explained }) => {
      const [first, second] = Array.from(explained.data, Number);
      return {
        title,
        subtitle: `explained variance ${percent(first!)} and ${percent(second!)}`,
        x: YY_LABELS.map((_, i) => Number(points.data[2 * i])),
        y: YY_LABELS.map((_, i) => Number(points.data[2 * i + 1])),
      };
    }),
    {
      name,
      title: `${model} Principal Components by Start Year`,
      description: `First two principal components, standardised, at the 97 start years 02 to ` +
        `98: ${panels.map(({ title }) => title).join(", ")}. Points in order of their year on a ` +
        `curve: the activation encodes the year.`,
      xTitle: "Component 1",
      yTitle: "Component 2",
      labels: YY_LABELS,
      colors: yearPalette(),
      size: { width: 320, height: 300 },
    },
  );
}

/** The panels' order: MLP inputs, heads, the embedding; `undefined` for another array. */
function placeAndTitle(key: string): readonly [place: number, title: string] | undefined {
  const mlp = /^mlp(\d+)_input$/.exec(key);
  if (mlp) return [0, `PCA of MLP ${mlp[1]} Input`];
  if (/^a\d+\.h\d+$/.test(key)) return [1, `PCA of ${key} Output`];
  return key === "embedding" ? [2, "PCA of Static Embeddings"] : undefined;
}

/**
 * pca-analysis of `pca_mlp<layer>_input`, `pca_<head>` (in the order given) and `pca_embedding`
 * [97,2] with `pca_explained_<the same>` [2]; nothing without them.
 *
 * @throws {NeuriteError} `E-FIGURE` for other shapes or a missing share of variance.
 */
export function pcaFigures(arrays: Arrays, { model }: { readonly model: string }): FigureEntry[] {
  const found = Object.keys(arrays)
    .filter((name) => name.startsWith("pca_") && !name.startsWith("pca_explained_"))
    .flatMap((name) => {
      const key = name.slice("pca_".length);
      const known = placeAndTitle(key);
      return known ? [{ key, place: known[0], title: known[1] }] : [];
    })
    .sort((a, b) => a.place - b.place);
  if (found.length === 0) return [];
  const panels = found.map(({ key, title }): PcaPanel => {
    const explained = arrays[`pca_explained_${key}`];
    if (explained) return { title, points: arrays[`pca_${key}`]!, explained };
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: "pca-analysis",
      is: `no array pca_explained_${key}`,
      expected: "one beside each array of components",
      hint: "run the experiment again with this version",
    });
  });
  return [{
    name: "pca-analysis",
    spec: pcaAnalysis(panels, { model }),
    caption: "Two principal components of activations, a point a start year. Where the points " +
      "lie on a curve in the order of their years, the activation encodes the year.",
  }];
}
