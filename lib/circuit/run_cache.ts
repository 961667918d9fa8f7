/**
 * What path patching needs of one run: residuals and node outputs at two positions, and the inputs of
 * attention at all of them. Made by one forward pass, batch by batch, so that nothing else is kept.
 *
 * @module
 */
import { elementCount, type HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import { forwardBatches, type ForwardOptions } from "../model/forward/forward.ts";
import type { Model } from "../model/model.ts";
import type { Tokens } from "../model/tokens.ts";
import type { Position } from "./nodes.ts";

type Floats = Float32Array | Float64Array;

/** Positions on the T axis. */
export type PositionIndex = Readonly<Record<Position, number>>;

/** The hooks kept at END and YY, by their short name here. */
const AT_POSITION = {
  /** `[N, D]`, the MLP's input. */
  mid: "hook_resid_mid",
  /** `[N, D]`, the MLP's output with its bias. */
  mlp: "hook_mlp_out",
  /** `[N, H·K]`. */
  z: "attn.hook_z",
} as const;

/** The hooks kept at all positions, for layers of receiving heads. */
const AT_ALL = {
  /** `[N, T, D]`. */
  pre: "hook_resid_pre",
  /** `[N, T, H·K]`. */
  q: "attn.hook_q",
  /** `[N, T, H·K]`. */
  k: "attn.hook_k",
  /** `[N, T, H·K]`. */
  v: "attn.hook_v",
} as const;

/** A kept array: a name of {@linkcode AT_POSITION} or {@linkcode AT_ALL}. */
export type Kept = keyof typeof AT_POSITION | keyof typeof AT_ALL;

/** What to keep. */
export interface CacheRequest {
  readonly positions: PositionIndex;
  /** Layers whose attention inputs are kept. */
  readonly attentionLayers: readonly number[];
}

/** The kept arrays of N prompts. */
export class RunCache {
  readonly #arrays = new Map<string, Floats>();

  constructor(readonly count: number, readonly length: number, readonly request: CacheRequest) {}

  /** `mid`, `mlp` or `z` of a layer at END or YY: `[N, width]`. */
  at(kept: keyof typeof AT_POSITION, layer: number, position: Position): Floats {
    return this.#get(`${kept}.${layer}.${position}`);
  }

  /** `pre`, `q`, `k` or `v` of a layer at all positions: `[N, T, width]`. */
  everywhere(kept: keyof typeof AT_ALL, layer: number): Floats {
    return this.#get(`${kept}.${layer}`);
  }

  /** Token plus position embedding: `[N, D]`. */
  embedding(position: Position): Floats {
    return this.#get(`input.${position}`);
  }

  /** Residual entering the final layer norm at END: `[N, D]`. */
  get final(): Floats {
    return this.#get("final.END");
  }

  #get(key: string): Floats {
    const array = this.#arrays.get(key);
    if (array) return array;
    throw new RangeError(`Cannot use "${key}": not kept of this run, expected it in the request`);
  }

  /** Copies the rows of one batch into the whole array of `key`. */
  put(key: string, values: Floats, { start, rows }: { start: number; rows: number }): void {
    const width = values.length / rows;
    let whole = this.#arrays.get(key);
    if (!whole) {
      const make = values.constructor as new (length: number) => Floats;
      this.#arrays.set(key, whole = new make(width * this.count));
    }
    whole.set(values, start * width);
  }
}

/** Rows `[B, width]` at one position of `[B, T, width]`. */
export function atPosition({ data, shape }: HostArray, index: number): Floats {
  const [B, T] = shape as [number, number];
  const width = elementCount(shape.slice(2));
  const values = data as Floats;
  const make = values.constructor as new (length: number) => Floats;
  const out = new make(B * width);
  for (let b = 0; b < B; b++) {
    const from = (b * T + index) * width;
    out.set(values.subarray(from, from + width), b * width);
  }
  return out;
}

/**
 * Runs prompts once and keeps what {@linkcode CacheRequest} says.
 *
 * @throws {NeuriteError} E-CIRCUIT for a model that is no GPT-2; otherwise as `forwardBatches`.
 */
export async function cacheRun(
  model: Model,
  tokens: Tokens,
  request: CacheRequest,
  options: Pick<ForwardOptions, "memory" | "signal" | "onProgress"> = {},
): Promise<RunCache> {
  const { nLayer, modelType } = model.config;
  if (modelType !== "gpt2") {
    throw cannot("E-CIRCUIT", {
      do: "patch",
      thing: model.directory,
      is: `a model of type ${modelType}`,
      expected: "gpt2, the family the paper's graph describes",
      hint: "use one of the embedded models or gpt2",
    });
  }
  const [N, T] = tokens.shape as [number, number];
  const cache = new RunCache(N, T, request);
  const layers = Array.from({ length: nLayer }, (_, layer) => layer);
  const last = `blocks.${nLayer - 1}.hook_resid_post`;
  const read = [
    "blocks.0.hook_resid_pre",
    last,
    ...layers.flatMap((layer) =>
      Object.values(AT_POSITION).map((site) => `blocks.${layer}.${site}`)
    ),
    ...request.attentionLayers.flatMap((layer) =>
      Object.values(AT_ALL).map((site) => `blocks.${layer}.${site}`)
    ),
  ];
  const { positions } = request;
  for await (
    const { start, rows, arrays } of forwardBatches(model, tokens, {
      ...options,
      read: [...new Set(read)],
    })
  ) {
    const batch = { start, rows };
    for (const position of ["END", "YY"] as const) {
      const index = positions[position];
      cache.put(`input.${position}`, atPosition(arrays["blocks.0.hook_resid_pre"]!, index), batch);
      for (const layer of layers) {
        for (const [kept, site] of Object.entries(AT_POSITION)) {
          const array = arrays[`blocks.${layer}.${site}`]!;
          cache.put(`${kept}.${layer}.${position}`, atPosition(array, index), batch);
        }
      }
    }
    cache.put("final.END", atPosition(arrays[last]!, positions.END), batch);
    for (const layer of request.attentionLayers) {
      for (const [kept, site] of Object.entries(AT_ALL)) {
        cache.put(`${kept}.${layer}`, arrays[`blocks.${layer}.${site}`]!.data as Floats, batch);
      }
    }
  }
  return cache;
}
