import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";

/** Prompts, and the year that each good one writes where its bad one writes another. */
export interface WrittenYears {
  /** i32 `[N, T]`. */
  readonly goodTokens: HostArray<Int32Array>;
  /** i32 `[N, T]`. */
  readonly badTokens: HostArray<Int32Array>;
  /** i32 `[100]`. */
  readonly yearTokenIds: HostArray<Int32Array>;
  /** Last two digits, `[N]`; not the label where a row holds another row's sentence. */
  readonly written: readonly number[];
}

/**
 * The first position before the last at which every good prompt holds the token of the year it writes
 * and its bad prompt another token. Both halves are needed: a series of years may hold the token
 * earlier, and prompts may differ in other words or in a century. `promptPositions` of lib/circuit is
 * the same rule; the two rooms do not import each other.
 *
 * @throws {NeuriteError} E-PROMPTS naming `what` when no position serves all rows.
 */
export function yearPosition(
  { goodTokens, badTokens, yearTokenIds, written }: WrittenYears,
  what: string,
): number {
  const T = goodTokens.shape[1]!;
  const serves = (position: number) =>
    written.every((year, row) => {
      const token = goodTokens.data[row * T + position];
      return token === yearTokenIds.data[year] && token !== badTokens.data[row * T + position];
    });
  const position = Array.from({ length: T - 1 }, (_, t) => t).findIndex(serves);
  if (position >= 0) return position;
  throw cannot("E-PROMPTS", {
    do: "find the year in the prompts of",
    thing: what,
    is: `no position at which all ${written.length} good prompts, and no bad one, hold their year`,
    expected: "years split after the century, the two digits one token",
    hint: "this tokenizer splits the task's years elsewhere; leave the task out",
  });
}
