/**
 * Colours: the three scales of the papers' heatmaps and a category palette.
 *
 * @module
 */

/** The colour scales a heatmap may use. */
export type Palette = "RdBu" | "Blues" | "amp";

/** Stops of each scale from low to high, evenly spaced, mixed linearly in sRGB as plotly does. */
export const PALETTES: Readonly<Record<Palette, readonly string[]>> = {
  // ColorBrewer RdBu: red is negative, blue is positive.
  RdBu: [
    "#67001f",
    "#b2182b",
    "#d6604d",
    "#f4a582",
    "#fddbc7",
    "#f7f7f7",
    "#d1e5f0",
    "#92c5de",
    "#4393c3",
    "#2166ac",
    "#053061",
  ],
  // ColorBrewer Blues.
  Blues: [
    "#f7fbff",
    "#deebf7",
    "#c6dbef",
    "#9ecae1",
    "#6baed6",
    "#4292c6",
    "#2171b5",
    "#08519c",
    "#08306b",
  ],
  // cmocean amp.
  amp: [
    "#f1ecec",
    "#e6d1cb",
    "#ddb6aa",
    "#d59c89",
    "#cd8167",
    "#c46649",
    "#ba4a2f",
    "#ac2c24",
    "#951327",
    "#780e28",
    "#590d1f",
    "#3c0911",
  ],
};

/** Scales whose middle stop stands for 0. */
export const DIVERGING: ReadonlySet<Palette> = new Set(["RdBu"]);

/**
 * Colours of series and classes, told apart with every common colour vision (Okabe and Ito 2008,
 * less its yellow, which vanishes on white).
 */
export const CATEGORIES: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#e69f00",
  "#56b4e9",
  "#000000",
];

/** A missing cell. */
export const MISSING = "#b0b0b0";

/** A colour as red, green, blue in 0..255. */
export type Rgb = readonly [number, number, number];

function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** `#rrggbb` of a colour. */
export function toHex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
}

/** The colour at `t` in 0..1 of a scale; `t` outside is taken as the nearest end. */
export function paletteColor(palette: Palette, t: number): Rgb {
  const stops = PALETTES[palette];
  const place = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const from = parseHex(stops[index]!);
  const to = parseHex(stops[index + 1]!);
  const mix = (i: 0 | 1 | 2) => Math.round(from[i] + (place - index) * (to[i] - from[i]));
  return [mix(0), mix(1), mix(2)];
}

/** `#rrggbb` of a colour of which `share` (0 to 1) is left and the rest is white. */
export function mixWithWhite(hex: string, share: number): string {
  const mix = (channel: number) => Math.round(255 + share * (channel - 255));
  const [red, green, blue] = parseHex(hex);
  return toHex([mix(red), mix(green), mix(blue)]);
}
