/**
 * Running a model: batches by memory, one fence a batch, only what was asked comes back.
 *
 * @module
 */
import { elementCount, formatShape, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import type { Model } from "../model.ts";
import { checkTokens, type Tokens } from "../tokens.ts";
import { runBatch } from "./batch.ts";
import { cutBatches, rowsPerBatch } from "./batching.ts";
import { checkRequest, type ForwardOptions } from "./request.ts";
import { planBatch, sortRows, unsortedRows } from "./sharing.ts";

export type { ForwardOptions } from "./request.ts";

/** The results of some rows of a run. */
export interface ForwardBatch {
  /** How many rows came before; unless the run shares, the first row that this batch holds. */
  readonly start: number;
  /** How many rows it holds. */
  readonly rows: number;
  /**
   * i32 `[rows]`, the row of the run that each row of `arrays` answers: ascending, and unless the run
   * shares, `start`, `start + 1`, ….
   */
  readonly places: Int32Array;
  /** What was read, by name; the first axis is the batch's rows. */
  readonly arrays: Readonly<Record<string, HostArray>>;
}

/**
 * Runs a model on `tokens [B, T]` and yields the results batch by batch, so that the memory of a
 * run does not grow with its length.
 *
 * @throws {NeuriteError} E-TOKENS, E-HOOK, E-WRITE for what the model cannot do, E-DEVICE-MEMORY when
 * one row does not fit, E-STOPPED when `signal` was raised.
 */
export async function* forwardBatches(
  model: Model,
  tokens: Tokens,
  options: ForwardOptions,
): AsyncGenerator<ForwardBatch> {
  const [B, T] = checkTokens(model.config, tokens);
  const request = checkRequest(model.config, [B, T], options);
  const { device, config } = model;
  const most = rowsPerBatch(device, { config, T, request, memory: options.memory });
  const sorted = request.shares ? sortRows(tokens) : unsortedRows(B);
  const run = { model, request, tokens, residual: options.residual };
  for (const [start, end] of cutBatches(sorted, T, most)) {
    if (options.signal) await nextTurn();
    if (options.signal?.aborted) throw stopped(start, B);
    const plan = planBatch(sorted, [start, end], { T, lookahead: request.lookahead });
    const arrays = await runBatch(run, plan);
    yield { start, rows: end - start, places: plan.places, arrays };
    options.onProgress?.(end, B);
  }
}

/** Lets the signals that came in be heard: a device that computes in this thread never waits. */
async function nextTurn(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

function stopped(done: number, total: number) {
  return cannot("E-STOPPED", {
    do: "finish",
    thing: "forward pass",
    is: `stopped by a signal after ${done} of ${total} rows`,
    expected: "a run to its end",
    hint: "run the same command again",
  });
}

/**
 * Runs a model on `tokens [B, T]` and returns everything asked, by name.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { runWithHooks } from "neurite/lib/model/forward/forward.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const tokens = { data: Int32Array.of(0, 262, 1151), shape: [1, 3] };
 * const cache = await runWithHooks(model, tokens, { read: ["blocks.0.mlp.hook_post"] });
 * if (cache["blocks.0.mlp.hook_post"]?.shape.join() !== "1,3,512") throw new Error("unreachable");
 * ```
 */
export async function runWithHooks(
  model: Model,
  tokens: Tokens,
  options: ForwardOptions,
): Promise<Record<string, HostArray>> {
  const results: Record<string, HostArray> = {};
  for await (const { places, arrays } of forwardBatches(model, tokens, options)) {
    for (const [name, array] of Object.entries(arrays)) {
      results[name] = placeRows(results[name], array, { places, total: tokens.shape[0]! });
    }
  }
  return results;
}

function placeRows(
  whole: HostArray | undefined,
  part: HostArray,
  { places, total }: { places: Int32Array; total: number },
): HostArray {
  if (places.length === total) return part;
  const rowShape = part.shape.slice(1);
  const shape = [total, ...rowShape];
  const make = part.data.constructor as new (length: number) => typeof part.data;
  const target = whole ?? { data: new make(elementCount(shape)), shape };
  if (formatShape(target.shape) !== formatShape(shape)) {
    throw new RangeError(
      `Cannot join "batch": rows of shape ${formatShape(part.shape)}, ` +
        `expected those of ${formatShape(target.shape)}`,
    );
  }
  const size = elementCount(rowShape);
  places.forEach((place, row) => {
    const values = part.data.subarray(row * size, (row + 1) * size);
    target.data.set(values as never, place * size);
  });
  return target;
}
