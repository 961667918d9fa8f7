/**
 * How every figure looks: font, sizes, white ground, light grid.
 *
 * @module
 */
import type { Config } from "vega-lite";
import { CATEGORIES } from "./palette.ts";

/** The bundled font's family name. */
export const FONT_FAMILY = "Neurite Sans";

/**
 * The family list written into figures. Liberation Sans, Arial and Helvetica have the bundled
 * font's advance widths, so a viewer without it keeps the layout.
 */
export const FONT_STACK = `${FONT_FAMILY}, Liberation Sans, Arial, Helvetica, sans-serif`;

const INK = "#1f2328";
const SOFT_INK = "#424a53";
const LINE = "#8c959f";
const GRID = "#e7eaee";

/** The Vega-Lite configuration of all figures. */
export const THEME: Config = {
  background: "#ffffff",
  font: FONT_STACK,
  padding: 10,
  customFormatTypes: false,
  view: { stroke: null },
  title: {
    anchor: "start",
    frame: "bounds",
    color: INK,
    fontSize: 15,
    fontWeight: 600,
    offset: 12,
    subtitleColor: SOFT_INK,
    subtitleFontSize: 12,
    subtitlePadding: 4,
  },
  axis: {
    domainColor: LINE,
    gridColor: GRID,
    labelColor: SOFT_INK,
    // Each label under its tick: pushed inwards the outer ones would run into their neighbours.
    labelFlush: false,
    labelFontSize: 11,
    labelPadding: 4,
    tickColor: LINE,
    tickSize: 4,
    titleColor: INK,
    titleFontSize: 12,
    titleFontWeight: "normal",
    titlePadding: 8,
  },
  legend: {
    gradientStrokeColor: LINE,
    gradientThickness: 14,
    labelColor: SOFT_INK,
    labelFontSize: 11,
    labelLimit: 260,
    offset: 16,
    titleColor: INK,
    titleFontSize: 11,
    titleFontWeight: "normal",
    titleLimit: 220,
    titlePadding: 12,
  },
  header: { labelColor: INK, labelFontSize: 12, titleColor: INK, titleFontSize: 12 },
  line: { strokeWidth: 2 },
  range: { category: [...CATEGORIES] },
};
