/**
 * From values to places, and where the marks of an axis stand.
 *
 * @module
 */

/** An axis: its words, its ends, and whether it is logarithmic (then `from` is over 0). */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly log?: boolean;
}

/** Where a value stands between two places. */
export function scale(axis: Axis, start: number, end: number): (value: number) => number {
  const turn = axis.log ? Math.log10 : (value: number) => value;
  const from = turn(axis.from);
  const span = turn(axis.to) - from || 1;
  return (value) => start + ((turn(value) - from) / span) * (end - start);
}

/** About `wanted` round values of an axis. */
export function ticks(axis: Axis, wanted = 5): number[] {
  if (axis.log) {
    const [from, to] = [Math.ceil(Math.log10(axis.from)), Math.floor(Math.log10(axis.to))];
    const step = Math.max(1, Math.ceil((to - from + 1) / wanted));
    const powers: number[] = [];
    for (let power = from; power <= to; power += step) powers.push(10 ** power);
    return powers;
  }
  const span = axis.to - axis.from;
  if (!(span > 0) || !Number.isFinite(span)) return [axis.from];
  const rough = 10 ** Math.floor(Math.log10(span / wanted));
  const step = rough * ([1, 2, 5, 10].find((factor) => span / (rough * factor) <= wanted) ?? 10);
  const marks: number[] = [];
  for (let k = Math.ceil(axis.from / step); k * step <= axis.to + step * 1e-6; k++) {
    marks.push(Number((k * step).toPrecision(12)));
  }
  return marks;
}

/** The smallest and largest finite value; 0 and 1 where there is none, widened where they agree. */
export function extent(values: Iterable<number>): [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) return [0, 1];
  return least === most ? [least - 0.5, most + 0.5] : [least, most];
}
