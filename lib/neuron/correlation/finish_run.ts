/**
 * From the sums of each pass to the results of a run, wherever the sums come from.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import type { ExactSums } from "./exact_sums.ts";
import { finishPass } from "./finish.ts";
import { Float16Pair, type Float16Result } from "./float16_result.ts";
import { type Defects, PairResult } from "./pair_result.ts";
import type { NeuronShape, Tile } from "./plan.ts";
import type { Rotation } from "./rotation.ts";
import { sideOf, type Similarity } from "./similarity.ts";
import { type Baseline, streamsOf } from "./streams.ts";
import { baseName, COUNT, SQUARES } from "./sum_names.ts";

/** What a run finds. */
export interface Correlations {
  readonly pairs: readonly PairResult[];
  /** Positions that counted. */
  readonly kept: number;
  /** Neurons of the first model without a similarity. */
  readonly defects: Defects;
  /** Whether all sums stayed in the range where the order of blocks cannot change a bit. */
  readonly exact: boolean;
  /** Layers of the first model. */
  readonly layers: number;
  /** What the original's float16 sums give, where that was asked for. */
  readonly float16?: Float16Result;
}

/** The sizes of a model's neurons, and the name that results and seeds have. */
export interface NamedShape extends NeuronShape {
  readonly label: string;
}

/** What finishing a run needs besides its sums. */
export interface FinishRunOptions {
  readonly device: Device;
  readonly base: NamedShape;
  readonly partners: readonly NamedShape[];
  readonly passes: readonly (readonly Tile[])[];
  readonly similarity: Similarity;
  readonly baseline: Baseline;
  /** The matrices of the baseline `rotation`. */
  readonly rotation: Rotation | undefined;
  /** Whether the sums have those of the original's float16 too. */
  readonly float16Moments?: boolean | undefined;
}

/** Finishes a run pass by pass; `sumsOf` gives the complete sums of some tiles. */
export async function finishRun(
  { device, base, partners, passes, similarity, baseline, rotation, float16Moments }:
    FinishRunOptions,
  sumsOf: (tiles: readonly Tile[]) => Promise<ExactSums>,
): Promise<Correlations> {
  const count = streamsOf(baseline).length > 1 ? 1 : rotation?.draws ?? 0;
  const results = partners.map((partner) => new PairResult(partner.label, [base, partner], count));
  const n = base.layers * base.width;
  const float16: Float16Result | undefined = float16Moments
    ? {
      pairs: partners.map(({ label }) => new Float16Pair(label, n, count)),
      states: new Int32Array(n),
    }
    : undefined;
  const defects: Defects = { dead: 0, nonFinite: 0 };
  let [kept, exact] = [0, true];
  const seen = new Set<number>();
  for (const tiles of passes) {
    const sums = await sumsOf(tiles);
    kept = sums.get(COUNT).data[0]!;
    exact &&= sums.isExact(SQUARES);
    countDefects(sums, { layers: layersOf(tiles), seen, similarity, defects });
    await finishPass(sums, { device, tiles, similarity, rotation, results, float16 });
  }
  return { pairs: results, kept, defects, exact, layers: base.layers, ...(float16 && { float16 }) };
}

function layersOf(tiles: readonly Tile[]): Set<number> {
  return new Set(
    tiles.flatMap(({ group: { from, to } }) =>
      Array.from({ length: to - from }, (_, i) => from + i)
    ),
  );
}

/** Counts the first model's neurons without a similarity, a layer once. */
function countDefects(
  sums: ExactSums,
  { layers, seen, similarity, defects }: {
    layers: ReadonlySet<number>;
    seen: Set<number>;
    similarity: Similarity;
    defects: Defects;
  },
): void {
  for (const layer of layers) {
    if (seen.has(layer)) continue;
    seen.add(layer);
    const { dead, nonFinite } = sideOf(sums, baseName(layer), similarity);
    defects.dead += dead;
    defects.nonFinite += nonFinite;
  }
}
