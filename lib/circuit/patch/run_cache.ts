/**
 * What path patching needs of one run: residuals, node outputs and queries at two positions, keys and
 * values at all of them. Made by one forward pass, batch by batch, so that nothing else is kept.
 *
 * @module
 */
import { elementCount, type Floats, type HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { forwardBatches, type ForwardOptions } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import { checkTokens, type Tokens } from "../../model/tokens.ts";
import { type Position, type PositionIndex, POSITIONS } from "../graph/nodes.ts";

/** The hooks kept at END and YY of every layer, by their short name here. */
const OF_ALL_LAYERS = {
  /** `[N, D]`, the MLP's input. */
  mid: "hook_resid_mid",
  /** `[N, D]`, the MLP's output with its bias. */
  mlp: "hook_mlp_out",
  /** `[N, H·K]`. */
  z: "attn.hook_z",
} as const;

/** The hooks kept at END and YY of layers with receiving heads. */
const OF_RECEIVING_HEADS = {
  /** `[N, D]`. */
  pre: "hook_resid_pre",
  /** `[N, H·K]`. */
  q: "attn.hook_q",
} as const;

/** The hooks kept at all positions of layers with receiving heads, which may read any of them. */
const EVERYWHERE = {
  /** `[N, T, H·K]`. */
  k: "attn.hook_k",
  /** `[N, T, H·K]`. */
  v: "attn.hook_v",
} as const;

/** An array kept at END and YY. */
export type KeptAt = keyof typeof OF_ALL_LAYERS | keyof typeof OF_RECEIVING_HEADS;

/** An array kept at all positions. */
export type KeptEverywhere = keyof typeof EVERYWHERE;

/** What to keep. */
export interface CacheRequest {
  /** `0 ≤ YY < END < T`. */
  readonly positions: PositionIndex;
  /** Layers whose heads a plan recomputes. */
  readonly attentionLayers: readonly number[];
  /** Layers whose neurons are kept at END. @default {[]} */
  readonly neuronLayers?: readonly number[];
}

/** The kept arrays of N prompts: float32, or float64 of the reference device. */
export class RunCache {
  readonly #arrays: ReadonlyMap<string, Floats>;

  constructor(
    readonly count: number,
    readonly length: number,
    readonly request: CacheRequest,
    arrays: ReadonlyMap<string, Floats>,
  ) {
    this.#arrays = arrays;
  }

  /** `mid`, `mlp`, `z`, `pre` or `q` of a layer at END or YY: `[N, width]`. */
  at(kept: KeptAt, layer: number, position: Position): Floats {
    return this.#get(`${kept}.${layer}.${position}`);
  }

  /** `k` or `v` of a layer at all positions: `[N, T, H·K]`. */
  everywhere(kept: KeptEverywhere, layer: number): Floats {
    return this.#get(`${kept}.${layer}`);
  }

  /** Neuron activations of a layer at END, after the GELU: `[N, F]`. */
  neurons(layer: number): Floats {
    return this.#get(`post.${layer}`);
  }

  /** Token plus position embedding: `[N, D]`. */
  embedding(position: Position): Floats {
    return this.#get(`input.${position}`);
  }

  /** Residual entering the final layer norm at END: `[N, D]`. */
  get final(): Floats {
    return this.#get("final");
  }

  /** Bytes of all kept arrays. */
  get bytes(): number {
    return this.#arrays.values().reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  #get(key: string): Floats {
    const array = this.#arrays.get(key);
    if (array) return array;
    throw new RangeError(`Cannot use "${key}": not kept of this run, expected it in the request`);
  }
}

/** Bytes of a batch: hooks come back at all positions, of which two are kept. */
const MOST_BYTES = 2 ** 27;

/** One array to keep: a hook at one position, or at all where there is no index. */
interface Item {
  readonly key: string;
  readonly hook: string;
  readonly index?: number;
}

function itemsOf(nLayer: number, request: CacheRequest): Item[] {
  const { positions, attentionLayers, neuronLayers = [] } = request;
  const of = (sites: Readonly<Record<string, string>>, layers: Iterable<number>) =>
    [...new Set(layers)].flatMap((layer) =>
      Object.entries(sites).map(([kept, site]): Item => ({
        key: `${kept}.${layer}`,
        hook: `blocks.${layer}.${site}`,
      }))
    );
  const atBoth = [
    { key: "input", hook: "blocks.0.hook_resid_pre" },
    ...of(OF_ALL_LAYERS, Array.from({ length: nLayer }).keys()),
    ...of(OF_RECEIVING_HEADS, attentionLayers),
  ].flatMap(({ key, hook }) =>
    POSITIONS.map((name): Item => ({ key: `${key}.${name}`, hook, index: positions[name] }))
  );
  const atEnd = [
    { key: "final", hook: `blocks.${nLayer - 1}.hook_resid_post` },
    ...of({ post: "mlp.hook_post" }, neuronLayers),
  ].map((item): Item => ({ ...item, index: positions.END }));
  return [...atBoth, ...atEnd, ...of(EVERYWHERE, attentionLayers)];
}

/** The arrays of a run while its batches come in; each is allocated once, at its full size. */
class Collector {
  readonly arrays = new Map<string, Floats>();

  constructor(readonly count: number) {}

  /** Keeps an item's part of a batch's `[B, T, …]`, whose rows stand at `places` of the run. */
  keep({ key, index }: Item, { data, shape }: HostArray, places: Int32Array): void {
    const values = data as Floats;
    const [B, T] = shape as [number, number];
    const width = elementCount(shape.slice(2));
    if (index === undefined) {
      // The device's copy of a whole run is the caller's own, so it is kept as it is.
      if (B === this.count) this.arrays.set(key, values);
      else copyRows(this.#whole(key, values, T * width), values, { places, size: T * width });
      return;
    }
    const whole = this.#whole(key, values, width);
    copyRows(whole, values, { places, size: width, stride: T * width, from: index * width });
  }

  #whole(key: string, like: Floats, width: number): Floats {
    let whole = this.arrays.get(key);
    if (!whole) {
      const make = like.constructor as new (length: number) => Floats;
      this.arrays.set(key, whole = new make(this.count * width));
    }
    return whole;
  }
}

/** Copies `size` values of each row, from `from` on, to the row's place. */
function copyRows(
  whole: Floats,
  values: Floats,
  { places, size, stride = size, from = 0 }: {
    places: Int32Array;
    size: number;
    stride?: number;
    from?: number;
  },
): void {
  places.forEach((place, row) => {
    const start = row * stride + from;
    whole.set(values.subarray(start, start + size), place * size);
  });
}

function checkRun(model: Model, T: number, { positions: { YY, END } }: CacheRequest): void {
  if (!(0 <= YY && YY < END && END < T)) {
    throw new RangeError(
      `Cannot cache "run": positions YY ${YY} and END ${END}, expected 0 ≤ YY < END < ${T}`,
    );
  }
  const { modelType } = model.config;
  if (modelType === "gpt2") return;
  throw cannot("E-CIRCUIT", {
    do: "patch",
    thing: model.directory,
    is: `a model of type ${modelType}`,
    expected: "gpt2, the family the paper's graph describes",
    hint: "use one of the embedded models or gpt2",
  });
}

/**
 * Runs prompts once and keeps what {@linkcode CacheRequest} says. Equal prompts and shared beginnings
 * are computed once.
 *
 * @throws {NeuriteError} E-CIRCUIT for a model that is no GPT-2; otherwise as `forwardBatches`.
 */
export async function cacheRun(
  model: Model,
  tokens: Tokens,
  request: CacheRequest,
  options: Pick<ForwardOptions, "memory" | "signal" | "onProgress"> = {},
): Promise<RunCache> {
  const [N, T] = checkTokens(model.config, tokens);
  checkRun(model, T, request);
  const items = itemsOf(model.config.nLayer, request);
  const read = [...new Set(items.map(({ hook }) => hook))];
  const collector = new Collector(N);
  const memory = Math.min(options.memory ?? Infinity, MOST_BYTES);
  const run = { ...options, memory, read, share: true };
  for await (const { places, arrays } of forwardBatches(model, tokens, run)) {
    for (const item of items) collector.keep(item, arrays[item.hook]!, places);
  }
  return new RunCache(N, T, request, collector.arrays);
}
