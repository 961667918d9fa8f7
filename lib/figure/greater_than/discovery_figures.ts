/**
 * Every figure of the paper's that the runs of circuit_discovery and big_ds_experiments can fill, and
 * which they cannot (spec/greater_than section 3.8).
 *
 * @module
 */
import type { FigureEntry } from "../write_report.ts";
import type { Arrays } from "./arrays.ts";
import { type AttentionFigureOptions, attentionFigures } from "./attention_figures.ts";
import { circuitFigures } from "./circuit_figures.ts";
import { yearFigures } from "./year_figures.ts";

/** A figure that was not drawn. */
export interface Undrawn {
  readonly figure: string;
  /** The arrays that it needs. */
  readonly arrays: string;
}

/** The paper's figures by what their names match, and the arrays they need. */
const PLANNED: readonly (readonly [name: RegExp, figure: string, arrays: string])[] = [
  [/^probability-heatmap$/, "probability-heatmap", "probs"],
  [/^probability-slice$/, "probability-slice", "probs with a prompt of the start year 41"],
  [/^logits-ipp$/, "logits-ipp", "ipp_logits"],
  [/^m\d+-ipp$/, "m<layer>-ipp", "ipp_m<layer>"],
  [/^mlps-ipp$/, "mlps-ipp", "ipp_m<layer>"],
  [/^attn-patterns$/, "attn-patterns", "attn_patterns_<head>"],
  [/^attn-logitlens$/, "attn-logitlens", "logit_lens_<head>"],
  [/^mlps-logitlens$/, "mlps-logitlens", "logit_lens_m<layer>"],
  [/^patched-probability-heatmap$/, "patched-probability-heatmap", "probs_ms or patched_probs"],
  [
    /^full-patched-probability-heatmap$/,
    "full-patched-probability-heatmap",
    "probs_lms or full_patched_probs",
  ],
  [/^attn_v$/, "attn_v", "attn_v"],
  [/^low-mlps-ipp$/, "low-mlps-ipp", "mlp<layer>"],
  [/^attn_proportion$/, "attn_proportion", "attn_proportion_<head>"],
];

/**
 * The figures whose arrays are there: of the behaviour, the circuit and its attention.
 *
 * @throws {NeuriteError} `E-FIGURE` for shapes that do not fit their figure.
 */
export function discoveryFigures(arrays: Arrays, options: AttentionFigureOptions): FigureEntry[] {
  const { model, isPaperModel = false } = options;
  return [
    ...(arrays.probs ? yearFigures(model, arrays.probs) : []),
    ...circuitFigures(model, arrays, isPaperModel),
    ...attentionFigures(arrays, options),
  ];
}

/** The paper's figures that are not among some. */
export function undrawnFigures(figures: readonly Pick<FigureEntry, "name">[]): Undrawn[] {
  return PLANNED.filter(([pattern]) => !figures.some(({ name }) => pattern.test(name)))
    .map(([, figure, arrays]) => ({ figure, arrays }));
}
