/**
 * What a histogram of counts says: quantiles, densities, sums.
 *
 * @module
 */
import type { SparseCounts } from "../format.ts";

/** Values counted. */
export function total({ counts }: SparseCounts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The ends of bin `k`; a bin without an edge on one side is taken to be as wide as its neighbour. */
export function binEnds(edges: readonly number[], k: number): [number, number] {
  const last = edges.length - 1;
  if (k <= 0) return [2 * edges[0]! - edges[1]!, edges[0]!];
  if (k > last) return [edges[last]!, 2 * edges[last]! - edges[last - 1]!];
  return [edges[k - 1]!, edges[k]!];
}

/**
 * The value below which a share `q` (0 to 1) of the counts lies, on a line between the ends of its
 * bin. NaN where nothing was counted.
 */
export function quantile(histogram: SparseCounts, edges: readonly number[], q: number): number {
  const wanted = q * total(histogram);
  let below = 0;
  let value = NaN;
  for (let place = 0; place < histogram.counts.length; place++) {
    const count = histogram.counts[place]!;
    if (count <= 0) continue;
    const [from, to] = binEnds(edges, histogram.first + place);
    value = to;
    if (below + count >= wanted) return from + ((wanted - below) / count) * (to - from);
    below += count;
  }
  return value;
}

/** Points `[centre, density]` of a histogram, with a 0 on either side. */
export function density(
  histogram: SparseCounts,
  edges: readonly number[],
): (readonly [number, number])[] {
  const sum = total(histogram);
  if (sum === 0) return [];
  const points: (readonly [number, number])[] = [];
  for (let place = -1; place <= histogram.counts.length; place++) {
    const bin = histogram.first + place;
    if (bin < 0 || bin > edges.length) continue;
    const [from, to] = binEnds(edges, bin);
    points.push([(from + to) / 2, (histogram.counts[place] ?? 0) / sum / (to - from)]);
  }
  return points;
}

/** All histograms in one. */
export function addCounts(histograms: readonly SparseCounts[]): SparseCounts {
  if (histograms.length === 0) return { first: 0, counts: [] };
  const first = Math.min(...histograms.map((histogram) => histogram.first));
  const end = Math.max(...histograms.map(({ first, counts }) => first + counts.length));
  const counts = new Array<number>(end - first).fill(0);
  for (const histogram of histograms) {
    histogram.counts.forEach((count, place) => {
      counts[histogram.first - first + place]! += count;
    });
  }
  return { first, counts };
}
