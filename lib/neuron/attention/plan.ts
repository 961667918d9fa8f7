/**
 * Work and memory of an ablation of many neurons.
 *
 * @module
 */
import { DEFAULT_MEMORY } from "../../cli/common_options.ts";
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { spearmanBytes, type SpearmanMethod } from "./spearman.ts";

/** How much is asked. */
export interface AblationSizes {
  /** B. */
  readonly rows: number;
  /** S, tokens of a row. */
  readonly positions: number;
  /** Tq. */
  readonly queries: number;
  /** R. */
  readonly ranks: number;
  readonly method: SpearmanMethod;
  /** Bytes for all that is held at once. @default {2 GiB} */
  readonly memory?: number | undefined;
}

/** How it is gone through. */
export interface AblationPlan {
  /** Versions of a row's queries on the device at once. */
  readonly entries: number;
  /** Bytes for the model's own run. */
  readonly forward: number;
  /** Bytes held besides. */
  readonly held: number;
}

/** Scores of a part: at 32 MiB the products are at their rate. */
const PART_BYTES = 32 * 1024 ** 2;

/** Parts alive at once: one on the device, with scores and pattern, and the next being made. */
const PARTS_AT_ONCE = 3;

/** The model's run needs some rows; less than this is not worth a start. */
const LEAST_FORWARD = 64 * 1024 ** 2;

/**
 * Sizes of the parts, and the memory that is left for the model's run.
 *
 * @param maxTensorBytes of the device.
 * @throws {NeuriteError} E-DEVICE-MEMORY when `memory` does not hold what is needed at once.
 */
export function planAblation(
  config: ModelConfig,
  sizes: AblationSizes,
  maxTensorBytes: number,
): AblationPlan {
  const { rows, positions, queries, ranks, method, memory = DEFAULT_MEMORY } = sizes;
  const perEntry = 4 * queries * Math.max(positions, config.dHead + 1);
  const most = Math.min(PART_BYTES, maxTensorBytes) / perEntry;
  const entries = Math.max(1, Math.min(ranks + 1, Math.floor(most)));
  // w_out as read, chosen and on the device; products and activations of a row.
  const neurons = config.dModel * (8 * config.dMlp + 12 * ranks) + 16 * queries * ranks;
  const statistics = ranks * (spearmanBytes(method, rows * queries) + 200);
  const held = neurons + statistics + PARTS_AT_ONCE * entries * perEntry;
  const forward = memory - held;
  if (forward >= LEAST_FORWARD) return { entries, forward, held };
  throw cannot("E-DEVICE-MEMORY", {
    do: "plan",
    thing: `${ranks} neurons over ${rows * queries} tokens`,
    is: `${formatBytes(held + LEAST_FORWARD)} needed, ${formatBytes(statistics)} of it for ` +
      `Spearman's correlation (${method})`,
    expected: `at most --memory, ${formatBytes(memory)}`,
    hint: method === "exact"
      ? "--spearman binned, fewer neurons by --max-rank, or a larger --memory"
      : "fewer neurons by --max-rank, or a larger --memory",
  });
}

/** The plan in words. */
export function describeAblation(config: ModelConfig, sizes: AblationSizes, held: number): string {
  const { rows, positions, queries, ranks } = sizes;
  // Two products a score on the way in, two on the way out.
  const operations = 4 * rows * queries * ranks * positions * config.dHead;
  return `${formatCount(ranks)} neurons at ${formatCount(rows * queries)} queries, ` +
    `${(operations / 1e12).toPrecision(3)} TFLOP after one run of ` +
    `${formatCount(rows * positions)} tokens; ${formatBytes(held)} besides the model's run`;
}
