import { formatBytes, formatCount } from "../../cli/sizes.ts";
import type { CorrelationPlan } from "./plan.ts";
import type { TokenBlocks } from "../token_blocks.ts";

/** A plan in one line for people. */
export function describePlan(
  { passes, sumBytes, peakBytes, productFlop, blocks }: CorrelationPlan & {
    readonly blocks: TokenBlocks;
  },
): string {
  const tiles = passes.reduce((sum, pass) => sum + pass.length, 0);
  return [
    `${formatCount(blocks.count)} blocks of ${formatCount(blocks.positions)} tokens`,
    `${formatCount(tiles)} tiles in ${formatCount(passes.length)} passes through the tokens`,
    `${formatBytes(sumBytes)} of sums`,
    `${formatBytes(peakBytes)} at most at once`,
    `${formatCount(productFlop / 1e9)} GFLOP of products`,
  ].join(", ");
}
