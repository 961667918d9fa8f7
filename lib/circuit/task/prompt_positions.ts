import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { PositionIndex } from "../patch/run_cache.ts";

/** Prompts whose positions are asked for. */
export interface PlacedPrompts {
  /** i32 `[N, T]`. */
  readonly goodTokens: HostArray<Int32Array>;
  /** i32 `[N]`. */
  readonly YY: HostArray<Int32Array>;
  /** i32 `[100]`. */
  readonly yearTokenIds: HostArray<Int32Array>;
}

/**
 * END, the last position, and YY, the first at which every prompt holds the token of its own start
 * year (design section 8).
 *
 * @throws {NeuriteError} E-PROMPTS when the prompts have no such position in common.
 */
export function promptPositions({ goodTokens, YY, yearTokenIds }: PlacedPrompts): PositionIndex {
  const [N, T] = goodTokens.shape as [number, number];
  const holdsYear = (position: number) =>
    YY.data.every((yy, n) => goodTokens.data[n * T + position] === yearTokenIds.data[yy]);
  const positions = Array.from({ length: T - 1 }, (_, position) => position).filter(holdsYear);
  if (positions.length > 0) return { END: T - 1, YY: positions[0]! };
  throw cannot("E-PROMPTS", {
    do: "find the start year in",
    thing: "good_tokens",
    is: `no position at which all ${N} prompts hold their own start year`,
    expected: "prompts with the start year at one position",
    hint: "see docs/circuit_discovery.md for the arrays of a prompt file",
  });
}
