/**
 * The BOS heuristic: how much every neuron raises every later head's attention to BOS, by weights.
 *
 * @module
 */
import type { Floats, HostArray } from "../../array.ts";
import type { Device, DeviceTensor } from "../../device/device.ts";
import { Graph } from "../../device/graph.ts";
import { linear } from "../../device/ops.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { FoldedWeights } from "../../model/folding.ts";
import { RandomStream } from "../../random.ts";
import { fillNormal } from "../correlation/normal_draws.ts";
import { TopK } from "../top_k.ts";
import { normalizeRows } from "../weights/unit_rows.ts";
import type { BosDirections } from "./bos_directions.ts";
import { ScoreHistogram } from "./score_histogram.ts";

/** One neuron's score for one head. */
export interface BosScore {
  readonly attentionLayer: number;
  readonly head: number;
  readonly mlpLayer: number;
  readonly neuron: number;
  /** `k_BOS · (w_out · W_Q) / √K`. */
  readonly score: number;
  /** The same for the neuron's direction alone, `w_out / |w_out|`. */
  readonly unitScore: number;
}

/** The scores of all neurons for all heads above them. */
export interface BosScan {
  /** The strongest neurons of each head, by size; heads in order, layer 0 has none. */
  readonly strongest: readonly BosScore[];
  /** The strongest neuron of each MLP for each head above it. */
  readonly best: readonly BosScore[];
  /** Scores of unit rows. */
  readonly unit: ScoreHistogram;
  /** Scores of random unit rows, as many. */
  readonly random: ScoreHistogram;
  /** Smallest and largest of both. */
  readonly range: Readonly<Record<"unit" | "random", readonly [low: number, high: number]>>;
  /** Scores in all, H·F·L·(L − 1)/2. */
  readonly count: number;
}

/** What a scan is told. */
export interface BosScanOptions {
  /** Neurons kept of each head. */
  readonly top: number;
  /** Of the random rows. */
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each MLP layer. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Scores every neuron of layer Q for every head of the layers above, and as many random directions.
 * Products are made on the device, in float32 where it is not the reference; memory does not grow
 * with the number of scores.
 *
 * @throws {DOMException} AbortError, or the signal's reason, when it was raised.
 */
export async function scanBosScores(
  device: Device,
  folded: FoldedWeights,
  { config, directions, ...options }: BosScanOptions & {
    readonly config: ModelConfig;
    readonly directions: BosDirections;
  },
): Promise<BosScan> {
  const { nLayer: L, nHead: H, dModel: D, dMlp: F } = config;
  const { top, seed, signal, onProgress } = options;
  const most = new SignedTop(L * H, Math.min(top, F * (L - 1)));
  const norms: Float64Array[] = [];
  const best: BosScore[] = [];
  const unit = new ScoreHistogram();
  const random = new ScoreHistogram();
  const range = { unit: [Infinity, -Infinity], random: [Infinity, -Infinity] } as Record<
    "unit" | "random",
    [number, number]
  >;
  const named = ({ row, score, column }: RowScore): BosScore => {
    const [mlpLayer, neuron] = [Math.floor(column / F), column % F];
    const length = norms[mlpLayer]![neuron]!;
    return {
      attentionLayer: Math.floor(row / H),
      head: row % H,
      mlpLayer,
      neuron,
      score,
      unitScore: length > 0 ? score / length : 0,
    };
  };
  for (let layer = 0; layer < L - 1; layer++) {
    signal?.throwIfAborted();
    const columns = headColumns(directions.slice(layer + 1), D);
    using heads = device.upload(columns, `directions above ${layer}`);
    const rows = await folded.read(`blocks.${layer}.mlp.W_out`);
    const scores = await products(device, { rows, heads });
    const lengths = normalizeRows(rows, D);
    norms.push(lengths);
    const C = columns.shape[1]!;
    const leaders = new Int32Array(C);
    for (let i = 0; i < F; i++) {
      for (let c = 0; c < C; c++) {
        const score = scores[i * C + c]!;
        most.offer((layer + 1) * H + c, score, layer * F + i);
        if (Math.abs(score) > Math.abs(scores[leaders[c]! * C + c]!)) leaders[c] = i;
        count(unit, range.unit, lengths[i]! > 0 ? score / lengths[i]! : 0);
      }
    }
    leaders.forEach((i, c) =>
      best.push(
        named({ row: (layer + 1) * H + c, column: layer * F + i, score: scores[i * C + c]! }),
      )
    );
    fillNormal(rows, new RandomStream(seed, `random w_out ${layer}`));
    normalizeRows(rows, D);
    for (const score of await products(device, { rows, heads })) count(random, range.random, score);
    onProgress?.(layer + 1, L - 1);
  }
  const strongest = most.sorted().map(named);
  return { strongest, best, unit, random, range, count: H * F * L * (L - 1) / 2 };
}

function count(histogram: ScoreHistogram, range: [number, number], score: number): void {
  histogram.add(score);
  if (score < range[0]) range[0] = score;
  if (score > range[1]) range[1] = score;
}

/** Directions `[H, D]` of several layers as the columns of one matrix `[D, C]`. */
function headColumns(
  layers: readonly Float64Array[],
  D: number,
): HostArray<Float32Array> {
  const heads = layers[0]!.length / D;
  const C = layers.length * heads;
  const data = new Float32Array(D * C);
  layers.forEach((rows, layer) => {
    for (let h = 0; h < heads; h++) {
      for (let d = 0; d < D; d++) data[d * C + layer * heads + h] = rows[h * D + d]!;
    }
  });
  return { data, shape: [D, C] };
}

/** `rows [F, D] · heads [D, C] -> [F, C]`. */
async function products(
  device: Device,
  { rows, heads }: { rows: Float64Array; heads: DeviceTensor },
): Promise<Floats> {
  const D = heads.shape[0]!;
  const shape = [rows.length / D, D];
  const graph = new Graph();
  graph.output("y", linear(graph, graph.input("x", shape), graph.input("w", heads.shape)));
  using x = device.upload({ data: Float32Array.from(rows), shape }, "w_out");
  const { y } = await device.run(graph, { x, w: heads });
  const [array] = await device.take([y!]);
  return array!.data as Floats;
}

/** A score by the head `A·H + h` and the neuron `Q·F + i`. */
interface RowScore {
  readonly row: number;
  readonly column: number;
  readonly score: number;
}

/** For each row the k scores of largest size, whatever their sign. */
class SignedTop {
  readonly #rows: number;
  readonly #k: number;
  readonly #high: TopK;
  readonly #low: TopK;

  constructor(rows: number, k: number) {
    this.#rows = rows;
    this.#k = k;
    this.#high = new TopK(rows, k);
    this.#low = new TopK(rows, k);
  }

  offer(row: number, score: number, column: number): void {
    if (score > this.#high.least(row)) this.#high.offer(row, score, column);
    if (-score > this.#low.least(row)) this.#low.offer(row, -score, column);
  }

  /** Rows in order; of equal sizes the lower column first. */
  sorted(): RowScore[] {
    const [high, low] = [this.#high.sorted(), this.#low.sorted()];
    return Array.from({ length: this.#rows }, (_, row) => {
      const entries = new Map<number, number>();
      for (let i = row * this.#k; i < (row + 1) * this.#k; i++) {
        if (high.columns[i]! >= 0) entries.set(high.columns[i]!, high.values[i]!);
        if (low.columns[i]! >= 0) entries.set(low.columns[i]!, -low.values[i]!);
      }
      return [...entries].sort(([i, a], [j, b]) => Math.abs(b) - Math.abs(a) || i - j)
        .slice(0, this.#k).map(([column, score]) => ({ row, score, column }));
    }).flat();
  }
}
