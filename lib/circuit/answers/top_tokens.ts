/**
 * The most probable next tokens, of the whole vocabulary.
 *
 * @module
 */
import { resolve } from "node:path";
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { forwardBatches, type ForwardOptions } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { ForwardRun } from "../../model/witness.ts";

/** Rows whose logits are kept for the witness. */
const WITNESSED = 8;

/** The K most probable tokens of each row, most probable first. */
export interface TopTokens {
  /** i32 `[N, K]`. */
  readonly ids: HostArray<Int32Array>;
  /** f64 `[N, K]`, of the full vocabulary's softmax, not renormalised. */
  readonly probabilities: HostArray<Float64Array>;
  /** The forward pass of the first rows, for the witness. */
  readonly forward: ForwardRun;
}

/** K, and how the model runs. */
export type TopTokenOptions =
  & Pick<ForwardOptions, "memory" | "onProgress" | "signal">
  & { readonly k: number };

/** Ids of the `k` largest values, largest first; of equals the lower id comes first. */
export function largest(values: Float64Array, k: number): Int32Array {
  const ids: number[] = [];
  values.forEach((value, id) => {
    if (ids.length === k && !(value > values[ids[k - 1]!]!)) return;
    let place = Math.min(ids.length, k - 1);
    if (ids.length < k) ids.push(id);
    for (; place > 0 && values[ids[place - 1]!]! < value; place--) ids[place] = ids[place - 1]!;
    ids[place] = id;
  });
  return Int32Array.from(ids);
}

/** log Σ exp of a row, with the largest taken out first. */
function logSumExp(row: Float64Array): number {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
}

/**
 * Runs the prompts `[N, T]` and keeps the `k` most probable tokens after each. The logits of a batch
 * are dropped once its rows are ranked, so that memory does not grow with N.
 *
 * @throws {NeuriteError} E-CHECKPOINT when a logit is NaN; what `forwardBatches` throws.
 *
 * @example Usage
 * ```ts
 * import { topTokens } from "neurite/lib/circuit/answers/top_tokens.ts";
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const tokens = { data: Int32Array.of(0, 262, 1151), shape: [1, 3] };
 * const { ids, probabilities } = await topTokens(model, tokens, { k: 5 });
 * if (ids.data.length !== 5 || probabilities.data[0]! < probabilities.data[4]!) {
 *   throw new Error("unreachable");
 * }
 * ```
 */
export async function topTokens(
  model: Model,
  tokens: Tokens,
  { k, ...options }: TopTokenOptions,
): Promise<TopTokens> {
  const [N, T] = tokens.shape as [number, number];
  const V = model.config.vocabSize;
  const K = Math.min(k, V);
  const ids = new Int32Array(N * K);
  const probabilities = new Float64Array(N * K);
  const request: ForwardOptions = { read: ["logits"], positions: "last" };
  const witnessed = Math.min(N, WITNESSED);
  const kept = new Float64Array(witnessed * V);
  for await (
    const { start, rows, arrays } of forwardBatches(model, tokens, { ...options, ...request })
  ) {
    const { data } = arrays.logits!;
    for (let row = 0; row < rows; row++) {
      const values = Float64Array.from(data.subarray(row * V, (row + 1) * V), Number);
      const n = start + row;
      const logZ = logSumExp(values);
      if (!Number.isFinite(logZ)) throw notFinite(model, n);
      const top = largest(values, K);
      ids.set(top, n * K);
      probabilities.set(Float64Array.from(top, (id) => Math.exp(values[id]! - logZ)), n * K);
      if (n < witnessed) kept.set(values, n * V);
    }
  }
  return {
    ids: { data: ids, shape: [N, K] },
    probabilities: { data: probabilities, shape: [N, K] },
    forward: {
      tokens: { data: tokens.data.subarray(0, witnessed * T), shape: [witnessed, T] },
      options: request,
      results: { logits: { data: kept, shape: [witnessed, 1, V] } },
    },
  };
}

function notFinite(model: Model, row: number) {
  return cannot("E-CHECKPOINT", {
    do: "rank the tokens of",
    thing: resolve(model.directory),
    is: `logits after prompt ${row} that are NaN or infinite`,
    expected: "numbers",
    hint:
      "weights that are NaN or infinite do this, and a warning names them: fetch the model again",
  });
}
