import { DEFAULT_MEMORY } from "../../cli/common_options.ts";
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { SIMILARITY_BINS } from "../row_summary.ts";

/** How the weights of a model are gone through. */
export interface WeightPlan {
  /** Columns of a tile of products. */
  readonly tile: number;
  /** Bytes of columns that may stay on the device. */
  readonly budget: number;
  /** Bytes that are needed besides. */
  readonly working: number;
  /** Bytes of all columns. */
  readonly columns: number;
}

/** What the plan depends on beside the model. */
export interface WeightPlanOptions {
  /** Bytes for all that is held at once. @default 2 GiB */
  readonly memory?: number | undefined;
  /** Entries kept at either end of a row. */
  readonly top: number;
}

/** A tile of products is about this large: enough columns a row to make the walk over rows cheap. */
const TILE_BYTES = 32 * 1024 ** 2;
const FEWEST_COLUMNS = 64;
/** The device's own result, the one read and the one that is summarised. */
const TILES_AT_ONCE = 3;

/**
 * Tile size and memory for a model's weight statistics.
 *
 * @throws {NeuriteError} `E-DEVICE-MEMORY` when `memory` does not hold what is needed at once.
 */
export function weightPlan(config: ModelConfig, options: WeightPlanOptions): WeightPlan {
  const { memory = DEFAULT_MEMORY, top } = options;
  const { nLayer: L, dModel: D, dMlp: F, vocabSize: V } = config;
  const tile = Math.max(FEWEST_COLUMNS, Math.floor(TILE_BYTES / 4 / F / 64) * 64);
  const products = TILES_AT_ONCE * 4 * F * Math.max(tile, D);
  // One layer's matrices: raw, folded, turned, and both sides' units in float64 and float32.
  const layer = (4 + 8 + 8 + 2 * (8 + 4)) * F * D;
  const summaries = 2 * F * (4 * SIMILARITY_BINS + 2 * 12 * top);
  const working = 4 * V * D + products + layer + summaries;
  if (working <= memory) {
    const columns = 4 * D * (2 * V + 2 * L * F + 4 * L * D);
    return { tile, budget: memory - working, working, columns };
  }
  throw cannot("E-DEVICE-MEMORY", {
    do: "plan",
    thing: "weight statistics",
    is: `${formatBytes(working)} needed for the vocabulary, a layer and its products`,
    expected: `at most --memory, ${formatBytes(memory)}`,
    hint: `give --memory ${Math.ceil(working / 1024 ** 3)}G or more`,
  });
}

/**
 * The work and the memory of a model's weight statistics, in words.
 *
 * @throws {NeuriteError} as {@linkcode weightPlan}.
 */
export function describePlan(config: ModelConfig, options: WeightPlanOptions): string {
  const { working, columns, budget } = weightPlan(config, options);
  const { nLayer: L, dMlp: F, vocabSize: V, dModel: D } = config;
  const operations = 2 * L * F * (4 * V + 4 * L * F + 4 * L * D) * D;
  return `${formatCount(L * F)} neurons against ${formatCount(V)} tokens and each other, ` +
    `${(operations / 1e12).toPrecision(3)} TFLOP; ${formatBytes(working)}, and up to ` +
    `${formatBytes(Math.min(budget, columns))} of columns kept on the device`;
}
