/**
 * Every matrix of patching scores as a figure (spec/greater_than section 3.8).
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import { type Arrays, numbered } from "./arrays.ts";
import { ippCell, ippHeatmap } from "./ipp_heatmap.ts";
import { firstPanels } from "./panels.ts";
import type { FigureOptions } from "./ranges.ts";

/** Ends of the paper's colour bars. */
const LIMITS = { logits: 0.5, upper: 0.2, channel: 0.5, low: 0.5 } as const;

/** Of the single matrices, MLP layer to the end of its colour bar. */
const UPPER_LIMITS: Readonly<Record<number, number>> = { 11: 0.1, 10: 0.2, 9: 0.2, 8: 0.1 };

const CHANNELS = [["attn_v", "Value"], ["attn_k", "Key"], ["attn_q", "Query"]] as const;

interface IppFigure {
  readonly name: string;
  readonly title: string;
  /** Array and its panel's title. */
  readonly panels: readonly (readonly [array: string, title?: string])[];
  readonly limit: number;
  readonly panelColumns?: number;
}

function* ippPlan(arrays: Arrays): Generator<IppFigure> {
  const mlps = (names: readonly (readonly [string, number])[]) =>
    names.map(([array, layer]) => [array, `MLP ${layer}`] as const);
  yield {
    name: "logits-ipp",
    title: "IPP: Direct Contributions to the Logits",
    panels: [["ipp_logits"]],
    limit: LIMITS.logits,
  };
  const upper = numbered(arrays, /^ipp_m(\d+)$/);
  yield {
    name: "mlps-ipp",
    title: "IPP: Direct Contributions via MLPs",
    panels: mlps(upper),
    limit: LIMITS.upper,
    panelColumns: upper.length === 3 ? 3 : 2,
  };
  for (const [array, layer] of upper) {
    yield {
      name: `m${layer}-ipp`,
      title: `IPP: Direct Contributions via MLP ${layer}`,
      panels: [[array]],
      limit: UPPER_LIMITS[layer] ?? LIMITS.upper,
    };
  }
  for (const [array, word] of CHANNELS) {
    const title = `Attention ${word}`;
    yield { name: array, title, panels: [[array]], limit: LIMITS.channel };
  }
  yield {
    name: "low-mlps-ipp",
    title: "IPP: Contributions via Low MLPs",
    panels: mlps(numbered(arrays, /^mlp(\d+)$/)),
    limit: LIMITS.low,
    panelColumns: 4,
  };
}

/**
 * logits-ipp, mlps-ipp, m11-ipp and its like, attn_v, attn_k, attn_q, low-mlps-ipp; those whose
 * arrays `[L,H+1]` (`ipp_logits`, `ipp_m<layer>`, `attn_<channel>`, `mlp<layer>`) are there.
 *
 * @throws {NeuriteError} `E-FIGURE` when the panels of one figure differ in shape or hold NaN.
 */
export function ippFigures(arrays: Arrays, options: FigureOptions): FigureEntry[] {
  const found = [...ippPlan(arrays)].filter(({ panels }) =>
    panels.length > 0 && panels.every(([array]) => arrays[array] !== undefined)
  );
  return found.map(({ name, title, panels, limit, panelColumns = panels.length }) => {
    const [rows = 0, columns = 0] = arrays[panels[0]![0]]!.shape;
    const grid = { rows, columns, cellHeight: ippCell(rows), beside: panelColumns };
    const { shown, note } = firstPanels(panels, "MLPs", grid);
    const spec = ippHeatmap(
      shown.map(([array, title]) => ({ scores: arrays[array]!, ...(title && { title }) })),
      { name, title, panelColumns, ...(options.isPaperModel ? { limit } : {}) },
    );
    const caption = `${title}. Red: patching the sender lowers the probability difference.${note}`;
    return { name, spec, caption };
  });
}
