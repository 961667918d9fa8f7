/**
 * Logit lenses of the circuit's heads and MLPs (spec/greater_than section 3.8).
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import { type Arrays, headsOf, numbered, paperHeads } from "./arrays.ts";
import { logitLensHeatmap, minusFirstColumn } from "./logit_lens_heatmap.ts";
import { firstPanels } from "./panels.ts";
import { dataRange, type FigureOptions, type Range } from "./ranges.ts";
import { missingCells } from "./year_heatmap.ts";

const PREFIX = "logit_lens_";

/** The paper's colour bars by MLP layer; layer 9 took what its values span. */
const MLP_DOMAINS: Readonly<Record<number, Range>> = { 11: [-5, 4], 10: [-15, 15], 8: [-15, 15] };

function headLenses(arrays: Arrays, { model, isPaperModel = false }: FigureOptions): FigureEntry[] {
  const { shown: heads, note } = firstPanels(
    paperHeads(headsOf(arrays, PREFIX), isPaperModel),
    "heads",
    { rows: 97, columns: 100, cellHeight: 3, beside: 3 },
  );
  if (heads.length === 0) return [];
  const name = "attn-logitlens";
  const lenses = heads.map((head) => arrays[PREFIX + head]!);
  return [{
    name,
    spec: logitLensHeatmap(heads.map((title, i) => ({ lens: lenses[i]!, title })), {
      name,
      title: `${model} Logit Lens of Heads`,
      panelColumns: heads.length === 4 ? 2 : 3,
      missing: missingCells(...lenses),
      ...(isPaperModel ? { domain: dataRange(lenses) } : {}),
      ...(heads.length <= 2 ? { cell: { width: 4, height: 3 } } : {}),
    }),
    caption:
      `Logit lens of heads of the circuit. A bright diagonal: the head copies the year.${note}`,
  }];
}

function mlpLenses(arrays: Arrays, { model, isPaperModel = false }: FigureOptions): FigureEntry[] {
  const mlps = numbered(arrays, /^logit_lens_m(\d+)$/);
  if (mlps.length === 0) return [];
  const name = "mlps-logitlens";
  const domain = (array: string, layer: number): { domain?: Range } =>
    isPaperModel
      ? { domain: MLP_DOMAINS[layer] ?? dataRange([minusFirstColumn(arrays[array]!)]) }
      : {};
  return [{
    name,
    spec: logitLensHeatmap(
      mlps.map(([array, layer]) => ({
        lens: arrays[array]!,
        title: `MLP ${layer}`,
        ...domain(array, layer),
      })),
      {
        name,
        title: `${model} Logit Lens of MLPs`,
        minusFirstColumn: true,
        sharedScale: false,
        panelColumns: 4,
        missing: missingCells(...mlps.map(([array]) => arrays[array]!)),
        cell: { width: 4, height: 3 },
      },
    ),
    caption: "Logit lens of each MLP, column 00 subtracted. A step at the diagonal: greater-than.",
  }];
}

/** Lenses of other labels than years have their name in common with these. */
function yearArrays(arrays: Arrays): Arrays {
  return Object.fromEntries(
    Object.entries(arrays).filter(([, { shape }]) => shape.join() === "97,100"),
  );
}

/**
 * attn-logitlens of `logit_lens_a<layer>.h<head>` (the paper's two heads on its own model) and
 * mlps-logitlens of `logit_lens_m<layer>`, highest MLP first; of arrays of another shape than
 * [97,100] nothing.
 *
 * @throws {NeuriteError} `E-FIGURE` for NaN in a row that is not all NaN.
 */
export function lensFigures(arrays: Arrays, options: FigureOptions): FigureEntry[] {
  const years = yearArrays(arrays);
  return [...headLenses(years, options), ...mlpLenses(years, options)];
}
