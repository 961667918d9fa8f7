import { RandomStream } from "../../random.ts";

/** Which rows are kept and in which order. */
export interface OrderOptions {
  /** The seed of the shuffle; the order of the corpus when undefined. */
  readonly shuffle?: number | undefined;
  /** The most rows kept; all when undefined. */
  readonly rows?: number | undefined;
}

/**
 * The numbers of the rows to keep, in order: the first `rows` of the corpus, or of a Fisher-Yates
 * shuffle of all of them, of which the order depends on the seed and `count` alone. int32 `[rows]`.
 */
export function rowOrder(count: number, { shuffle, rows = count }: OrderOptions): Int32Array {
  const order = Int32Array.from({ length: count }, (_, row) => row);
  if (shuffle !== undefined) {
    const stream = new RandomStream(shuffle, "token rows");
    for (let last = count - 1; last > 0; last--) {
      const other = stream.integer(last, last + 1);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
  }
  return order.subarray(0, Math.min(rows, count));
}
