/**
 * Shards of a run of made neurons, for tests.
 *
 * @module
 */
import type { Shard } from "../../../cli/shard_options.ts";
import type { Device } from "../../../device/device.ts";
import { correlateNeurons, type CorrelateOptions, planRun, runStream } from "../correlate.ts";
import type { Correlations } from "../finish_run.ts";
import { arraysByFile } from "../outputs.ts";
import { randomRotation } from "../rotation.ts";
import type { NeuronSource } from "../sources.ts";
import { madeSource, mixed } from "../testing.ts";
import { encodeSafetensors } from "../../../store/format/safetensors.ts";
import { factsOf } from "./run_facts.ts";
import type { ShardRun } from "./sum_shard.ts";

/** What may differ between runs. */
export interface MadeRun {
  /** Rows of ten tokens, two a block. @default {13} */
  readonly rows?: number;
  readonly similarity?: "pearson" | "jaccard";
  /** Rotations drawn; 0 for no baseline. @default {2} */
  readonly draws?: number;
  readonly seed?: number;
  readonly float16Moments?: boolean;
  /** Milliseconds that a model takes for a block. @default {0} */
  readonly pause?: number;
  /** @default all that is needed */
  readonly memory?: number;
  readonly signal?: AbortSignal;
}

const A = madeSource({ label: "a", layers: 2, width: 3, value: mixed });
const B = madeSource({ label: "b", layers: 3, width: 5, value: (n, id) => 7 - mixed(n + 9, id) });

/** The same activations, later. */
function slowed(source: NeuronSource, pause: number): NeuronSource {
  if (pause === 0) return source;
  return {
    ...source,
    async open() {
      const reader = await source.open();
      return {
        ...reader,
        async read(block, layers) {
          await new Promise((resolve) => setTimeout(resolve, pause));
          return await reader.read(block, layers);
        },
      };
    },
  };
}

function partsOf(made: MadeRun) {
  const { rows = 13, similarity = "pearson", draws = 2, seed = 0, pause = 0, memory = 2 ** 30 } =
    made;
  const { float16Moments = false } = made;
  const models = { base: slowed(A, pause), partners: [B] };
  const data = Int32Array.from({ length: 10 * rows }, (_, i) => (i * 31) % 53);
  const baseline = draws === 0 ? "none" : "rotation";
  const options: CorrelateOptions = {
    dropped: new Set([0]),
    blockTokens: 20,
    similarity,
    above: 0.2,
    baseline,
    rotation: draws === 0 ? undefined : randomRotation({ form: "gaussian", seed, draws }),
    seed,
    memory,
    float16Moments,
    signal: made.signal,
  };
  return {
    models,
    tokens: { data, shape: [rows, 10] },
    options,
    similarity,
    baseline,
    draws,
    seed,
    float16Moments,
  } as const;
}

/** A shard of a made run, to be summed. */
export function madeShard(
  device: Device,
  { directory, shard, made = {} }: { directory: string; shard: Shard; made?: MadeRun },
): ShardRun {
  const { models, tokens, options, similarity, baseline, draws, seed, float16Moments } = partsOf(
    made,
  );
  const { passes, blocks } = planRun(models, tokens, options);
  const rows = tokens.shape[0];
  const asked = {
    similarity,
    baseline,
    rotation: "gaussian",
    draws,
    seed,
    float16Moments,
  } as const;
  const run = {
    script: "universal_neurons/correlations",
    options: { rows, similarity, draws, seed },
    inputs: [],
  };
  return {
    directory,
    shard,
    facts: factsOf(run, asked, {
      models,
      blocks,
      recorded: {},
      tokens: tokens.data.length,
      dropped: [0],
      device: device.name,
    }),
    stream: runStream(device, { models, tokens, blocks, options }),
    passes,
    checkpointMinutes: 0,
  };
}

/** The run that was not cut. */
export async function madeWhole(device: Device, made: MadeRun = {}): Promise<Correlations> {
  const { models, tokens, options } = partsOf(made);
  return await correlateNeurons(device, models, tokens, options);
}

/** The bytes of every array file of a run, without provenance. */
export function arrayBytes(result: Correlations): Record<string, Uint8Array> {
  const files = Object.entries(arraysByFile(result)).map(([name, arrays]) => {
    const chunks = [...encodeSafetensors(arrays)];
    return [name, Uint8Array.from(chunks.flatMap((chunk) => [...chunk]))] as const;
  });
  return Object.fromEntries(files);
}
