/** Powers of ten that float64 holds exactly; `10 ** n` is not always the nearest. */
const TENS = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

/**
 * A number as the page shows it: four significant digits, so that its JSON text is short.
 *
 * @returns NaN and the infinities as they are.
 */
export function shown(x: number): number {
  if (x === 0) return 0;
  if (!Number.isFinite(x)) return x;
  return shownAt(x, lastDecimal(x, 4));
}

/** The place of a digit of a number but 0, the first being its largest: 2 is hundredths. */
export function lastDecimal(x: number, digits: number): number {
  return digits - 1 - Math.floor(Math.log10(Math.abs(x)));
}

/** A finite number rounded at a place after the point, or before it where the place is negative. */
export function shownAt(x: number, place: number): number {
  const ten = TENS[Math.abs(place)];
  if (ten === undefined) return Number(x.toPrecision(4));
  // The sum is 0 and not −0.
  return (place >= 0 ? Math.round(x * ten) / ten : Math.round(x / ten) * ten) + 0;
}
