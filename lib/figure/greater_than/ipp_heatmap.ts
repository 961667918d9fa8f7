/**
 * Iterative path patching scores by layer and head.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { heatmap } from "../heatmap.ts";
import type { TopLevelSpec } from "../spec_types.ts";

/** One matrix of scores. */
export interface IppPanel {
  /** [L,H+1]: heads, then the MLP. */
  readonly scores: HostArray;
  /** The receiver, such as `"MLP 11"`; shown when there are several panels. */
  readonly title?: string;
}

/** Which scores they are. */
export interface IppHeatmapOptions {
  /** Such as `"ipp-logits"`. */
  readonly name: string;
  /** Such as `"IPP: Direct Contributions to the Logits"`. */
  readonly title: string;
  /** Colours span -limit..limit. @default the largest absolute score */
  readonly limit?: number;
  /** @default all beside each other */
  readonly panelColumns?: number;
}

/** The side of a score's cell in px, for a model of so many layers. */
export function ippCell(layers: number): number {
  return layers > 8 ? 24 : 36;
}

/**
 * Scores [L,H+1] in red (the sender helps: patching it lowers the probability difference) and blue,
 * layer 0 on top, columns 0..H-1 and mlp (spec/greater_than sections 2 and 3.8).
 *
 * @throws {NeuriteError} `E-FIGURE` when panels differ in shape or hold NaN.
 */
export function ippHeatmap(panels: readonly IppPanel[], options: IppHeatmapOptions): TopLevelSpec {
  const [layers = 0, columns = 0] = panels[0]?.scores.shape ?? [];
  const { name, title, limit, panelColumns } = options;
  const side = ippCell(layers);
  return heatmap(
    panels.map(({ scores, title }) => ({ values: scores, ...(title ? { title } : {}) })),
    {
      name,
      title,
      description: `Change of the probability difference when one sender is patched: ${layers} ` +
        `layers (rows, 0 on top) by ${Math.max(0, columns - 1)} heads and the MLP (columns). ` +
        `Negative, red: the sender supports greater-than.`,
      xTitle: "Head",
      yTitle: "Layer",
      colorTitle: "prob diff variation",
      rows: Array.from({ length: layers }, (_, i) => String(i)),
      columns: Array.from({ length: columns }, (_, i) => i === columns - 1 ? "mlp" : String(i)),
      palette: "RdBu",
      ...(limit === undefined ? {} : { domain: [-limit, limit] as const }),
      ...(panelColumns === undefined ? {} : { panelColumns }),
      cell: { width: side, height: side },
    },
  );
}
