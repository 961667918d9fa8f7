/**
 * The paper's colours of the 97 start years (spec/greater_than sections 3.2 and 3.7).
 *
 * @module
 */
import { type Rgb, toHex } from "../palette.ts";

const ANCHORS: readonly Rgb[] = [
  [255, 128, 0],
  [128, 255, 0],
  [128, 0, 255],
  [0, 128, 255],
  [0, 255, 128],
  [255, 0, 255],
  [255, 255, 0],
  [0, 255, 255],
  [0, 76, 153],
  [76, 0, 153],
];

const ASKED = 110;

/** `steps` colours from `from` to `to`, both included, cut to whole numbers. */
function leg(from: Rgb, to: Rgb, steps: number): Rgb[] {
  return Array.from({ length: steps }, (_, i) => {
    const at = (channel: 0 | 1 | 2) =>
      Math.trunc(from[channel] + i / (steps - 1) * (to[channel] - from[channel]));
    return [at(0), at(1), at(2)];
  });
}

/**
 * 97 colours `#rrggbb`, one a start year of 02..98: legs of floor(110 / 9) colours between ten
 * anchors, joints once, of which entries 2..98 are taken.
 */
export function yearPalette(): string[] {
  const steps = Math.floor(ASKED / (ANCHORS.length - 1));
  const colors = ANCHORS.slice(1).flatMap((to, i) =>
    leg(ANCHORS[i]!, to, steps).slice(i === 0 ? 0 : 1)
  );
  return colors.slice(2, 99).map(toHex);
}
