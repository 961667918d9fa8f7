/**
 * The figures of the greater-than paper.
 *
 * @module
 */
export {
  type AblationFigureOptions,
  ablationFigures,
  type NamedShare,
} from "./ablation_figures.ts";
export {
  type AttentionFigureOptions,
  attentionFigures,
  attentionHeatmap,
  type AttentionHeatmapOptions,
  type AttentionPanel,
  attentionProportionLine,
} from "./attention_figures.ts";
export { circuitFigures } from "./circuit_figures.ts";
export {
  circuitMeasures,
  type Measured,
  type MeasuredRun,
  measureFigures,
} from "./circuit_measures.ts";
export { diagramFigure } from "./diagram_figure.ts";
export { generalizationFigures, TASK_TITLES } from "./generalization_figures.ts";
export { ippFigures } from "./ipp_figures.ts";
export { ippHeatmap, type IppHeatmapOptions, type IppPanel } from "./ipp_heatmap.ts";
export { lensFigures } from "./lens_figures.ts";
export { type LensPanel, logitLensHeatmap, type LogitLensOptions } from "./logit_lens_heatmap.ts";
export { type NeuronFigureOptions, neuronFigures } from "./neuron_figures.ts";
export { pcaAnalysis, pcaFigures, type PcaPanel } from "./pca_figures.ts";
export { probabilityHeatmap, type ProbabilityHeatmapOptions } from "./probability_heatmap.ts";
export { probabilitySlice, type ProbabilitySliceOptions } from "./probability_slice.ts";
export { type NamedCircuit, type RandomCircuitOptions, randomCircuits } from "./random_circuits.ts";
export type { FigureOptions } from "./ranges.ts";
export { patchedFigure, patchedFigures, yearFigures } from "./year_figures.ts";
export { yearHeatmap, type YearHeatmapOptions, type YearPanel } from "./year_heatmap.ts";
export { yearPalette } from "./year_palette.ts";
