/**
 * Checks of an ablation against the model's own forward pass.
 *
 * @module
 */
import type { GeluForm } from "../../device/graph.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { Testimony } from "../../model/witness.ts";
import { RandomStream } from "../../random.ts";
import { WitnessTally } from "../witness_tally.ts";
import { ablateByForward, cacheForward } from "./ablate_by_forward.ts";
import type { HeadPath } from "./head_path.ts";

/** Rows run together here: what is kept of them is small beside a model. */
const BATCH_TOKENS = 4096;

/** One neuron's measures at every query of every row, `[rows · Tq]`. */
export interface QueryValues {
  readonly normDiff: Float32Array;
  readonly bosDiff: Float32Array;
}

/** Some rows of tokens. */
function rowsOf({ data, shape }: Tokens, start: number, end: number): Tokens {
  const T = shape[1]!;
  return { data: data.subarray(start * T, end * T), shape: [end - start, T] };
}

/**
 * The ablation of one neuron with one query position at a time, each by a run of the attention layer:
 * the original's slow variant.
 */
export async function ablateQueryByQuery(
  model: Model,
  tokens: Tokens,
  { path, neuron, afterPos, signal, onProgress }: {
    readonly path: HeadPath;
    readonly neuron: number;
    readonly afterPos: number;
    readonly signal?: AbortSignal | undefined;
    /** Called after each query position with those done and all. */
    readonly onProgress?: (done: number, total: number) => void;
  },
): Promise<QueryValues> {
  const [B, T] = tokens.shape as [number, number];
  const queries = T - afterPos;
  const normDiff = new Float32Array(B * queries);
  const bosDiff = new Float32Array(B * queries);
  const size = Math.max(1, Math.floor(BATCH_TOKENS / T));
  for (let start = 0; start < B; start += size) {
    const part = rowsOf(tokens, start, Math.min(B, start + size));
    const cache = await cacheForward(model, part, path);
    for (let t = afterPos; t < T; t++) {
      signal?.throwIfAborted();
      const { norm, bos } = await ablateByForward(model, part, {
        path,
        neuron,
        positions: [t],
        cache,
      });
      for (let b = 0; b < part.shape[0]!; b++) {
        const [from, to] = [b * T + t, (start + b) * queries + t - afterPos];
        normDiff[to] = norm[from]! - cache.clean.norm[from]!;
        bosDiff[to] = bos[from]! - cache.clean.bos[from]!;
      }
      onProgress?.(
        Math.floor(start / size) * queries + t - afterPos + 1,
        Math.ceil(B / size) * queries,
      );
    }
  }
  return { normDiff, bosDiff };
}

/** Largest difference of two lists. */
export function largestGap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** A neuron whose measures are to be recomputed. */
export interface WitnessedNeuron extends QueryValues {
  /** Named in the testimony. */
  readonly name: string;
  readonly neuron: number;
}

/**
 * Recomputes `count` random norm differences in float64 by the model's own forward pass, one row at a
 * time.
 *
 * @throws what `loadModel` and `runWithHooks` throw.
 */
export async function witnessAblation(
  directory: string,
  { tokens, path, afterPos, neurons }: {
    readonly tokens: Tokens;
    readonly path: HeadPath;
    readonly afterPos: number;
    readonly neurons: readonly WitnessedNeuron[];
  },
  { count, seed = 0, gelu }: {
    readonly count: number;
    readonly seed?: number;
    readonly gelu?: GeluForm | undefined;
  },
): Promise<Testimony> {
  await using device = openReference();
  await using model = await loadModel(directory, device, { gelu });
  const [B, T] = tokens.shape as [number, number];
  const stream = new RandomStream(seed, "witness");
  const tally = new WitnessTally();
  for (let i = 0; i < count && neurons.length > 0; i++) {
    const picked = neurons[stream.integer(3 * i, neurons.length)]!;
    const row = stream.integer(3 * i + 1, B);
    const t = afterPos + stream.integer(3 * i + 2, T - afterPos);
    const own = rowsOf(tokens, row, row + 1);
    const cache = await cacheForward(model, own, path);
    const { neuron, name } = picked;
    const given = { path, neuron, positions: [t], cache, fromStart: true };
    const { norm } = await ablateByForward(model, own, given);
    const index = row * (T - afterPos) + t - afterPos;
    const value = picked.normDiff[index]!;
    tally.add({ name, index, value, reference: norm[t]! - cache.clean.norm[t]! });
  }
  return tally.testimony();
}
