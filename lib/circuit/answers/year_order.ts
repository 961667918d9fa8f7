/**
 * Whether points lie in the order of their years: how many years away each one's nearest neighbour is.
 * Points on an ordered curve have neighbours one year away; unordered ones about 33 of 97.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { RandomStream } from "../../random.ts";
import { type MeanAndSd, meanAndSd } from "../task/year_metrics.ts";

/** The row nearest to each other row of `[N, C]`; of equally near ones the first. */
function nearestRows({ data, shape }: HostArray<Float64Array>): Int32Array {
  const [N, C] = shape as [number, number];
  return Int32Array.from({ length: N }, (_, i) => {
    let nearest = -1;
    let least = Infinity;
    for (let j = 0; j < N; j++) {
      if (j === i) continue;
      let square = 0;
      for (let c = 0; c < C; c++) square += (data[i * C + c]! - data[j * C + c]!) ** 2;
      if (square < least) [nearest, least] = [j, square];
    }
    return nearest;
  });
}

function gapsBetween(nearest: Int32Array, years: ArrayLike<number>): Float64Array {
  return Float64Array.from(nearest, (j, i) => Math.abs(years[i]! - years[j]!));
}

/**
 * Years between each point of f64 `[N, C]` and its nearest neighbour: f64 `[N]`.
 *
 * @throws {RangeError} for fewer than two points or another number of years.
 */
export function neighbourGaps(points: HostArray<Float64Array>, years: Int32Array): Float64Array {
  checkPoints(points, years);
  return gapsBetween(nearestRows(points), years);
}

/**
 * What the mean of {@linkcode neighbourGaps} is when the same years are dealt to the points by chance:
 * mean and standard deviation over `draws` seeded shuffles.
 *
 * @throws {RangeError} as {@linkcode neighbourGaps}.
 */
export function chanceGap(
  points: HostArray<Float64Array>,
  years: Int32Array,
  { seed = 0, draws = 1000 }: { seed?: number; draws?: number } = {},
): MeanAndSd {
  checkPoints(points, years);
  const nearest = nearestRows(points);
  const stream = new RandomStream(seed, "year-order");
  const means = Float64Array.from({ length: draws }, (_, draw) => {
    const dealt = years.slice();
    for (let i = dealt.length - 1; i > 0; i--) {
      const j = stream.integer(draw * dealt.length + i, i + 1);
      [dealt[i], dealt[j]] = [dealt[j]!, dealt[i]!];
    }
    return meanAndSd(gapsBetween(nearest, dealt)).mean;
  });
  return meanAndSd(means);
}

function checkPoints({ shape }: HostArray, years: Int32Array): void {
  if (shape.length === 2 && shape[0] === years.length && years.length >= 2) return;
  throw new RangeError(
    `Cannot order "points": ${shape[0]} points of ${years.length} years, expected two or more, ` +
      "a year each",
  );
}
