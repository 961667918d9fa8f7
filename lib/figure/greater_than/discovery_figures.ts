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
  /** Whether only prompts whose labels are the hundred years have such arrays. */
  readonly isOfYears?: boolean;
}

/** The paper's figures. */
const PLANNED: readonly Undrawn[] = [
  { figure: "probability-heatmap", arrays: "probs", isOfYears: true },
  {
    figure: "probability-slice",
    arrays: "probs with a prompt of the start year 41",
    isOfYears: true,
  },
  { figure: "logits-ipp", arrays: "ipp_logits" },
  { figure: "m<layer>-ipp", arrays: "ipp_m<layer>" },
  { figure: "mlps-ipp", arrays: "ipp_m<layer>" },
  { figure: "attn-patterns", arrays: "attn_patterns_<head>" },
  { figure: "attn-logitlens", arrays: "logit_lens_<head>", isOfYears: true },
  { figure: "mlps-logitlens", arrays: "logit_lens_m<layer>", isOfYears: true },
  {
    figure: "patched-probability-heatmap",
    arrays: "probs_ms or patched_probs",
    isOfYears: true,
  },
  {
    figure: "full-patched-probability-heatmap",
    arrays: "probs_lms or full_patched_probs",
    isOfYears: true,
  },
  { figure: "attn_v", arrays: "attn_v" },
  { figure: "low-mlps-ipp", arrays: "mlp<layer>" },
  { figure: "attn_proportion", arrays: "attn_proportion_<head>", isOfYears: true },
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
  const drawn = figures.map(({ name }) => name.replace(/^m\d+-ipp$/, "m<layer>-ipp"));
  return PLANNED.filter(({ figure }) => !drawn.includes(figure));
}
