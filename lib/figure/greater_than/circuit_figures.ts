/**
 * The paper's figures of the circuit search, from the arrays of a run (spec/greater_than section 3.8).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { FigureEntry } from "../write_report.ts";
import { ippHeatmap } from "./ipp_heatmap.ts";
import { logitLensHeatmap } from "./logit_lens_heatmap.ts";
import { patchedFigure } from "./year_figures.ts";

/** Arrays of a run by name. */
export type Arrays = Readonly<Record<string, HostArray>>;

/** Colour ranges of the paper, so that figures of gpt2 compare by eye. */
const PAPER_LIMITS = { logits: 0.5, mlps: 0.2, values: 0.5, low: 0.5 } as const;

/** Array names `prefix<number>`, largest number first. */
function numbered(arrays: Arrays, pattern: RegExp): [string, number][] {
  return Object.keys(arrays)
    .flatMap((name): [string, number][] => {
      const match = pattern.exec(name);
      return match ? [[name, Number(match[1])]] : [];
    })
    .sort((a, b) => b[1] - a[1]);
}

/**
 * logits-ipp, mlps-ipp, attn-v, low-mlps-ipp, the two lens figures and the patched heatmaps; those
 * whose arrays are there. `isPaperModel` fixes the colour ranges to the paper's.
 */
export function circuitFigures(
  model: string,
  arrays: Arrays,
  isPaperModel: boolean,
): FigureEntry[] {
  if (!arrays.ipp_logits) return [];
  const limit = (value: number) => isPaperModel ? { limit: value } : {};
  const upper = numbered(arrays, /^ipp_m(\d+)$/);
  const low = numbered(arrays, /^mlp(\d+)$/);
  const lenses = numbered(arrays, /^logit_lens_m(\d+)$/);
  const heads = Object.keys(arrays).filter((name) => name.startsWith("logit_lens_a"));
  const ipp = (
    name: string,
    title: string,
    names: readonly [string, number][],
    options: { limit?: number; panelColumns?: number },
  ): FigureEntry => ({
    name,
    spec: ippHeatmap(
      names.map(([array, layer]) => ({ scores: arrays[array]!, title: `MLP ${layer}` })),
      { name, title, ...options },
    ),
    caption: `${title}. Red: patching the sender lowers the probability difference.`,
  });
  const single = (name: string, array: string, title: string, value: number): FigureEntry => ({
    name,
    spec: ippHeatmap([{ scores: arrays[array]! }], { name, title, ...limit(value) }),
    caption: `${title}. Red: patching the sender lowers the probability difference.`,
  });
  return [
    single(
      "logits-ipp",
      "ipp_logits",
      "IPP: Direct Contributions to the Logits",
      PAPER_LIMITS.logits,
    ),
    ipp("mlps-ipp", "IPP: Direct Contributions via MLPs", upper, {
      ...limit(PAPER_LIMITS.mlps),
      panelColumns: 2,
    }),
    single("attn-v", "attn_v", "Attention Value", PAPER_LIMITS.values),
    ipp("low-mlps-ipp", "IPP: Contributions via Low MLPs", low, {
      ...limit(PAPER_LIMITS.low),
      panelColumns: 2,
    }),
    {
      name: "attn-logitlens",
      spec: logitLensHeatmap(
        heads.map((name) => ({ lens: arrays[name]!, title: name.slice("logit_lens_".length) })),
        { name: "attn-logitlens", title: `${model} Logit Lens of Heads`, panelColumns: 3 },
      ),
      caption: "Logit lens of each head of the circuit. A bright diagonal: it copies the year.",
    },
    {
      name: "mlps-logitlens",
      spec: logitLensHeatmap(
        lenses.map(([name, layer]) => ({ lens: arrays[name]!, title: `MLP ${layer}` })),
        {
          name: "mlps-logitlens",
          title: `${model} Logit Lens of MLPs`,
          minusFirstColumn: true,
          sharedScale: false,
          panelColumns: 2,
        },
      ),
      caption:
        "Logit lens of each MLP, column 00 subtracted. A step at the diagonal: greater-than.",
    },
    patchedFigure(arrays.probs_ms!, { model, prefix: "Patched", name: "patched-heatmap" }),
    patchedFigure(arrays.probs_lms!, {
      model,
      prefix: "Full-Circuit Patched",
      name: "full-patched-heatmap",
    }),
  ];
}
