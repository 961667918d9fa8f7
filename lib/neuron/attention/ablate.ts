/**
 * Path ablation: what one head does without one neuron in its queries, for many neurons from one run
 * of the model.
 *
 * @module
 */
import type { FoldedWeights } from "../../model/folding.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import { type CleanRow, cleanRows } from "./clean_rows.ts";
import { HeadQueries } from "./head_queries.ts";
import { checkPath, type HeadPath } from "./head_path.ts";
import { HeadReader, type HeadReading, type HeadRow } from "./head_reader.ts";

/** What is ablated, and where. */
export interface AblationOptions {
  readonly path: HeadPath;
  /** i32 `[R]`, neurons of the path's MLP, in the order of their ranks. */
  readonly neurons: Int32Array;
  /** Queries from this position on are measured. */
  readonly afterPos: number;
  /** Versions of the queries read at once, as `planAblation` gives them. @default {64} */
  readonly entries?: number | undefined;
  /** Bytes one batch of the model's run may take. */
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each row. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Some neurons' ablations at every query of one row. */
export interface AblatedNeurons {
  /** Place of the row. */
  readonly row: number;
  /** Rank of the first neuron. */
  readonly first: number;
  /** Neurons. */
  readonly count: number;
  /** f64 `[count, Tq]`, activations. */
  readonly activation: Float64Array;
  /** f64 `[count, Tq]`, |z| without the neuron. */
  readonly norm: Float64Array;
  /** f64 `[count, Tq]`, the attention to the first key without it. */
  readonly bos: Float64Array;
  /** f64 `[Tq]`, |z| and attention of the clean run. */
  readonly clean: HeadReading;
}

/** When nobody says: enough for the products to run at their rate. */
const DEFAULT_ENTRIES = 64;

/**
 * Takes each neuron's output from the residual that the head's queries read, at each query, with keys
 * and values held, and gives |z| and the attention to the first key. The model runs once; queries are
 * had in closed form (`head_queries.ts`), and only the head's scores, softmax and mixture are computed
 * for each neuron, on the device, in float32 where it is not the reference.
 *
 * Because keys and values are held, ablating all positions at once and one at a time are the same.
 *
 * Source: spec/universal_neurons.md section 1.11, 2.
 *
 * @throws {NeuriteError} E-USAGE for a path that the model lacks; as `forwardBatches`.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { foldWeights } from "neurite/lib/model/folding.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { ablateNeurons } from "neurite/lib/neuron/attention/ablate.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const tokens = { data: Int32Array.of(0, 262, 1151, 290), shape: [1, 4] };
 * const ablations = ablateNeurons(model, foldWeights(model.weights), tokens, {
 *   path: { attentionLayer: 2, head: 1, mlpLayer: 0 },
 *   neurons: Int32Array.of(7),
 *   afterPos: 2,
 * });
 * for await (const { norm, clean } of ablations) {
 *   if (!(Math.abs(norm[0]! - clean.norm[0]!) < 1)) throw new Error("unreachable");
 * }
 * ```
 */
export async function* ablateNeurons(
  model: Model,
  folded: FoldedWeights,
  tokens: Tokens,
  options: AblationOptions,
): AsyncGenerator<AblatedNeurons> {
  const { path, neurons, afterPos, entries: most = DEFAULT_ENTRIES, signal, onProgress } = options;
  checkPath(model.config, path);
  const [B, positions] = tokens.shape as [number, number];
  const queries = positions - afterPos;
  const entries = Math.min(most, neurons.length + 1);
  const sizes = { dHead: model.config.dHead, positions, queries, entries };
  const head = await HeadQueries.read(folded, model.config, { path, neurons });
  using reader = new HeadReader(model.device, sizes, head);
  for await (const row of cleanRows(model, tokens, options)) {
    const products = await reader.products(row.residual);
    using held = reader.row(row);
    const fill = head.ofRow({ ...row, products, from: afterPos });
    const parts = readInParts(held, { total: neurons.length + 1, entries, signal }, (part) => {
      const target = new Float32Array(entries * queries * sizes.dHead);
      fill(target, part);
      return target;
    });
    let clean: HeadReading | undefined;
    for await (const { first, count, reading } of parts) {
      clean ??= slice(reading, 0, queries);
      const from = first === 0 ? 1 : 0;
      if (count === from) continue;
      const kept = slice(reading, from * queries, count * queries);
      const rank = first + from - 1;
      const activation = activationsOf(row, { rank, count: count - from, of: neurons.length });
      yield { row: row.row, first: rank, count: count - from, activation, ...kept, clean };
    }
    onProgress?.(row.row + 1, B);
  }
}

interface Part {
  readonly first: number;
  readonly count: number;
}

/** Reads all versions of a row's queries; the next part is made while the device reads one. */
async function* readInParts(
  held: HeadRow,
  { total, entries, signal }: {
    total: number;
    entries: number;
    signal: AbortSignal | undefined;
  },
  queriesOf: (part: Part) => Float32Array,
): AsyncGenerator<Part & { reading: HeadReading }> {
  const start = (first: number) => {
    const part = { first, count: Math.min(entries, total - first) };
    return { part, reading: held.read(queriesOf(part)) };
  };
  let running = start(0);
  try {
    for (let first = entries; first < total; first += entries) {
      const { part, reading } = running;
      running = start(first);
      yield { ...part, reading: await reading };
      signal?.throwIfAborted();
    }
    yield { ...running.part, reading: await running.reading };
  } finally {
    // What the device still reads must not be freed under it.
    await running.reading.catch(() => {});
  }
}

function slice({ norm, bos }: HeadReading, from: number, to: number): HeadReading {
  return { norm: norm.subarray(from, to), bos: bos.subarray(from, to) };
}

/** `[Tq, R]` at some ranks, by rank: `[count, Tq]`. */
function activationsOf(
  { activations }: CleanRow,
  { rank, count, of: R }: { rank: number; count: number; of: number },
): Float64Array {
  const queries = activations.length / R;
  const result = new Float64Array(count * queries);
  for (let r = 0; r < count; r++) {
    for (let t = 0; t < queries; t++) result[r * queries + t] = activations[t * R + rank + r]!;
  }
  return result;
}
