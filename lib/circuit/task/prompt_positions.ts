import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { PositionIndex } from "../graph/nodes.ts";

/** Pairs of year prompts, as `makeYearPrompts` and prompt files give them. */
export interface YearPairs {
  readonly goodTokens: HostArray<Int32Array>;
  readonly badTokens: HostArray<Int32Array>;
  /** i32 `[N]`. */
  readonly YY: HostArray<Int32Array>;
  /** i32 `[100]`. */
  readonly yearTokenIds: HostArray<Int32Array>;
}

/**
 * END, the last position, and YY, the first before it at which every good prompt holds the token of
 * its own start year and its bad prompt another token (design section 8). Both halves are needed: a
 * series of years may hold the token earlier, where the runs do not differ and patching changes
 * nothing. `yearPosition` of lib/text is the same rule; the two rooms do not import each other.
 *
 * @throws {NeuriteError} E-PROMPTS when the prompts have no such position in common.
 */
export function promptPositions(
  { goodTokens, badTokens, YY, yearTokenIds }: YearPairs,
): PositionIndex {
  const [N, T] = goodTokens.shape as [number, number];
  const serves = (position: number) =>
    YY.data.every((year, row) => {
      const token = goodTokens.data[row * T + position];
      return token === yearTokenIds.data[year] && token !== badTokens.data[row * T + position];
    });
  const position = Array.from({ length: T - 1 }, (_, t) => t).findIndex(serves);
  if (position >= 0) return { END: T - 1, YY: position };
  throw cannot("E-PROMPTS", {
    do: "find the start year in",
    thing: "good_tokens",
    is: `no position at which all ${N} good prompts, and no bad one, hold their own start year`,
    expected:
      "prompts with the start year at one position, and another token there in the bad ones",
    hint: "see docs/prompts.md for what a prompt file holds",
  });
}
