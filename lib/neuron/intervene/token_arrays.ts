/**
 * Results of every token, as arrays that grow on disk.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { RowArrays } from "../row_arrays.ts";
import { type Change, takesValue } from "./change.ts";
import type { InterventionBlock, InterventionRequest, Outcome } from "./request.ts";
import type { TokenStatistics } from "./token_statistics.ts";

/** A change as the original names its folders: `fixed_activation_-0.17`, `relu_ablation`. */
export function changeName({ kind, value }: Change): string {
  return takesValue(kind) ? `${kind}_${value}` : kind;
}

/** An outcome's arrays begin with it: `11.3030/fixed_activation_6/full`. */
export function outcomeName(
  { sets, changes }: InterventionRequest,
  { set, change, arm }: Pick<Outcome, "set" | "change" | "arm">,
): string {
  return `${sets[set]!.name}/${changeName(changes[change]!)}/${arm}`;
}

/** Rows `[rows, T]` of float32 or int32 by measure; loss and rank of the last column are 0. */
function rowsOf(
  { loss, entropy, rank, scale }: TokenStatistics,
  shape: readonly number[],
): Record<string, HostArray> {
  const floats = (data: Float64Array) => ({ data: Float32Array.from(data), shape });
  return {
    loss: floats(loss),
    entropy: floats(entropy),
    rank: { data: rank, shape },
    scale: floats(scale),
  };
}

/**
 * Appends a block: `nominal/loss` and so on, then those of every outcome. f32 `[B, T]`, ranks i32. The
 * last column of loss and rank is 0, as the original's.
 */
export async function appendTokens(
  arrays: RowArrays,
  request: InterventionRequest,
  block: InterventionBlock,
): Promise<void> {
  const { tokens: { data, shape }, nominal, outcomes } = block;
  await arrays.append({ tokens: { data, shape }, ...named("nominal", rowsOf(nominal, shape)) });
  for (const outcome of outcomes) {
    await arrays.append(named(outcomeName(request, outcome), rowsOf(outcome.statistics, shape)));
  }
}

/** `[B, T]` without the last column, which has no next token. */
function withNext<Data extends Float64Array | Int32Array>(data: Data, T: number): Data {
  return data.filter((_, i) => (i + 1) % T !== 0) as Data;
}

/**
 * Appends a block of a single intervention under the names and shapes of the original's
 * intervention.py: `loss` f32 `[B, T − 1]`, `entropy` f32 `[B, T]`, `rank` i32 `[B, T − 1]`, the same
 * with `nominal_` of the unchanged model, `tokens` i32 `[B, T]` and the neuron's unchanged
 * `activation` f32 `[B, T]`.
 */
export async function appendSingle(
  arrays: RowArrays,
  neuron: string,
  { tokens, nominal, activations, outcomes }: InterventionBlock,
): Promise<void> {
  const [rows, T] = tokens.shape as [number, number];
  const part = (prefix: string, { loss, entropy, rank }: TokenStatistics) => ({
    [`${prefix}loss`]: { data: Float32Array.from(withNext(loss, T)), shape: [rows, T - 1] },
    [`${prefix}entropy`]: { data: Float32Array.from(entropy), shape: [rows, T] },
    [`${prefix}rank`]: { data: withNext(rank, T), shape: [rows, T - 1] },
  });
  await arrays.append({
    tokens,
    activation: { data: Float32Array.from(activations.get(neuron)!), shape: [rows, T] },
    ...part("nominal_", nominal),
    ...part("", outcomes[0]!.statistics),
  });
}

function named(name: string, arrays: Record<string, HostArray>): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(arrays).map(([key, array]) => [`${name}/${key}`, array]),
  );
}
