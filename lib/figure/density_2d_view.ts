/**
 * One panel of a two-dimensional histogram, as Vega-Lite layers.
 *
 * @module
 */
import { barTitle } from "./color_bar.ts";
import type { Density2dOptions } from "./density_2d_options.ts";
import type { LinearFit } from "./transforms/linear_fit.ts";
import { paletteColor, type Rgb, toHex } from "./palette.ts";
import { encodePng, pngDataUri } from "./raster.ts";
import { panelTitle } from "./spec_head.ts";
import type { Layer, View } from "./spec_types.ts";
import type { Bins } from "./transforms/bins.ts";

/** A panel as it is drawn. */
export interface DensityShape {
  readonly title: string;
  readonly x: Bins;
  readonly y: Bins;
  /** [y.count, x.count], the row of the lowest y first. */
  readonly counts: Float64Array;
  readonly fit: LinearFit | undefined;
  readonly xTitle: string;
  readonly yTitle: string;
}

/** A figure's options with what its panels have in common. */
export interface DensityFrame extends Density2dOptions {
  /** The largest count of any cell, at least 2: the end of the colour bar. */
  readonly most: number;
}

const LEVELS = 255;
const WHITE: Rgb = [255, 255, 255];
/** Where the scale of one point begins, so that it is seen on white. */
const FAINTEST = 0.22;
/** Picture pixels a figure px: sharp at twice the size, which is what PNGs are made at. */
const OVERSAMPLING = 2;
const STOPS = 17;

/** The colour of a share of the log scale, 0 being one point and 1 the most. */
function shade(share: number): Rgb {
  return paletteColor("Blues", FAINTEST + (1 - FAINTEST) * share);
}

function rasterUri({ x, y, counts }: DensityShape, most: number, cell: number): string {
  const indices = new Uint8Array(counts.length);
  for (let row = 0; row < y.count; row++) {
    for (let column = 0; column < x.count; column++) {
      const count = counts[row * x.count + column]!;
      const share = Math.log(count) / Math.log(most);
      // Pictures begin at the top, the bins at the bottom.
      const at = (y.count - 1 - row) * x.count + column;
      indices[at] = count === 0 ? LEVELS : Math.round(share * (LEVELS - 1));
    }
  }
  const colors = Array.from({ length: LEVELS }, (_, i) => shade(i / (LEVELS - 1)));
  const image = { width: x.count, height: y.count, indices, colors: [...colors, WHITE] };
  return pngDataUri(encodePng(image, Math.ceil(cell * OVERSAMPLING)));
}

/** The ends of the fitted line inside the axes; undefined where it does not cross them. */
export function fitEnds(
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
  { x, y }: { readonly x: Bins; readonly y: Bins },
): { x: number; y: number }[] | undefined {
  if (!Number.isFinite(slope)) return undefined;
  const crossings = slope === 0 ? [] : [y.low, y.high].map((at) => (at - intercept) / slope);
  const [from = x.low, to = x.high] = crossings.toSorted((a, b) => a - b);
  if (slope === 0 && (intercept < y.low || intercept > y.high)) return undefined;
  const ends = [Math.max(x.low, from), Math.min(x.high, to)];
  if (ends[0]! >= ends[1]!) return undefined;
  return ends.map((at) => ({ x: at, y: slope * at + intercept }));
}

/** Counts with a label on the log bar: 1, 10, 100, ... and the most. */
function countTicks(most: number): number[] {
  const powers: number[] = [];
  for (let power = 1; power <= most / 1.8; power *= 10) powers.push(power);
  return [...powers, most];
}

function fitLayers(shape: DensityShape): Layer[] {
  const ends = shape.fit && fitEnds(shape.fit, shape);
  if (ends === undefined) return [];
  const [from, to] = ends as [{ x: number; y: number }, { x: number; y: number }];
  const at = (field: string) => ({ field, type: "quantitative" as const });
  return [{
    data: { values: [{ x: from.x, y: from.y, x2: to.x, y2: to.y }] },
    mark: { type: "rule", color: "#d55e00", strokeWidth: 1.75 },
    encoding: { x: at("x"), y: at("y"), x2: { field: "x2" }, y2: { field: "y2" } },
  }];
}

/** ρ with a minus that is as wide as its digits. */
function rhoText(shape: DensityShape): string | undefined {
  if (shape.fit === undefined) return undefined;
  const { rho } = shape.fit;
  return Number.isFinite(rho) ? `ρ = ${rho.toFixed(2).replace("-", "−")}` : "ρ not defined";
}

/** The layers of one panel: the counts as a picture, the fitted line, axes and colour bar. */
export function densityView(shape: DensityShape, frame: DensityFrame): View {
  const { most, cell = 2, colorTitle = "Neurons" } = frame;
  const { x, y, title } = shape;
  const size = { width: x.count * cell, height: y.count * cell };
  const stops = Array.from({ length: STOPS }, (_, i) => i / (STOPS - 1));
  const axis = (bins: Bins, title: string) => ({
    type: "quantitative" as const,
    title,
    scale: { domain: [bins.low, bins.high], nice: false, zero: false },
    axis: { grid: false, tickCount: 5, zindex: 1 },
  });
  return {
    title: panelTitle(title, { subtitle: rhoText(shape) }),
    ...size,
    encoding: { x: axis(x, shape.xTitle), y: axis(y, shape.yTitle) },
    layer: [
      {
        data: { values: [{}] },
        mark: {
          type: "image",
          url: rasterUri(shape, most, cell),
          ...size,
          align: "left",
          baseline: "top",
          aspect: false,
          description: `Picture of counts in ${y.count} by ${x.count} cells: ${title}`,
        },
        encoding: { x: { value: 0 }, y: { value: 0 } },
      },
      ...fitLayers(shape),
      {
        // Carries axes and colour bar alone.
        data: { values: [] },
        mark: { type: "rect" },
        encoding: {
          x: { field: "x" },
          y: { field: "y" },
          color: {
            field: "count",
            type: "quantitative",
            title: barTitle(colorTitle),
            scale: {
              type: "log",
              domain: stops.map((share) => most ** share),
              range: stops.map((share) => toHex(shade(share))),
              interpolate: "rgb",
            },
            legend: {
              format: "~g",
              gradientLength: Math.max(80, size.height - 44),
              values: countTicks(most),
            },
          },
        },
      },
    ],
  };
}
