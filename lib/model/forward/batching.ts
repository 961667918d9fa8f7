import { elementCount } from "../../array.ts";
import type { Device } from "../../device/device.ts";
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../config/config.ts";
import type { ForwardRequest } from "./request.ts";
import { findHook, hookShape } from "./hooks.ts";

/** What a run may take when nobody says: fits a laptop of 8 GB beside its other work. */
const DEFAULT_BYTES = 2 * 2 ** 30;

/**
 * More tokens a batch than this gain nothing: the matrix products are already at their best rate,
 * and a batch is also what an interruption loses.
 */
const MOST_TOKENS = 8192;

/** Live activations of one block, in units of the residual: x, norm, q, k, v, z, mid, out. */
const RESIDUALS_ALIVE = 8;

/** Bytes of one batch row: the largest single value and everything alive at once. */
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
  const alive = T * (RESIDUALS_ALIVE * dModel + 2 * dMlp) + 2 * attention;
  return {
    largest: 4 * largest,
    total: 4 * (alive + logits + columns + touched.reduce((a, b) => a + b, 0)),
  };
}

/**
 * How many rows of `T` tokens a batch takes so that it fits `memory` bytes (2 GiB by default) and
 * the device's largest tensor.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when one row does not fit.
 */
export function rowsPerBatch(
  device: Device,
  { config, T, request, memory = DEFAULT_BYTES }: {
    config: ModelConfig;
    T: number;
    request: ForwardRequest;
    memory?: number | undefined;
  },
): number {
  const { largest, total } = bytesPerRow(config, T, request);
  const rows = Math.min(
    Math.floor(memory / total),
    Math.floor(device.maxTensorBytes / largest),
    Math.max(1, Math.floor(MOST_TOKENS / T)),
  );
  if (rows >= 1) return rows;
  throw cannot("E-DEVICE-MEMORY", {
    do: "run a row of",
    thing: `${T} tokens`,
    is: `${total} bytes in all, ${largest} bytes in one tensor`,
    expected: `at most ${memory} bytes in all and ${device.maxTensorBytes} bytes in one tensor`,
    hint: "read fewer hooks at once, use shorter rows, or raise --memory",
  });
}
