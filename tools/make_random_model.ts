#!/usr/bin/env -S deno run --allow-write
// deno-lint-ignore-file no-console -- a tool that speaks to a terminal
/**
 * Writes a GPT-2-shaped model directory with seeded random weights: what the benchmarks run on when
 * no real checkpoint is at hand. GPT-2 small by default (124,439,808 parameters, 498 MB as F32).
 *
 *     deno run --allow-write tools/make_random_model.ts DIRECTORY [--seed 0] [--layers 12]
 *         [--width 768] [--heads 12] [--vocabulary 50257] [--positions 1024]
 *
 * Weights are normal with standard deviation 0.02, as GPT-2 is initialised; biases too, and layer
 * norm weights are 1 plus such a deviate, so that no term of the forward pass is trivially absent.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { elementCount } from "../lib/array.ts";
import { encodeSafetensorsHeader } from "../lib/store/format/safetensors_encode.ts";

/** The extents of a GPT-2. */
export interface Gpt2Shape {
  layers: number;
  width: number;
  heads: number;
  vocabulary: number;
  positions: number;
}

/** GPT-2 small. */
export const GPT2_SMALL: Gpt2Shape = {
  layers: 12,
  width: 768,
  heads: 12,
  vocabulary: 50257,
  positions: 1024,
};

const DEVIATION = 0.02;

/** Elements generated and written at a time: 4 MB. */
const CHUNK = 1 << 20;

/** Tensor names and shapes in file order, named as the Hub's `gpt2` names them. */
export function gpt2Tensors(shape: Gpt2Shape): Map<string, number[]> {
  const { layers, width: D, vocabulary, positions } = shape;
  const tensors = new Map([["wte.weight", [vocabulary, D]], ["wpe.weight", [positions, D]]]);
  for (let layer = 0; layer < layers; layer++) {
    const parts: [string, number[]][] = [
      ["ln_1.weight", [D]],
      ["ln_1.bias", [D]],
      ["attn.c_attn.weight", [D, 3 * D]],
      ["attn.c_attn.bias", [3 * D]],
      ["attn.c_proj.weight", [D, D]],
      ["attn.c_proj.bias", [D]],
      ["ln_2.weight", [D]],
      ["ln_2.bias", [D]],
      ["mlp.c_fc.weight", [D, 4 * D]],
      ["mlp.c_fc.bias", [4 * D]],
      ["mlp.c_proj.weight", [4 * D, D]],
      ["mlp.c_proj.bias", [D]],
    ];
    for (const [name, extents] of parts) tensors.set(`h.${layer}.${name}`, extents);
  }
  return tensors.set("ln_f.weight", [D]).set("ln_f.bias", [D]);
}

/** The `config.json` that transformers and neurite read. */
export function gpt2Config(shape: Gpt2Shape): Record<string, unknown> {
  return {
    activation_function: "gelu_new",
    architectures: ["GPT2LMHeadModel"],
    bos_token_id: shape.vocabulary - 1,
    eos_token_id: shape.vocabulary - 1,
    layer_norm_epsilon: 1e-5,
    model_type: "gpt2",
    n_embd: shape.width,
    n_head: shape.heads,
    n_inner: null,
    n_layer: shape.layers,
    n_positions: shape.positions,
    reorder_and_upcast_attn: false,
    scale_attn_by_inverse_layer_idx: false,
    scale_attn_weights: true,
    tie_word_embeddings: true,
    vocab_size: shape.vocabulary,
  };
}

/** The bytes before the weights in the model's safetensors file. */
export function safetensorsHeader(tensors: ReadonlyMap<string, number[]>): Uint8Array<ArrayBuffer> {
  const entries = [...tensors].map(([name, shape]) => {
    return { name, type: "F32" as const, shape, byteLength: 4 * elementCount(shape) };
  });
  return encodeSafetensorsHeader(entries, {});
}

/** Normal deviates from a 32-bit xorshift, filled two at a time (Box and Muller). */
export function normalFiller(seed: number): (target: Float32Array, mean: number) => void {
  // A xorshift stays at zero for ever; the odd constant keeps seed 0 away from it.
  let state = (Math.imul(seed, 0x9e3779b9) ^ 0x5bd1e995) | 1;
  const uniform = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return (target, mean) => {
    for (let index = 0; index < target.length; index += 2) {
      const radius = DEVIATION * Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      target[index] = mean + radius * Math.cos(angle);
      if (index + 1 < target.length) target[index + 1] = mean + radius * Math.sin(angle);
    }
  };
}

/** Writes `config.json` and `model.safetensors` into a directory, a few megabytes at a time. */
export async function makeRandomModel(
  directory: string,
  shape: Gpt2Shape = GPT2_SMALL,
  seed = 0,
): Promise<void> {
  const tensors = gpt2Tensors(shape);
  const fill = normalFiller(seed);
  await Deno.mkdir(directory, { recursive: true });
  await Deno.writeTextFile(
    join(directory, "config.json"),
    JSON.stringify(gpt2Config(shape), null, 2) + "\n",
  );
  const path = join(directory, "model.safetensors");
  // Deno.create would also ask for read permission.
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writer = file.writable.getWriter();
  await writer.write(safetensorsHeader(tensors));
  for (const [name, extents] of tensors) {
    const mean = /ln_\w\.weight$/.test(name) ? 1 : 0;
    for (let left = elementCount(extents); left > 0; left -= CHUNK) {
      const values = new Float32Array(Math.min(left, CHUNK));
      fill(values, mean);
      await writer.write(new Uint8Array(values.buffer));
    }
  }
  await writer.close();
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "0" },
      layers: { type: "string", default: `${GPT2_SMALL.layers}` },
      width: { type: "string", default: `${GPT2_SMALL.width}` },
      heads: { type: "string", default: `${GPT2_SMALL.heads}` },
      vocabulary: { type: "string", default: `${GPT2_SMALL.vocabulary}` },
      positions: { type: "string", default: `${GPT2_SMALL.positions}` },
    },
  });
  const [directory] = positionals;
  const numbers = Object.entries(values).map(([name, text]) => [name, Number(text)] as const);
  const wrong = numbers.find(([name, value]) =>
    !Number.isSafeInteger(value) || value < (name === "seed" ? 0 : 1)
  );
  if (directory === undefined || wrong) {
    console.error(wrong ? `--${wrong[0]} takes a whole number` : "name the DIRECTORY to write");
    Deno.exit(2);
  }
  const { seed, ...shape } = Object.fromEntries(numbers) as unknown as Gpt2Shape & { seed: number };
  await makeRandomModel(directory, shape, seed);
}
