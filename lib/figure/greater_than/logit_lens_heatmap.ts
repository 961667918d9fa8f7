/**
 * Logit lenses of heads, MLPs and neurons over the 100 year tokens.
 *
 * @module
 */
import { type HostArray, hostArray } from "../../array.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { yearHeatmap, type YearHeatmapOptions } from "./year_heatmap.ts";

/** One component's lens. */
export interface LensPanel {
  /** [97,100]: YY 02..98 by year token. */
  readonly lens: HostArray;
  /** The component, such as `"a7.h10"` or `"MLP 10"`. */
  readonly title: string;
  /** This panel's own range, when the scales are not shared. */
  readonly domain?: readonly [number, number];
}

/** Which lenses they are. */
export interface LogitLensOptions extends
  Pick<YearHeatmapOptions, "name" | "title">,
  Partial<
    Pick<YearHeatmapOptions, "domain" | "sharedScale" | "panelColumns" | "cell" | "missing">
  > {
  /** Subtract column 00 of each row, as the paper does for MLPs. @default {false} */
  readonly minusFirstColumn?: boolean;
  /** @default {"Magnitude in unembedding space"} */
  readonly colorTitle?: string;
}

/** The first row of a [R,C] matrix that holds values, where rows without prompts are NaN. */
export function firstRow({ data, shape }: HostArray): number {
  const columns = shape[1] ?? 1;
  const at = Array.from(data, Number).findIndex((value) => !Number.isNaN(value));
  return Math.floor(Math.max(at, 0) / columns);
}

/** Each column of a [R,C] matrix less its own entry in {@linkcode firstRow}. */
export function minusFirstRow(matrix: HostArray): HostArray<Float64Array> {
  const columns = matrix.shape[1] ?? 1;
  const start = firstRow(matrix) * columns;
  const data = Float64Array.from(matrix.data, Number);
  return hostArray(data.map((value, i) => value - data[start + i % columns]!), matrix.shape);
}

/** Each row of a [R,C] matrix less its own first entry. */
export function minusFirstColumn(matrix: HostArray): HostArray<Float64Array> {
  const columns = matrix.shape[1] ?? 1;
  const data = Float64Array.from(matrix.data, Number);
  return hostArray(data.map((value, i) => value - data[i - i % columns]!), matrix.shape);
}

/**
 * Logit lenses [97,100], one panel a component, in red (negative) and blue around 0
 * (spec/greater_than sections 3.1 and 3.8).
 *
 * @throws {NeuriteError} `E-FIGURE` for another shape or NaN.
 */
export function logitLensHeatmap(
  panels: readonly LensPanel[],
  options: LogitLensOptions,
): TopLevelSpec {
  const { minusFirstColumn: less = false, ...rest } = options;
  return yearHeatmap(
    panels.map(({ lens, ...panel }) => ({
      ...panel,
      values: less ? minusFirstColumn(lens) : lens,
    })),
    {
      colorTitle: "Magnitude in unembedding space",
      description: `What ${panels.map((panel) => panel.title).join(", ")} write towards each of ` +
        `the 100 year tokens (columns) at start years 02 to 98 (rows, 02 on top)` +
        `${less ? ", less the value at year 00" : ""}. Blue is positive, red negative.`,
      palette: "RdBu",
      ...rest,
    },
  );
}
