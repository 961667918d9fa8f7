/**
 * The MLP whose neurons a script is asked to look at.
 *
 * @module
 */
import { allToFloat32, type HostArray } from "../../array.ts";
import { note } from "../../cli/log.ts";
import { cannot } from "../../errors.ts";
import { isPaperModel } from "../paper/paper_numbers.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import type { RoundOptions } from "../rounds/rounds.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import { strongestMlp } from "./mlp_effects.ts";

/** The paper's. */
const PAPER_LAYER = 10;

/** The layer that needs no search: the one given, on the paper's model the paper's. */
export function settledLayer(given: number | undefined, model: string): number | undefined {
  return given ?? (isPaperModel(model) ? PAPER_LAYER : undefined);
}

/** The layer, and what it was chosen by. */
export interface AskedLayer {
  readonly layer: number;
  /** Where it was searched, float32: `mlp_effects`, `mlp_effects_sd [L]`, `mlp_effects_ci [L, 2]`. */
  readonly arrays: Readonly<Record<string, HostArray>>;
}

/**
 * The settled layer or, with a note, that of the MLP of largest direct effect on the task.
 *
 * @throws {NeuriteError} E-USAGE for a layer that the model lacks; otherwise as `strongestMlp`.
 */
export async function askedLayer(
  settled: number | undefined,
  { programs, task }: { readonly programs: NodePrograms; readonly task: ContrastTask },
  options: RoundOptions & { readonly seed?: number | undefined } = {},
): Promise<AskedLayer> {
  const { nLayer } = programs.model.config;
  if (settled === undefined) {
    const { layer, effects, sd, interval } = await strongestMlp(programs, task, options);
    const shown = [...effects].map((effect, each) => `m${each} ${effect.toFixed(4)}`).join(", ");
    note(`layer  ${layer}, by direct effects on the probability difference: ${shown}`);
    const arrays = allToFloat32({
      "mlp_effects": { data: effects, shape: [nLayer] },
      "mlp_effects_sd": { data: sd, shape: [nLayer] },
      "mlp_effects_ci": { data: interval, shape: [nLayer, 2] },
    });
    return { layer, arrays };
  }
  if (settled < nLayer) return { layer: settled, arrays: {} };
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--layer",
    is: `${settled}, on a model of ${nLayer} layers`,
    expected: `0 to ${nLayer - 1}`,
    hint: "leave out --layer for the MLP with the largest direct effect",
  });
}
