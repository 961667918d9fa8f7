/**
 * From a range of values to colours, the same for the raster and for the legend beside it.
 *
 * @module
 */
import { DIVERGING, type Palette, paletteColor, type Rgb, toHex } from "./palette.ts";

/** A colour scale over `[low, high]`. */
export interface ColorScale {
  readonly palette: Palette;
  readonly low: number;
  readonly high: number;
  /** Values at which the colour is given; linear between them. Ascending, from low to high. */
  readonly domain: readonly number[];
  /** Colours at {@linkcode ColorScale.domain}. */
  readonly range: readonly string[];
  /** The colour of a value; beyond the ends it is the end's colour. */
  colorOf(value: number): Rgb;
}

const STOPS = 33;

/**
 * A scale of `palette` over `[low, high]`. A diverging palette keeps its middle at 0 and equal
 * strength on both sides, so that -5..4 shows a little less blue than red.
 *
 * @throws {RangeError} when the ends are not finite or not ascending.
 */
export function colorScale(palette: Palette, [low, high]: readonly [number, number]): ColorScale {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    throw new RangeError(
      `Cannot scale "${palette}": range ${low} to ${high}, expected two finite ascending numbers`,
    );
  }
  const reach = Math.max(Math.abs(low), Math.abs(high));
  const colorOf = (value: number) => {
    const inside = Math.min(high, Math.max(low, value));
    const t = DIVERGING.has(palette) ? 0.5 + 0.5 * inside / reach : (inside - low) / (high - low);
    return paletteColor(palette, t);
  };
  const domain = Array.from(
    { length: STOPS },
    (_, i) => Number((low + (high - low) * i / (STOPS - 1)).toPrecision(12)),
  );
  return { palette, low, high, domain, range: domain.map((x) => toHex(colorOf(x))), colorOf };
}

/**
 * The range that shows all finite `values`: symmetric about 0 for a diverging palette. All-equal
 * values get a range of some width, so that a scale can be drawn.
 */
export function valueRange(values: Iterable<number>, palette: Palette): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return DIVERGING.has(palette) ? [-1, 1] : [0, 1];
  if (DIVERGING.has(palette)) {
    const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
    return [-reach, reach];
  }
  return low < high ? [low, high] : [low, low + 1];
}
