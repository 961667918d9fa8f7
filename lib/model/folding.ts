/**
 * Folded and centred weights: what a model computes, written with as little freedom as possible, so
 * that norms and cosines of its weights mean something (spec/universal_neurons.md section 0.2; the
 * defaults of TransformerLens' `from_pretrained`).
 *
 * Layer norms lose their weight and bias to the matrices that read them, what layer norm removes is
 * removed from the weights that write to the residual, and the logits' common part is taken out.
 * Log-probabilities stay as they were; activations of neurons too.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { countNonFinite, type WeightSource } from "./checkpoint/weights.ts";

/** Rows `[count, D]` of a folded vocabulary matrix; the array is the caller's own. */
export type RowReader = (start: number, count: number) => Float64Array;

/** The matrices whose rows are tokens. */
export type VocabularyMatrix = "embed.W_E" | "unembed.W_U";

/** Folded weights, in float64, each made when it is read. */
export interface FoldedWeights {
  /**
   * The names of {@linkcode WeightSource} without layer norms and `b_V`, which have nothing left in
   * them, and with `unembed.b_U`.
   */
  readonly names: readonly string[];
  /**
   * Extents of a weight, those of the raw one; `unembed.b_U` is `[V]`.
   *
   * @throws {NeuriteError} `E-CHECKPOINT` for an unknown name, naming the nearest.
   */
  shape(name: string): readonly number[];
  /**
   * Reads and folds one weight. The array is the caller's own.
   *
   * @throws {NeuriteError} `E-CHECKPOINT` for an unknown name and for a weight with NaN or infinity.
   */
  read(name: string): Promise<Float64Array>;
  /** A vocabulary matrix by rows, so that its float64 form is never whole. */
  rows(name: VocabularyMatrix): Promise<RowReader>;
}

type Read = (name: string) => Promise<Float32Array>;

interface Recipe {
  readonly shape: readonly number[];
  readonly make: () => Promise<Float64Array>;
}

/**
 * The folded and centred form of a model's weights, GPT-2 or GPT-NeoX.
 *
 * - `W_in[d, :] ← W_in[d, :]·ln2.w[d]`, less the column's mean over d;
 *   `b_in ← b_in + Σ_d W_in[d, :]·ln2.b[d]` with the raw W_in. `W_Q`, `W_K`, `W_V` and their biases
 *   likewise with ln1.
 * - `W_U[v, d] ← W_U[v, d]·ln_final.w[d]`, less its mean over d, less its mean over v;
 *   `b_U[v] ← Σ_d W_U[v, d]·ln_final.b[d]`, less its mean over v.
 * - Rows of `W_E`, `W_pos`, `W_O`, `W_out`, and `b_O`, `b_out`, less their mean over D.
 * - `b_O ← b_O + b_V · W_O`, and `b_V` becomes 0.
 *
 * Rows of `W_U` are tokens here. Nothing is read before it is asked for.
 *
 * @example Usage
 * ```ts
 * import { openCheckpoint } from "neurite/lib/model/checkpoint/checkpoint.ts";
 * import { openWeights } from "neurite/lib/model/checkpoint/weights.ts";
 * import { readConfig } from "neurite/lib/model/config/read_config.ts";
 * import { foldWeights } from "neurite/lib/model/folding.ts";
 *
 * const directory = "cache/models/tiny-gpt2-a";
 * await using checkpoint = await openCheckpoint(directory);
 * const folded = foldWeights(openWeights(checkpoint, await readConfig(directory)));
 * const row = (await folded.read("blocks.3.mlp.W_out")).subarray(0, 128);
 * if (Math.abs(row.reduce((a, b) => a + b, 0)) > 1e-12) throw new Error("unreachable");
 * ```
 */
export function foldWeights(weights: WeightSource): FoldedWeights {
  const read: Read = (name) => readFinite(weights, name);
  const recipes = new Map<string, Recipe>();
  for (const name of weights.names) {
    const make = makerOf(read, name);
    if (make) recipes.set(name, { shape: weights.shape(name), make });
  }
  const V = weights.shape("unembed.W_U")[0]!;
  recipes.set("unembed.b_U", { shape: [V], make: () => unembeddingBias(read) });
  return {
    names: [...recipes.keys()],
    shape: (name) => recipeOf(recipes, name).shape,
    read: async (name) => await recipeOf(recipes, name).make(),
    rows: (name) => vocabularyRows(read, name),
  };
}

/** How a weight is folded, by its name; undefined where nothing of it is left. */
function makerOf(read: Read, name: string): Recipe["make"] | undefined {
  const [, block = "", part] = /^(blocks\.\d+\.)?(.+)$/.exec(name)!;
  switch (part) {
    case "attn.W_Q":
    case "attn.W_K":
    case "attn.W_V":
      return () => readerMatrix(read, name, `${block}ln1`);
    case "attn.b_Q":
    case "attn.b_K":
      return () => readerBias(read, name, `${block}ln1`);
    case "mlp.W_in":
      return () => readerMatrix(read, name, `${block}ln2`);
    case "mlp.b_in":
      return () => readerBias(read, name, `${block}ln2`);
    case "attn.W_O":
    case "mlp.W_out":
    case "mlp.b_out":
    case "pos_embed.W_pos":
      return async () => centreRows(Float64Array.from(await read(name)), await widthOf(read));
    case "attn.b_O":
      return () => attentionBias(read, block);
    case "embed.W_E":
    case "unembed.W_U":
      return async () => {
        const raw = await read(name);
        return (await vocabularyRows(read, part, raw))(0, raw.length / await widthOf(read));
      };
    default:
      return undefined;
  }
}

/** D, by the smallest weight that has it. */
async function widthOf(read: Read): Promise<number> {
  return (await read("ln_final.w")).length;
}

async function readFinite(weights: WeightSource, name: string): Promise<Float32Array> {
  const data = await weights.read(name);
  const bad = countNonFinite(data);
  if (bad === 0) return data;
  throw cannot("E-CHECKPOINT", {
    do: "fold weight",
    thing: name,
    is: `NaN or infinite in ${bad} of ${data.length} values`,
    expected: "finite values, because centring spreads one over all",
    hint: "fetch the model again, or choose another",
  });
}

function recipeOf(recipes: ReadonlyMap<string, Recipe>, name: string): Recipe {
  const recipe = recipes.get(name);
  if (recipe) return recipe;
  const close = nearest(name, recipes.keys());
  throw cannot("E-CHECKPOINT", {
    do: "fold weight",
    thing: name,
    is: "no folded weight of this model",
    expected: close === undefined ? "one of its names" : `one of its names, nearest is "${close}"`,
    hint: "layer norms and b_V are part of other weights once folded",
  });
}

/** `[rows, width]` in place: each row less its mean. */
function centreRows(data: Float64Array, width: number): Float64Array {
  for (let start = 0; start < data.length; start += width) {
    let mean = 0;
    for (let i = start; i < start + width; i++) mean += data[i]!;
    mean /= width;
    for (let i = start; i < start + width; i++) data[i]! -= mean;
  }
  return data;
}

/** `row [K] · matrix [K, M]`. */
function rowTimes(row: ArrayLike<number>, matrix: ArrayLike<number>): Float64Array {
  const width = matrix.length / row.length;
  const result = new Float64Array(width);
  for (let k = 0; k < row.length; k++) {
    const factor = row[k]!;
    for (let j = 0; j < width; j++) result[j]! += factor * matrix[k * width + j]!;
  }
  return result;
}

/** A matrix `[D, M]` that reads a normalised residual: scaled by D, then less its columns' means. */
async function readerMatrix(read: Read, name: string, norm: string): Promise<Float64Array> {
  const gain = await read(`${norm}.w`);
  const raw = await read(name);
  const D = gain.length;
  const width = raw.length / D;
  const means = rowTimes(gain, raw).map((sum) => sum / D);
  const folded = new Float64Array(raw.length);
  for (let d = 0; d < D; d++) {
    for (let j = 0; j < width; j++) {
      folded[d * width + j] = raw[d * width + j]! * gain[d]! - means[j]!;
    }
  }
  return folded;
}

/** The bias of such a matrix, with what the layer norm's bias gives through it. */
async function readerBias(read: Read, name: string, norm: string): Promise<Float64Array> {
  const own = await read(name);
  const shift = await read(`${norm}.b`);
  const given = rowTimes(shift, await read(name.replace(/b_(\w+)$/, "W_$1")));
  return given.map((value, j) => value + own[j]!);
}

/** `b_O`, with what the heads' value biases always write. */
async function attentionBias(read: Read, block: string): Promise<Float64Array> {
  const own = Float64Array.from(await read(`${block}attn.b_O`));
  const values = await readerBias(read, `${block}attn.b_V`, `${block}ln1`);
  const written = rowTimes(values, await read(`${block}attn.W_O`));
  return centreRows(own.map((value, d) => value + written[d]!), own.length);
}

/** Rows of `W_E`, centred, or of `W_U`, folded and centred twice. */
async function vocabularyRows(
  read: Read,
  name: VocabularyMatrix,
  given?: Float32Array,
): Promise<RowReader> {
  const raw = given ?? await read(name);
  const D = await widthOf(read);
  if (name === "embed.W_E") {
    return (start, count) =>
      centreRows(Float64Array.from(raw.subarray(start * D, (start + count) * D)), D);
  }
  const gain = await read("ln_final.w");
  const mean = new Float64Array(D);
  for (let at = 0; at < raw.length; at += D) {
    for (let d = 0; d < D; d++) mean[d]! += raw[at + d]!;
  }
  const centre = mean.map((sum) => sum / (raw.length / D));
  return (start, count) => {
    const rows = new Float64Array(count * D);
    // Less the mean over tokens before the mean over D: both are linear, so the order is free.
    for (let i = 0; i < rows.length; i++) {
      rows[i] = (raw[start * D + i]! - centre[i % D]!) * gain[i % D]!;
    }
    return centreRows(rows, D);
  };
}

async function unembeddingBias(read: Read): Promise<Float64Array> {
  const shift = await read("ln_final.b");
  const raw = await read("unembed.W_U");
  const D = shift.length;
  const bias = new Float64Array(raw.length / D);
  for (let v = 0; v < bias.length; v++) {
    for (let d = 0; d < D; d++) bias[v]! += raw[v * D + d]! * shift[d]!;
  }
  return centreRows(bias, bias.length);
}
