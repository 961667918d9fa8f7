/**
 * A model's weights under one set of names and orientations, whatever its architecture calls them.
 *
 * | name | shape |
 * |---|---|
 * | `embed.W_E`, `unembed.W_U` | `[V, D]`, rows are tokens |
 * | `pos_embed.W_pos` (GPT-2) | `[P, D]` |
 * | `blocks.{l}.ln1.w` `.b`, `ln2`, and `ln_final.w` `.b` | `[D]` |
 * | `blocks.{l}.attn.W_Q` `W_K` `W_V` | `[D, H·K]` |
 * | `blocks.{l}.attn.b_Q` `b_K` `b_V` | `[H·K]` |
 * | `blocks.{l}.attn.W_O`, `b_O` | `[H·K, D]`, `[D]` |
 * | `blocks.{l}.mlp.W_in`, `b_in` | `[D, F]`, `[F]` |
 * | `blocks.{l}.mlp.W_out`, `b_out` | `[F, D]`, `[D]` |
 *
 * @module
 */
import { formatShape } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import { quote } from "../../store/format/quote.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { ModelConfig } from "../config/config.ts";
import { gpt2Weights } from "./weights_gpt2.ts";
import { neoxWeights } from "./weights_neox.ts";
import type { WeightRecipe } from "./weights_recipe.ts";

/** The canonical weights of a checkpoint. */
export interface WeightSource {
  /** Every name, in the order of the computation. */
  readonly names: readonly string[];
  /** Whether `unembed.W_U` is `embed.W_E`, so that one copy serves both. */
  readonly isTied: boolean;
  /**
   * Extents of a weight.
   *
   * @throws {NeuriteError} `E-CHECKPOINT` for an unknown name, naming the nearest.
   */
  shape(name: string): readonly number[];
  /** Reads one weight as float32. The array is the caller's own. */
  read(name: string): Promise<Float32Array>;
}

const ARCHITECTURES = {
  gpt2: { weights: gpt2Weights, prefix: "transformer.", first: "wte.weight" },
  gpt_neox: { weights: neoxWeights, prefix: "gpt_neox.", first: "embed_in.weight" },
} as const;

/**
 * The weights that a configuration asks for, each found in the checkpoint with its right shape.
 * Nothing is read yet. Tensors that are not asked for (old causal masks, rotary tables) are left.
 *
 * @throws {NeuriteError} `E-CHECKPOINT` for a missing tensor, `E-TENSOR-SHAPE` for a wrong one.
 *
 * @example Usage
 * ```ts
 * import { openCheckpoint } from "neurite/lib/model/checkpoint/checkpoint.ts";
 * import { readConfig } from "neurite/lib/model/config/read_config.ts";
 * import { openWeights } from "neurite/lib/model/checkpoint/weights.ts";
 *
 * const directory = "cache/models/tiny-gpt2-a";
 * await using checkpoint = await openCheckpoint(directory);
 * const weights = openWeights(checkpoint, await readConfig(directory));
 * const query = await weights.read("blocks.0.attn.W_Q");
 * if (query.length !== 128 * 128) throw new Error("unreachable");
 * ```
 */
export function openWeights(checkpoint: Checkpoint, config: ModelConfig): WeightSource {
  const { weights, prefix, first } = ARCHITECTURES[config.modelType];
  const present = new Set(checkpoint.names());
  const recipes = weights(config, present.has(first) ? "" : prefix);
  for (const recipe of recipes.values()) checkRaw(checkpoint, present, recipe);
  return new CheckpointWeights(checkpoint, recipes, config.tieWordEmbeddings);
}

/** How many elements are NaN or infinite; a sound model has none. */
export function countNonFinite(values: Float32Array): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count++;
  return count;
}

class CheckpointWeights implements WeightSource {
  readonly names: readonly string[];
  readonly isTied: boolean;
  readonly #checkpoint: Checkpoint;
  readonly #recipes: ReadonlyMap<string, WeightRecipe>;
  /** The last tensor of several weights, so that query, key and value cost one reading. */
  #held: { raw: string; data: Promise<Float32Array> } | undefined;

  constructor(
    checkpoint: Checkpoint,
    recipes: ReadonlyMap<string, WeightRecipe>,
    isTied: boolean,
  ) {
    this.names = [...recipes.keys()];
    this.isTied = isTied;
    this.#checkpoint = checkpoint;
    this.#recipes = recipes;
  }

  shape(name: string): readonly number[] {
    return this.#recipe(name).shape;
  }

  async read(name: string): Promise<Float32Array> {
    const { raw, make, isShared = false } = this.#recipe(name);
    const data = await (isShared ? this.#readShared(raw) : this.#readOnce(raw));
    return make ? make(data) : data;
  }

  #readOnce(raw: string): Promise<Float32Array> {
    this.#held = undefined;
    return this.#checkpoint.read(raw);
  }

  #readShared(raw: string): Promise<Float32Array> {
    if (this.#held?.raw !== raw) this.#held = { raw, data: this.#checkpoint.read(raw) };
    return this.#held.data;
  }

  #recipe(name: string): WeightRecipe {
    const recipe = this.#recipes.get(name);
    if (recipe) return recipe;
    const close = nearest(name, this.names);
    throw cannot("E-CHECKPOINT", {
      do: "read weight",
      thing: name,
      is: "no weight of this model",
      expected: close === undefined
        ? "one of its names"
        : `one of its names, nearest is "${close}"`,
      hint: "the names are listed at the top of lib/model/checkpoint/weights.ts",
    });
  }
}

function checkRaw(
  checkpoint: Checkpoint,
  present: ReadonlySet<string>,
  { raw, rawShape }: WeightRecipe,
): void {
  if (!present.has(raw)) {
    const close = nearest(raw, present);
    throw cannot("E-CHECKPOINT", {
      do: "read tensor",
      thing: raw,
      is: `missing from ${checkpoint.files[0]}`,
      expected: close === undefined
        ? `it among the ${present.size} tensors`
        : `it, nearest is ${quote(close)}`,
      hint: "check that config.json and the weights belong to one model, and fetch it again",
    });
  }
  const shape = checkpoint.shape(raw);
  if (formatShape(shape) === formatShape(rawShape)) return;
  throw cannot("E-TENSOR-SHAPE", {
    do: "read tensor",
    thing: raw,
    is: `${formatShape(shape)} in ${checkpoint.files[0]}`,
    expected: `${formatShape(rawShape)} by config.json`,
    hint: "config.json (vocab_size, widths, layers) and the weights must belong to one model",
  });
}
