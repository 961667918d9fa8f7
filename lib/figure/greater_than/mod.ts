/**
 * The figures of the greater-than paper.
 *
 * @module
 */
export { ippHeatmap, type IppHeatmapOptions, type IppPanel } from "./ipp_heatmap.ts";
export { type LensPanel, logitLensHeatmap, type LogitLensOptions } from "./logit_lens_heatmap.ts";
export { probabilityHeatmap, type ProbabilityHeatmapOptions } from "./probability_heatmap.ts";
export { probabilitySlice, type ProbabilitySliceOptions } from "./probability_slice.ts";
