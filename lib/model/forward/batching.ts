import { elementCount } from "../../array.ts";
import { DEFAULT_MEMORY } from "../../cli/common_options.ts";
import type { Device } from "../../device/device.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../config/config.ts";
import type { ForwardRequest } from "./request.ts";
import { findHook, hookShape } from "./hooks.ts";
import type { SortedRows } from "./sharing.ts";

/**
 * More tokens a batch than this gain nothing: the matrix products are already at their best rate,
 * and a batch is also what an interruption loses.
 */
const MOST_TOKENS = 8192;

/** Live activations of one block, in units of the residual: x, norm, q, k, v, z, mid, out. */
const RESIDUALS_ALIVE = 8;

/**
 * Keys and values of one block besides its own: those of each row's past, and both together, twice.
 */
const PAST_RESIDUALS_ALIVE = 4;

/**
 * Bytes of one batch row: the largest single value and everything alive at once. Rows that share take
 * no more than rows that do not, and the keys and values that a level keeps for the next.
 */
export function bytesPerRow(
  config: ModelConfig,
  T: number,
  request: ForwardRequest,
): { largest: number; total: number } {
  const { dModel, dMlp, nHead, vocabSize } = config;
  const attention = nHead * T * T;
  const P = request.last ? 1 : T;
  const logits = request.outputs.has("logits") ? P * vocabSize : 0;
  const chosen = [...request.outputs].some((output) => output.startsWith("column_"));
  const columns = chosen ? P * request.columns.length : 0;
  // A written value exists on its own as a read one does, for instance every head's result.
  const touched = [
    ...[...request.reads.values()].flatMap((names) => [...names]),
    ...[...request.writes.values()].flatMap((writes) => writes.map(({ hook }) => hook)),
  ].map((name) => elementCount(hookShape(findHook(config, name), config, [1, T])));
  const largest = Math.max(T * dMlp, T * dModel, attention, logits, columns, ...touched);
  const past = request.shares ? T * dModel * (2 * request.endLayer + PAST_RESIDUALS_ALIVE) : 0;
  const alive = T * (RESIDUALS_ALIVE * dModel + 2 * dMlp) + 2 * attention;
  return {
    largest: 4 * largest,
    total: 4 * (alive + past + logits + columns + touched.reduce((a, b) => a + b, 0)),
  };
}

/**
 * How many rows of `T` tokens a batch may have so that it fits `memory` bytes (2 GiB by default) and
 * the device's largest tensor.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when one row does not fit.
 */
export function rowsPerBatch(
  device: Device,
  { config, T, request, memory = DEFAULT_MEMORY }: {
    config: ModelConfig;
    T: number;
    request: ForwardRequest;
    memory?: number | undefined;
  },
): number {
  const { largest, total } = bytesPerRow(config, T, request);
  const rows = Math.min(Math.floor(memory / total), Math.floor(device.maxTensorBytes / largest));
  if (rows >= 1) return rows;
  throw cannot("E-DEVICE-MEMORY", {
    do: "run a row of",
    thing: `${T} tokens`,
    is: `${total} bytes in all, ${largest} bytes in one tensor`,
    expected: `at most ${memory} bytes in all and ${device.maxTensorBytes} bytes in one tensor`,
    hint: "read fewer hooks at once, use shorter rows, or raise --memory",
  });
}

/**
 * Cuts the rows of a run, in their order, into batches of at most `most` rows that compute no more
 * tokens than a batch gains from; a row longer than that is a batch of its own.
 *
 * @returns first row of each batch and one past its last.
 */
export function cutBatches({ shared }: SortedRows, T: number, most: number): [number, number][] {
  const batches: [number, number][] = [];
  let start = 0;
  let tokens = T;
  for (let row = 1; row < shared.length; row++) {
    const own = T - shared[row]!;
    if (row - start < most && tokens + own <= MOST_TOKENS) {
      tokens += own;
      continue;
    }
    batches.push([start, row]);
    start = row;
    tokens = T;
  }
  return [...batches, [start, shared.length]];
}
