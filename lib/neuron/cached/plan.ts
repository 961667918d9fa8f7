/**
 * What writing a cache takes: memory, disk, layers.
 *
 * @module
 */
import { elementCount } from "../../array.ts";
import { DEFAULT_MEMORY } from "../../cli/common_options.ts";
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import { bytesPerRow as forwardBytesPerRow } from "../../model/forward/batching.ts";
import { checkRequest } from "../../model/forward/request.ts";
import { placedBytes, type PlacedLayout } from "../../store/format/placed_safetensors.ts";
import { TokenBlocks } from "../token_blocks.ts";
import { bytesPerRow } from "./column_buffer.ts";
import {
  type ColumnArray,
  columnArrays,
  quantisedLayout,
  TOKEN_OUTPUTS,
  workLayout,
} from "./layout.ts";
import type { ActivationSetup } from "./setup.ts";

/** Tokens of a block when nobody says: as many as correlations sum at once. */
export const DEFAULT_BLOCK_TOKENS = 2048;

/** The work of a run. */
export interface ActivationPlan {
  readonly blocks: TokenBlocks;
  /** Layers whose activations are read, rising. */
  readonly layers: readonly number[];
  /** Names that the forward pass reads. */
  readonly read: readonly string[];
  readonly arrays: readonly ColumnArray[];
  /** Rows that are gathered before they are written. */
  readonly bufferRows: number;
  /** Of one block: the forward pass, and the layers that come back from it. */
  readonly blockBytes: number;
  readonly bufferBytes: number;
  /** Of the result. */
  readonly fileBytes: number;
  /** On disk beside the result while it is made. */
  readonly workBytes: number;
}

/**
 * Cuts a run into blocks that fit the memory. What a block holds does not depend on the memory, so
 * neither do the results.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when one block does not fit.
 */
export function planActivations(
  { model: { config }, corpus: { tokens }, request }: ActivationSetup,
  { blockTokens, memory = DEFAULT_MEMORY }: { blockTokens: number; memory?: number | undefined },
): ActivationPlan {
  const [B, T] = tokens.shape as [number, number];
  const blocks = new TokenBlocks(tokens, { blockTokens, dropped: new Set() });
  const layers = [...new Set(request.neurons.map(({ layer }) => layer))].sort((a, b) => a - b);
  const read = [
    ...layers.map((layer) => `blocks.${layer}.${request.location}`),
    ...request.outputs.map((name) => TOKEN_OUTPUTS[name]),
  ];
  const arrays = columnArrays(request, T);
  const { total } = forwardBytesPerRow(config, T, checkRequest(config, [B, T], { read }));
  const blockBytes = blocks.rows * (total + 4 * T * config.dMlp * layers.length);
  const ofRow = bytesPerRow(arrays);
  const room = Math.min(memory / 2, memory - blockBytes);
  const fitting = Math.floor(room / (ofRow * blocks.rows));
  if (fitting < 1) {
    throw cannot("E-DEVICE-MEMORY", {
      do: "plan",
      thing: "cache of activations",
      is: `${formatBytes(blockBytes)} a block of ${blocks.positions} tokens and ` +
        `${formatBytes(ofRow * blocks.rows)} of its columns`,
      expected: `both within ${formatBytes(memory)}, the latter within half of it`,
      hint: "raise --memory, or give a smaller --block-tokens",
    });
  }
  const bufferRows = blocks.rows * Math.min(fitting, blocks.count);
  const layout = workLayout(request, [B, T], {});
  const isQuantised = request.precision === "8";
  return {
    blocks,
    layers,
    read,
    arrays,
    bufferRows,
    blockBytes,
    bufferBytes: ofRow * bufferRows,
    fileBytes: placedBytes(isQuantised ? quantisedLayout(layout) : layout),
    workBytes: isQuantised ? placedBytes(layout) : 0,
  };
}

/** A plan as people read it. */
export function describePlan(
  { model: { label, weightBytes, config }, corpus: { tokens }, request, counted }: ActivationSetup,
  plan: ActivationPlan,
): string {
  const [B, T] = tokens.shape as [number, number];
  const { neurons, location, aggregation, precision, outputs } = request;
  const { layers, blocks, bufferRows } = plan;
  const last = outputs.length > 0 ? config.nLayer : layers.at(-1)! + 1;
  const of = aggregation === "none" ? location : `${aggregation} of ${location}`;
  return [
    `${label}: ${of} of ${formatCount(neurons.length)} neurons of ${layers.length} layers, in ` +
    `${precision} bits, with ${outputs.join(", ") || "no outputs"}; ${last} of ${config.nLayer} ` +
    "layers run",
    `  ${formatCount(B)} rows of ${T}, ${formatCount(B * T)} tokens, in ` +
    `${formatCount(blocks.count)} blocks of ${formatCount(blocks.positions)}`,
    `  disk   ${formatBytes(plan.fileBytes + 4 * B * T)}` +
    (plan.workBytes > 0 ? `, and ${formatBytes(plan.workBytes)} until it is done` : ""),
    `  memory ${formatBytes(weightBytes)} of weights, ${
      formatBytes(plan.blockBytes)
    } of a block, ` +
    `${formatBytes(plan.bufferBytes)} of columns (${
      formatCount(bufferRows * T)
    } tokens a write), ` +
    `${formatBytes(elementCount(tokens.shape) * (counted ? 5 : 4))} of tokens`,
  ].join("\n");
}

/** Metadata and arrays of the file that a run writes by position. */
export function layoutOf(
  { model: { label }, corpus: { tokens }, request }: ActivationSetup,
  provenance: Readonly<Record<string, string>>,
): PlacedLayout {
  const { location, aggregation, precision } = request;
  return workLayout(request, tokens.shape as [number, number], {
    ...provenance,
    model: label,
    location,
    aggregation,
    precision,
  });
}
