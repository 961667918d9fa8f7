/**
 * What ablated neurons show over all tokens: one number a neuron.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { AblatedNeurons } from "./ablate.ts";
import { PairSums } from "./pair_sums.ts";
import { openSpearman, type Spearman, type SpearmanMethod } from "./spearman.ts";

/** The measures of one neuron at the queries of one row, f64 `[Tq]` each. */
export interface TokenValues {
  /** The neuron's activation. */
  readonly activation: Float64Array;
  /** |z| without the neuron less |z| with it. */
  readonly normDiff: Float64Array;
  /** The same, divided by |z| with it; 0 where that is 0. */
  readonly fractional: Float64Array;
  /** Attention to the first key without the neuron less that with it. */
  readonly bosDiff: Float64Array;
}

/** The measures of the neuron at place `i` of some that were ablated together. */
export function tokenValues(ablated: AblatedNeurons, i: number): TokenValues {
  const { activation, norm, bos, clean } = ablated;
  const T = clean.norm.length;
  const own = (values: Float64Array) => values.subarray(i * T, (i + 1) * T);
  const normDiff = own(norm).map((value, t) => value - clean.norm[t]!);
  return {
    activation: own(activation),
    normDiff,
    fractional: normDiff.map((value, t) => clean.norm[t]! > 0 ? value / clean.norm[t]! : 0),
    bosDiff: own(bos).map((value, t) => value - clean.bos[t]!),
  };
}

/** Correlations, means and spreads of every rank's measures over all tokens that are added. */
export class AblationStatistics {
  readonly #norm: PairSums;
  readonly #bos: PairSums;
  readonly #fractional: PairSums;
  readonly #spearman: Spearman;

  /** For `ranks` neurons over `tokens` queries each. */
  constructor(
    { ranks, tokens, method }: {
      readonly ranks: number;
      readonly tokens: number;
      readonly method: SpearmanMethod;
    },
  ) {
    this.#norm = new PairSums(ranks);
    this.#bos = new PairSums(ranks);
    this.#fractional = new PairSums(ranks);
    this.#spearman = openSpearman(method, { rows: ranks, pairs: tokens });
  }

  /** Adds a rank's measures at some queries. */
  add(rank: number, { activation, normDiff, fractional, bosDiff }: TokenValues): void {
    this.#norm.add(rank, activation, normDiff);
    this.#bos.add(rank, activation, bosDiff);
    this.#fractional.add(rank, activation, fractional);
    this.#spearman.add(rank, activation, normDiff);
  }

  /**
   * f32 `[ranks]` by name. `pearson` and `spearman` correlate activation and norm difference, as the
   * original's do; `bos_pearson` activation and the difference of attention to BOS. A correlation that
   * is not defined, of a neuron that never changes or that changes nothing, is 0 and `undefined` counts it.
   */
  finish(): { arrays: Record<string, HostArray<Float32Array>>; undefined: number } {
    const ranks = this.#norm.rows;
    const each = (value: (rank: number) => number): HostArray<Float32Array> => ({
      data: Float32Array.from({ length: ranks }, (_, rank) => value(rank)),
      shape: [ranks],
    });
    let missing = 0;
    const defined = (value: number) => Number.isNaN(value) ? 0 : value;
    const arrays = {
      pearson: each((rank) => {
        const r = this.#norm.pearson(rank);
        if (Number.isNaN(r)) missing++;
        return defined(r);
      }),
      spearman: each((rank) => defined(this.#spearman.rho(rank))),
      "bos_pearson": each((rank) => defined(this.#bos.pearson(rank))),
      "mean_activation": each((rank) => this.#norm.momentsOfX(rank).mean),
      "mean_norm_diff": each((rank) => this.#norm.moments(rank).mean),
      "mean_fractional_norm_diff": each((rank) => this.#fractional.moments(rank).mean),
      "mean_bos_prob_diff": each((rank) => this.#bos.moments(rank).mean),
      "sd_activation": each((rank) => this.#norm.momentsOfX(rank).sd),
      "sd_norm_diff": each((rank) => this.#norm.moments(rank).sd),
    };
    return { arrays, undefined: missing };
  }
}
