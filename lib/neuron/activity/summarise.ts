/**
 * What every neuron of a model does over a corpus, in one call and in memory.
 *
 * @module
 */
import { elementCount, type HostArray } from "../../array.ts";
import type { CorpusRows } from "../../model/corpus_rows.ts";
import type { Model } from "../../model/model.ts";
import { ELEMENT_BYTES } from "../../store/format/elements.ts";
import type { StreamedArray } from "../../store/format/safetensors_stream.ts";
import { commonArrays, neuronArrays } from "./outputs.ts";
import { type PlanOptions, planSummary } from "./plan.ts";
import { rankingOf, type RankOptions, type RowPart, setUpSummary, slotsOf } from "./setup.ts";
import { walk } from "./walk.ts";

/** What is kept when nobody says; the numbers are the original's. */
export const DEFAULT_RANK: RankOptions = {
  vocabTop: 100,
  minCount: 0,
  examples: 50,
  originalExtremes: false,
};

/** What {@linkcode summariseActivations} is asked. */
export interface SummariseOptions extends Partial<RankOptions>, PlanOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Arrays by name; see `neuronArrays` and `commonArrays` of `outputs.ts`. */
export type SummaryArrays = Record<string, HostArray>;

/** The summary of a corpus. */
export interface ActivitySummary {
  /** Over all rows. */
  readonly pooled: SummaryArrays;
  /** Over the rows of each subset that has any. */
  readonly subsets: ReadonlyMap<string, SummaryArrays>;
}

/**
 * Sums up the activations of every neuron over `rows`: histogram and moments before the nonlinearity,
 * largest activations and statistics by token after it (spec/universal_neurons section 1.6). Every array
 * has the neurons `layer·F + i` in its rows. All results are in memory; a script writes them as it goes.
 *
 * @throws {NeuriteError} E-DEVICE-MEMORY when the memory does not hold one neuron, E-STOPPED, and the
 * errors of the forward pass.
 *
 * @example Usage
 * ```ts
 * import { openReference } from "neurite/lib/device/reference/mod.ts";
 * import { loadModel } from "neurite/lib/model/model.ts";
 * import { summariseActivations } from "neurite/lib/neuron/activity/summarise.ts";
 *
 * await using device = openReference();
 * await using model = await loadModel("cache/models/tiny-gpt2-a", device);
 * const tokens = { data: Int32Array.of(0, 262, 1151), shape: [1, 3] };
 * const { pooled } = await summariseActivations(model, { tokens }, { examples: 2 });
 * if (pooled.neuron_bin_counts?.shape.join() !== "2048,257") throw new Error("unreachable");
 * if (pooled.max_activating_index?.shape.join() !== "2048,2") throw new Error("unreachable");
 * ```
 */
export async function summariseActivations(
  model: Model,
  rows: CorpusRows,
  options: SummariseOptions = {},
): Promise<ActivitySummary> {
  const rank: RankOptions = { ...DEFAULT_RANK, ...options };
  const setup = setUpSummary(rows, rank, model.config.vocabSize);
  const plan = planSummary(model.config, setup, options);
  const found = new Map<RowPart | undefined, SummaryArrays>();
  for (const pass of plan.passes.keys()) {
    await walk(model, setup, plan, {
      pass,
      signal: options.signal,
      onSums: async (sums, part) => {
        const before = found.get(part);
        const arrays: SummaryArrays = {};
        for (const [name, array] of Object.entries(neuronArrays(sums, rankingOf(setup, part)))) {
          arrays[name] = await appended(before?.[name], array);
        }
        found.set(part, arrays);
      },
    });
  }
  const subsets = new Map<string, SummaryArrays>();
  for (const [part, arrays] of found) {
    for (const [name, array] of Object.entries(commonArrays(slotsOf(setup, part)))) {
      arrays[name] = await appended(undefined, array);
    }
    if (part?.name !== undefined) subsets.set(part.name, arrays);
  }
  return { pooled: found.get(undefined)!, subsets };
}

/** Rows under those that are there; float16 comes as float32. */
async function appended(before: HostArray | undefined, added: StreamedArray): Promise<HostArray> {
  const [rows, ...inner] = added.shape as [number, ...number[]];
  const shape = [(before?.shape[0] ?? 0) + rows, ...inner];
  const data = new (added.type === "I32" ? Int32Array : Float32Array)(elementCount(shape));
  if (before) data.set(before.data as typeof data);
  const bytes = new Uint8Array(ELEMENT_BYTES[added.type] * elementCount(added.shape));
  let at = 0;
  for await (const chunk of added.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const wider = { F16: Float16Array, F32: Float32Array, I32: Int32Array };
  const Type = wider[added.type as keyof typeof wider];
  data.set(new Type(bytes.buffer), before?.data.length ?? 0);
  return { data, shape };
}
