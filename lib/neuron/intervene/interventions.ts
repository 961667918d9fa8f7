/**
 * Runs of a model in which neurons are changed at every position, without running the model again
 * (Gurnee et al. 2024, section 5.3; spec/universal_neurons.md sections 1.12 and 5).
 *
 * A change in layer l alters only what comes after it. In the last layer it moves the final residual
 * along `W_out[n]`, so the logits of all neurons and values come of one unembedding product, the one of
 * the unchanged run, and of the product of `W_out[n]` with every token, which is made once a neuron:
 * see {@linkcode FinalUpdates}. In earlier layers the blocks after l run again from the cached residual.
 * Both are exact.
 *
 * @module
 */
import { DEFAULT_MEMORY } from "../../cli/common_options.ts";
import { updateSpace } from "../../model/final/final_updates.ts";
import type { Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import { Block, positionsHeld, type PreparedSet, prepareSet } from "./block.ts";
import type { InterventionBlock, InterventionRequest } from "./request.ts";

/** Bytes of one position's results: three float64 and a rank. */
const RESULT_BYTES = 28;

/**
 * Rows of a block: as many whole rows as positions are held, with results in a quarter of the memory;
 * at least one.
 */
export function rowsPerBlock(model: Model, T: number, request: InterventionRequest): number {
  const { sets, changes, frozen, memory = DEFAULT_MEMORY } = request;
  const outcomes = sets.length * changes.length * (frozen ? 2 : 1) + 1;
  const kept = memory / 4 / (RESULT_BYTES * outcomes);
  return Math.max(1, Math.floor(Math.min(positionsHeld(model, memory), kept) / T));
}

/**
 * Runs every change of every set on `tokens [B, T]`, block by block of rows, so that memory does not
 * grow with B.
 *
 * @throws {NeuriteError} as `runWithHooks`, and the signal's reason.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { interventions } from "neurite/lib/neuron/intervene/interventions.ts";
 * import { neuronSets } from "neurite/lib/neuron/intervene/neuron_sets.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("tests/fixtures/gpt2-mini", device);
 * const tokens = { data: Int32Array.of(0, 262, 1151), shape: [1, 3] };
 * const blocks = interventions(model, tokens, {
 *   sets: neuronSets([{ layer: 11, neuron: 7 }], { role: "chosen", joint: false }),
 *   location: "mlp.hook_post",
 *   changes: [{ kind: "fixed_activation", value: 6 }],
 *   frozen: true,
 * });
 * for await (const { nominal, outcomes: [full, frozen] } of blocks) {
 *   if (full!.statistics.scale[1] === nominal.scale[1]) throw new Error("unreachable");
 *   if (frozen!.statistics.scale[1] !== nominal.scale[1]) throw new Error("unreachable");
 * }
 * ```
 */
export async function* interventions(
  model: Model,
  tokens: Tokens,
  request: InterventionRequest,
): AsyncGenerator<InterventionBlock> {
  const [B, T] = tokens.shape as [number, number];
  using scope = new DisposableStack();
  const still = scope.use(await updateSpace(model, new Float32Array()));
  const sets: PreparedSet[] = [];
  for (const [place, set] of request.sets.entries()) {
    const prepared = await prepareSet(model, set, place);
    if (prepared.space) scope.use(prepared.space);
    sets.push(prepared);
  }
  const rows = rowsPerBlock(model, T, request);
  for (let start = request.firstRow ?? 0; start < B; start += rows) {
    const end = Math.min(B, start + rows);
    const part = { data: tokens.data.subarray(start * T, end * T), shape: [end - start, T] };
    const block = new Block(model, { request, sets, still }, part);
    yield { start, tokens: part, ...await block.run() };
    request.onProgress?.(end, B);
  }
}
