/**
 * What of a model's own run the ablations of one head start from, row by row.
 *
 * @module
 */
import type { Floats } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { forwardBatches } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { HeadPath } from "./head_path.ts";

/** One row of tokens, run once. */
export interface CleanRow {
  /** Its place among the rows. */
  readonly row: number;
  /** f64 `[Tq, D]`, the residual entering the attention layer at the queries, less its mean. */
  readonly residual: Float64Array;
  /** `[Tq, R]`, the neurons' activations there. */
  readonly activations: Floats;
  /** f64 `[S, K]`, the head's keys, turned where the model has rotary embedding. */
  readonly keys: Float64Array;
  /** f64 `[S, K]`. */
  readonly values: Float64Array;
}

/** Which parts of the run are wanted. */
export interface CleanRowOptions {
  readonly path: HeadPath;
  /** i32 `[R]`, neurons of the path's MLP. */
  readonly neurons: Int32Array;
  /** Queries from this position on. */
  readonly afterPos: number;
  /** Bytes one batch may take. */
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The rows cut to their first `context` tokens.
 *
 * @throws {NeuriteError} E-USAGE for a context longer than the rows or without a query.
 */
export function cutRows(
  { data, shape }: Tokens,
  { context, afterPos }: { readonly context: number; readonly afterPos: number },
): Tokens {
  const [B, T] = shape as [number, number];
  const complain = (thing: string, is: string, expected: string, hint: string) =>
    cannot("E-USAGE", { do: "take queries with", thing, is, expected, hint });
  if (context > T) {
    throw complain(
      `--context ${context}`,
      `rows of ${T} tokens`,
      `at most ${T}`,
      `--context ${T}, or rows made with un:make-dataset --ctx ${context}`,
    );
  }
  if (afterPos >= context) {
    throw complain(
      `--after-pos ${afterPos}`,
      `no position of ${context} from there on`,
      `at most ${context - 1}`,
      `--after-pos ${Math.floor(context / 4)}`,
    );
  }
  const cut = new Int32Array(B * context);
  for (let row = 0; row < B; row++) {
    cut.set(data.subarray(row * T, row * T + context), row * context);
  }
  return { data: cut, shape: [B, context] };
}

/** Runs the model once and gives what the path needs of each row, in order. */
export async function* cleanRows(
  model: Model,
  tokens: Tokens,
  { path, neurons, afterPos, memory, signal }: CleanRowOptions,
): AsyncGenerator<CleanRow> {
  const { attentionLayer: A, head, mlpLayer } = path;
  const { dModel: D, dMlp: F, dHead: K, nHead: H, rotary } = model.config;
  const T = tokens.shape[1]!;
  const names = {
    residual: `blocks.${A}.hook_resid_pre`,
    keys: `blocks.${A}.attn.hook_${rotary ? "rot_k" : "k"}`,
    values: `blocks.${A}.attn.hook_v`,
    activations: `blocks.${mlpLayer}.mlp.hook_post`,
  };
  const read = Object.values(names);
  for await (
    const { start, rows, arrays } of forwardBatches(model, tokens, { read, memory, signal })
  ) {
    const floats = (name: string) => arrays[name]!.data as Floats;
    const [residuals, keys, values, hidden] = read.map(floats);
    for (let b = 0; b < rows; b++) {
      const headOf = (all: Floats) => {
        const own = new Float64Array(T * K);
        for (let s = 0; s < T; s++) {
          const at = ((b * T + s) * H + head) * K;
          own.set(all.subarray(at, at + K), s * K);
        }
        return own;
      };
      const first = b * T + afterPos;
      const queries = T - afterPos;
      yield {
        row: start + b,
        residual: centred(residuals!.subarray(first * D, (b + 1) * T * D), D),
        activations: chosenColumns(hidden!.subarray(first * F, (b + 1) * T * F), neurons, queries),
        keys: headOf(keys!),
        values: headOf(values!),
      };
    }
  }
}

/** Rows `[N, D]` in float64, each less its mean. */
function centred(rows: Floats, D: number): Float64Array {
  const result = Float64Array.from(rows);
  for (let start = 0; start < result.length; start += D) {
    let mean = 0;
    for (let i = start; i < start + D; i++) mean += result[i]! / D;
    for (let i = start; i < start + D; i++) result[i]! -= mean;
  }
  return result;
}

/** `[N, F]` at some columns: `[N, R]`. */
function chosenColumns(
  values: Floats,
  columns: Int32Array,
  rows: number,
): Floats {
  const width = values.length / rows;
  const result = values.slice(0, rows * columns.length);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < columns.length; c++) {
      result[row * columns.length + c] = values[row * width + columns[c]!]!;
    }
  }
  return result;
}
