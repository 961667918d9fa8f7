/**
 * What a change does where the neuron was quiet, and where it fired.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { InterventionBlock } from "./request.ts";
import { RowMean } from "./row_means.ts";

/** The span of the histograms of activations (spec section 1.6), in coarser bins; outer ones are open. */
const [LOW, HIGH, WIDTH] = [-10, 15, 0.5] as const;
const BINS = (HIGH - LOW) / WIDTH;

/** Fewer tokens tell nothing. */
const LEAST_TOKENS = 20;

const CHANGES = ["loss", "entropy"] as const;

/** Mean changes of the tokens whose activation lies about `center`. */
export interface ActivationBin {
  readonly center: number;
  readonly tokens: number;
  readonly loss: { readonly mean: number; readonly se: number };
  readonly entropy: { readonly mean: number; readonly se: number };
}

/** Collects changes of loss and entropy by a neuron's unchanged activation; the first outcome's. */
export class ActivationBins {
  readonly #neuron: string;
  readonly #means = CHANGES.map(() => Array.from({ length: BINS }, () => new RowMean()));

  /** For a neuron by name. */
  constructor(neuron: string) {
    this.#neuron = neuron;
  }

  /** Takes a block, the tokens of it that `counts` says. */
  add(
    { tokens, nominal, activations, outcomes }: InterventionBlock,
    counts: (position: number) => boolean,
  ): void {
    const [rows, T] = tokens.shape as [number, number];
    const activation = activations.get(this.#neuron)!;
    const { statistics } = outcomes[0]!;
    for (let row = 0; row < rows; row++) {
      const positions = Array.from({ length: T }, (_, t) => row * T + t).filter(counts);
      const inBin = Map.groupBy(positions, (position) => binOf(activation[position]!));
      for (const [bin, places] of inBin) {
        CHANGES.forEach((measure, i) => {
          const changes = places.map((p) => statistics[measure][p]! - nominal[measure][p]!);
          this.#means[i]![bin]!.add({
            count: changes.length,
            sum: changes.reduce((sum, x) => sum + x, 0),
            squares: changes.reduce((sum, x) => sum + x * x, 0),
          });
        });
      }
    }
  }

  /** The bins that hold enough tokens, from the lowest. */
  finish(): ActivationBin[] {
    const [loss, entropy] = this.#means as [RowMean[], RowMean[]];
    return loss.flatMap((mean, bin) =>
      mean.count < LEAST_TOKENS ? [] : [{
        center: LOW + (bin + 0.5) * WIDTH,
        tokens: mean.count,
        loss: mean.estimate(),
        entropy: entropy[bin]!.estimate(),
      }]
    );
  }
}

function binOf(activation: number): number {
  const bin = Math.floor((activation - LOW) / WIDTH);
  return Math.min(BINS - 1, Math.max(0, bin));
}

/** The bins as arrays `[bins]`: `bin_center`, `bin_tokens`, `bin_loss_change` and so on. */
export function binArrays(bins: readonly ActivationBin[]): Record<string, HostArray> {
  const shape = [bins.length];
  const floats = (read: (bin: ActivationBin) => number) => ({
    data: Float64Array.from(bins, read),
    shape,
  });
  return {
    "bin_center": floats(({ center }) => center),
    "bin_tokens": { data: Int32Array.from(bins, ({ tokens }) => tokens), shape },
    "bin_loss_change": floats(({ loss }) => loss.mean),
    "bin_loss_change_se": floats(({ loss }) => loss.se),
    "bin_entropy_change": floats(({ entropy }) => entropy.mean),
    "bin_entropy_change_se": floats(({ entropy }) => entropy.se),
  };
}

/** The bins as a figure takes them. */
export function binSeries(bins: readonly ActivationBin[]) {
  const series = (of: (bin: ActivationBin) => { readonly mean: number; readonly se: number }) => ({
    mean: bins.map((bin) => of(bin).mean),
    se: bins.map((bin) => of(bin).se),
  });
  return {
    centers: bins.map(({ center }) => center),
    tokens: bins.map(({ tokens }) => tokens),
    loss: series(({ loss }) => loss),
    entropy: series(({ entropy }) => entropy),
  };
}
