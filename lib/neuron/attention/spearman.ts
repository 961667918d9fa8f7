/**
 * Spearman's correlation of streams: exactly from all values, or from counts in fixed memory.
 *
 * @module
 */
import { rankCorrelation } from "../rank_correlation.ts";

/** How Spearman's correlation is had. */
export const SPEARMAN_METHODS = ["exact", "binned"] as const;

/** A member of {@linkcode SPEARMAN_METHODS}. */
export type SpearmanMethod = typeof SPEARMAN_METHODS[number];

/** Takes pairs of each of some rows, as many of each, and correlates their ranks. */
export interface Spearman {
  /** Adds pairs to a row. */
  add(row: number, xs: ArrayLike<number>, ys: ArrayLike<number>): void;
  /** Spearman's ρ of a row, equal values sharing the mean rank; NaN where x or y is constant. */
  rho(row: number): number;
}

/** Bins of either axis of the counts. */
const BINS = 128;

/** The first pairs of a row, of whose values the edges of the bins are quantiles. */
const FIRST = 2048;

/** Bytes of each row, of `pairs` pairs. */
export function spearmanBytes(method: SpearmanMethod, pairs: number): number {
  // Counts take the place of a row's first pairs, which are less.
  return method === "exact" ? 8 * pairs : 4 * BINS * BINS + 8 * BINS;
}

/** The exact one keeps all values as float32, 8 bytes a pair. */
class ExactSpearman implements Spearman {
  readonly #x: Float32Array[];
  readonly #y: Float32Array[];
  readonly #filled: Int32Array;

  constructor(rows: number, pairs: number) {
    this.#x = Array.from({ length: rows }, () => new Float32Array(pairs));
    this.#y = Array.from({ length: rows }, () => new Float32Array(pairs));
    this.#filled = new Int32Array(rows);
  }

  add(row: number, xs: ArrayLike<number>, ys: ArrayLike<number>): void {
    this.#x[row]!.set(xs, this.#filled[row]!);
    this.#y[row]!.set(ys, this.#filled[row]!);
    this.#filled[row]! += xs.length;
  }

  rho(row: number): number {
    const filled = (values: Float32Array) => values.subarray(0, this.#filled[row]);
    return rankCorrelation(filled(this.#x[row]!), filled(this.#y[row]!));
  }
}

/**
 * The binned one counts pairs in 128 × 128 bins, whose edges are quantiles of the row's first 2,048
 * pairs. Values of one bin share a rank, so that ρ is off by some 1e-4 where later values are like the
 * first, and 64 kB a row are held whatever the number of pairs.
 */
class BinnedSpearman implements Spearman {
  readonly #first: ExactPairs[];
  readonly #edges: ([Float32Array, Float32Array] | undefined)[];
  readonly #counts: Uint32Array[];

  constructor(rows: number) {
    this.#first = Array.from({ length: rows }, () => ({ x: [], y: [] }));
    this.#edges = new Array(rows).fill(undefined);
    this.#counts = new Array(rows);
  }

  add(row: number, xs: ArrayLike<number>, ys: ArrayLike<number>): void {
    const edges = this.#edges[row];
    if (edges) return this.#count(row, xs, ys);
    const { x, y } = this.#first[row]!;
    for (let i = 0; i < xs.length; i++) {
      x.push(xs[i]!);
      y.push(ys[i]!);
    }
    if (x.length >= FIRST) this.#setEdges(row);
  }

  rho(row: number): number {
    const { x, y } = this.#first[row]!;
    if (!this.#edges[row]) {
      return rankCorrelation(Float32Array.from(x), Float32Array.from(y));
    }
    return binnedRho(this.#counts[row]!);
  }

  #setEdges(row: number): void {
    const { x, y } = this.#first[row]!;
    this.#edges[row] = [quantiles(x), quantiles(y)];
    this.#counts[row] = new Uint32Array(BINS * BINS);
    this.#count(row, x, y);
    this.#first[row] = { x: [], y: [] };
  }

  #count(row: number, xs: ArrayLike<number>, ys: ArrayLike<number>): void {
    const [xEdges, yEdges] = this.#edges[row]!;
    const counts = this.#counts[row]!;
    for (let i = 0; i < xs.length; i++) {
      counts[binOf(xEdges, xs[i]!) * BINS + binOf(yEdges, ys[i]!)]!++;
    }
  }
}

interface ExactPairs {
  readonly x: number[];
  readonly y: number[];
}

/** The inner edges of bins that hold equally many of the values. */
function quantiles(values: readonly number[]): Float32Array {
  const sorted = Float32Array.from(values).sort();
  const edges = Float32Array.from(
    { length: BINS - 1 },
    (_, i) => sorted[Math.floor((i + 1) / BINS * sorted.length)]!,
  );
  // A value so frequent that it makes several edges gets a bin of its own, which ends above it.
  edges.forEach((edge, i) => {
    if (edge === edges[i - 1] && edge !== edges[i + 1]) edges[i] = nextAbove(edge);
  });
  return edges;
}

/** The least float32 above a finite one. */
function nextAbove(value: number): number {
  const [float, bits] = [new Float32Array([value === 0 ? 0 : value]), new Int32Array(1)];
  bits.set(new Int32Array(float.buffer));
  bits[0]! += bits[0]! < 0 ? -1 : 1;
  return new Float32Array(bits.buffer)[0]!;
}

/** The number of edges at or below a value. */
function binOf(edges: Float32Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function binnedRho(counts: Uint32Array): number {
  const along = (bin: (i: number) => number) => {
    const totals = new Float64Array(BINS);
    counts.forEach((count, i) => totals[bin(i)]! += count);
    let before = 0;
    return totals.map((total) => (before += total) - total / 2);
  };
  const [xRanks, yRanks] = [along((i) => Math.floor(i / BINS)), along((i) => i % BINS)];
  const n = counts.reduce((a, b) => a + b, 0);
  let [xx, yy, xy] = [0, 0, 0];
  counts.forEach((count, i) => {
    const x = xRanks[Math.floor(i / BINS)]! - n / 2;
    const y = yRanks[i % BINS]! - n / 2;
    xx += count * x * x;
    yy += count * y * y;
    xy += count * x * y;
  });
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : NaN;
}

/** Spearman's correlation of `rows` rows of `pairs` pairs each. */
export function openSpearman(
  method: SpearmanMethod,
  { rows, pairs }: { readonly rows: number; readonly pairs: number },
): Spearman {
  return method === "exact" ? new ExactSpearman(rows, pairs) : new BinnedSpearman(rows);
}
