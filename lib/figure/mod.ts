/**
 * Figures: arrays in, Vega-Lite specs, SVG, PNG and report pages out.
 *
 * @module
 */
export { heatmap, type HeatmapOptions, type HeatmapPanel } from "./heatmap.ts";
export { line, type LineOptions, type Rule, type Series } from "./line.ts";
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
export { type FigureMeta, figureMeta, type MatrixTable } from "./figure_meta.ts";
export { type Palette, PALETTES } from "./palette.ts";
export { FONT_FAMILY, FONT_STACK, THEME } from "./theme.ts";
export { textWidth } from "./font/text_width.ts";
export * from "./greater_than/mod.ts";
