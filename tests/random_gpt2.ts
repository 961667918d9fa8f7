/**
 * Small GPT-2s with random weights, large enough that every node matters: as a folder that
 * `loadModel` reads, and as the tensors in it.
 *
 * @module
 */
import { join } from "node:path";
import {
  gpt2Config,
  type Gpt2Shape,
  gpt2Tensors,
  safetensorsHeader,
} from "../tools/make_random_model.ts";
import { normal } from "./random.ts";

/** A model to make. */
export interface SmallGpt2 extends Gpt2Shape {
  seed: number;
  /** Whether scores are divided by the layer, counted from 1. */
  scalesByLayer: boolean;
}

/** Embeddings of order 1, products of order 1, biases and layer norms away from their neutral values. */
function weightsOf(shape: Gpt2Shape, seed: number): Map<string, Float32Array> {
  const tensors = new Map<string, Float32Array>();
  for (const [name, extents] of gpt2Tensors(shape)) {
    const inner = extents.length === 1 ? 16 : name.startsWith("w") ? 1 : extents[0]!;
    const { data } = normal(extents, seed + tensors.size, 1.5 / Math.sqrt(inner));
    const isScale = /ln_\w\.weight$/.test(name);
    tensors.set(name, isScale ? data.map((value) => 1 + value) : data);
  }
  return tensors;
}

/** Writes `config.json` and `model.safetensors` into a folder and returns the tensors. */
export async function writeSmallGpt2(
  directory: string,
  model: SmallGpt2,
): Promise<Map<string, Float32Array>> {
  const tensors = weightsOf(model, model.seed);
  const config = {
    ...gpt2Config(model),
    "scale_attn_by_inverse_layer_idx": model.scalesByLayer,
  };
  await Deno.writeTextFile(join(directory, "config.json"), JSON.stringify(config));
  const parts = [
    safetensorsHeader(gpt2Tensors(model)),
    ...tensors.values().map((data) => new Uint8Array(data.buffer as ArrayBuffer)),
  ];
  await Deno.writeFile(
    join(directory, "model.safetensors"),
    new Uint8Array(await new Blob(parts).arrayBuffer()),
  );
  return tensors;
}
