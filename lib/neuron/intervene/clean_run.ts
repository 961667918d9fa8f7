/**
 * What interventions need of the unchanged run of some rows.
 *
 * @module
 */
import type { Floats, HostArray } from "../../array.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { Location } from "../location.ts";
import { nameOf, type Neuron } from "../neurons.ts";

/** The residual that leaves the last block. */
export function finalResidual({ nLayer }: { nLayer: number }): string {
  return `blocks.${nLayer - 1}.hook_resid_post`;
}

/** The unchanged run of N = B·T positions. */
export interface CleanRun {
  /** `[N, D]`, before the final layer norm. */
  readonly final: Floats;
  /** Residuals `[B, T, D]` entering blocks, by layer. */
  readonly entering: ReadonlyMap<number, HostArray<Floats>>;
  /** f64 `[N]` by neuron name, at the location. */
  readonly activations: ReadonlyMap<string, Float64Array>;
}

/** What is wanted of it. */
export interface CleanRequest {
  readonly neurons: readonly Neuron[];
  readonly location: Location;
  /** Blocks that tails start at. */
  readonly startLayers: readonly number[];
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the rows once. */
export async function cleanRun(
  model: Model,
  tokens: Tokens,
  { neurons, location, startLayers, memory, signal }: CleanRequest,
): Promise<CleanRun> {
  const { nLayer, dMlp: F } = model.config;
  const last = finalResidual({ nLayer });
  const layers = [...new Set(neurons.map(({ layer }) => layer))];
  const hookOf = (layer: number) => `blocks.${layer}.${location}`;
  const entry = (layer: number) => `blocks.${layer}.hook_resid_pre`;
  const read = [last, ...layers.map(hookOf), ...startLayers.map(entry)];
  const arrays = await runWithHooks(model, tokens, { read, memory, signal });
  const floats = (name: string) => arrays[name] as HostArray<Floats>;
  const column = ({ layer, neuron }: Neuron) => {
    const { data } = floats(hookOf(layer));
    return Float64Array.from({ length: data.length / F }, (_, n) => data[n * F + neuron]!);
  };
  return {
    final: floats(last).data,
    entering: new Map(startLayers.map((layer) => [layer, floats(entry(layer))])),
    activations: new Map(neurons.map((neuron) => [nameOf(neuron), column(neuron)])),
  };
}
