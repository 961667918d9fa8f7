/**
 * Effects of senders, gathered over rounds, as the paper's matrices.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { percentileInterval, resampledMeans } from "../task/bootstrap.ts";
import type { CircuitNode } from "../graph/nodes.ts";
import type { RoundContext, RoundPart } from "./rounds.ts";
import type { SenderEffects, SweepContext } from "./sweeps.ts";
import { meanAndSd } from "../task/year_metrics.ts";

/** One matrix: rows are layers; columns heads, then the MLP. */
export interface ScoreMatrix {
  /** f64 `[L, H + 1]`, mean effects; exactly 0 where unreachable. */
  readonly scores: HostArray<Float64Array>;
  /** f64 `[L, H + 1]`, sample standard deviation over prompts. */
  readonly sd: HostArray<Float64Array>;
  /** f64 `[L, H + 1, 2]`, 95 % bootstrap interval of the mean. */
  readonly interval: HostArray<Float64Array>;
  /** Senders that cannot reach a receiver. */
  readonly unreachable: number;
}

/** The effects `[N]` of each sender. */
export function effectsBySender({ senders, effects }: SenderEffects): Float64Array[] {
  const N = effects.length / senders.length;
  return senders.map((_, index) => effects.subarray(index * N, (index + 1) * N));
}

/** Joins the effects of the same senders on more and more prompts. */
function joinEffects(parts: readonly SenderEffects[]): SenderEffects {
  const { senders } = parts[0]!;
  const rows = parts.map(effectsBySender);
  const joined = senders.flatMap((_, index) => rows.flatMap((part) => [...part[index]!]));
  return { senders, effects: Float64Array.from(joined) };
}

/** Means, standard deviations and intervals of effects; `seed` is of the bootstrap. */
export function scoreMatrix(
  config: Pick<ModelConfig, "nLayer" | "nHead">,
  effects: SenderEffects,
  seed: number,
): ScoreMatrix {
  const shape = [config.nLayer, config.nHead + 1];
  const cells = config.nLayer * (config.nHead + 1);
  const scores = new Float64Array(cells);
  const sd = new Float64Array(cells);
  const interval = new Float64Array(2 * cells);
  const bySender = effectsBySender(effects);
  const draws = resampledMeans(bySender, { seed });
  effects.senders.forEach((sender, index) => {
    const cell = cellOf(sender, config.nHead);
    const { mean, sd: spread } = meanAndSd(bySender[index]!);
    const { low, high } = percentileInterval(draws[index]!);
    scores[cell] = mean;
    sd[cell] = spread;
    interval.set([low, high], 2 * cell);
  });
  return {
    scores: { data: scores, shape },
    sd: { data: sd, shape },
    interval: { data: interval, shape: [...shape, 2] },
    unreachable: cells - effects.senders.length,
  };
}

/** One sweep, gathered over rounds. */
export class SweepPart implements RoundPart {
  readonly #rounds: SenderEffects[] = [];

  constructor(readonly sweep: (context: SweepContext) => Promise<SenderEffects>) {}

  async run(context: RoundContext): Promise<void> {
    this.#rounds.push(await this.sweep(context));
  }

  /** Its matrix over all rounds; `seed` is of the bootstrap. */
  matrix(config: Pick<ModelConfig, "nLayer" | "nHead">, seed: number): ScoreMatrix {
    return scoreMatrix(config, joinEffects(this.#rounds), seed);
  }
}

function cellOf(node: CircuitNode, nHead: number): number {
  if (node.kind === "head") return node.layer * (nHead + 1) + node.head;
  if (node.kind === "mlp") return node.layer * (nHead + 1) + nHead;
  throw new RangeError(`Cannot score "${node.kind}": no sender, expected a head or an MLP`);
}
