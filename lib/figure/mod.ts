/**
 * Figures: arrays in, Vega-Lite specs, SVG, PNG and report pages out.
 *
 * @module
 */
export { circuitDiagram, type CircuitDiagramOptions } from "./circuit_diagram.ts";
export type { CircuitEdge, CircuitGraph } from "./circuit_graph.ts";
export { heatmap } from "./heatmap.ts";
export type { HeatmapOptions, HeatmapPanel } from "./heatmap_options.ts";
export { histogram, type HistogramOptions } from "./histogram.ts";
export {
  type IntervalOptions,
  type IntervalPanel,
  type IntervalRow,
  intervals,
} from "./intervals.ts";
export { line, type LineOptions, type Series } from "./line.ts";
export type { Rule } from "./rules.ts";
export { MAX_LABELLED_MARKS, MAX_MARKS, renderSvg } from "./render.ts";
export { type PngOptions, renderPng } from "./render_png.ts";
export {
  renderReport,
  type Report,
  type ReportFigure,
  type ReportNumber,
  type ReportTable,
  type Verdict,
} from "./report.ts";
export { scatter, type ScatterOptions, type ScatterPanel } from "./scatter.ts";
export { type FigureMeta, figureMeta, type MatrixTable } from "./figure_meta.ts";
export { type Palette, PALETTES } from "./palette.ts";
export { FONT_FAMILY, FONT_STACK, THEME } from "./theme.ts";
export { textWidth } from "./font/text_width.ts";
export { type FigureEntry, writeReport } from "./write_report.ts";
export * from "./greater_than/mod.ts";
