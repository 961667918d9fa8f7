/**
 * Logit lenses of heads, MLPs and neurons over the 100 year tokens.
 *
 * @module
 */
import { type HostArray, hostArray } from "../../array.ts";
import { heatmap } from "../heatmap.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import { YEAR_LABELS, YEAR_TICKS, YY_LABELS, YY_TICKS_BY_FIVE } from "./labels.ts";

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
export interface LogitLensOptions {
  /** Such as `"mlps-logitlens"`. */
  readonly name: string;
  readonly title: string;
  /** Subtract column 00 of each row, as the paper does for MLPs. @default {false} */
  readonly minusFirstColumn?: boolean;
  /** @default {true} */
  readonly sharedScale?: boolean;
  readonly domain?: readonly [number, number];
  /** @default {"Magnitude in unembedding space"} */
  readonly colorTitle?: string;
  readonly panelColumns?: number;
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
  const { name, title, colorTitle = "Magnitude in unembedding space" } = options;
  const less = options.minusFirstColumn ?? false;
  return heatmap(
    panels.map(({ lens, title, domain }) => ({
      values: less ? minusFirstColumn(lens) : lens,
      title,
      ...(domain ? { domain } : {}),
    })),
    {
      name,
      title,
      description: `What ${panels.map((panel) => panel.title).join(", ")} write towards each of ` +
        `the 100 year tokens (columns) at start years 02 to 98 (rows, 02 on top)` +
        `${less ? ", less the value at year 00" : ""}. Blue is positive, red negative.`,
      xTitle: "Predicted Year",
      yTitle: "YY",
      colorTitle,
      rows: YY_LABELS,
      columns: YEAR_LABELS,
      rowTicks: YY_TICKS_BY_FIVE,
      columnTicks: YEAR_TICKS,
      palette: "RdBu",
      cell: panels.length === 1 ? { width: 4, height: 4 } : { width: 3, height: 3 },
      sharedScale: options.sharedScale ?? true,
      ...(options.domain ? { domain: options.domain } : {}),
      ...(options.panelColumns ? { panelColumns: options.panelColumns } : {}),
    },
  );
}
