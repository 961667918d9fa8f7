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
  const power = 3 - Math.floor(Math.log10(Math.abs(x)));
  const ten = TENS[Math.abs(power)];
  if (ten === undefined) return Number(x.toPrecision(4));
  return power >= 0 ? Math.round(x * ten) / ten : Math.round(x / ten) * ten;
}
