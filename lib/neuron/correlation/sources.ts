/**
 * Where activations come from: a model that runs on a block of tokens.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import type { NeuronShape } from "./plan.ts";
import type { Activations } from "./standard.ts";
import type { TokenBlock } from "../token_blocks.ts";

/** Gives the activations of a model. */
export interface NeuronReader extends AsyncDisposable {
  /** `[positions, F]` of each layer asked, in that order. */
  read(block: TokenBlock, layers: readonly number[]): Promise<Activations[]>;
}

/** A model whose neurons are correlated, opened where it is needed. */
export interface NeuronSource extends NeuronShape {
  /** Names it in results and seeds. */
  readonly label: string;
  /** Loads it. Disposing the reader frees it. */
  open(): Promise<NeuronReader>;
}

/** Reads a model's activations after the nonlinearity (`hook_post`, spec/universal_neurons 0.3). */
export function readNeurons(model: Model, owns: "model" | "nothing"): NeuronReader {
  return {
    async read(block, layers) {
      const names = layers.map((layer) => `blocks.${layer}.mlp.hook_post`);
      const read: Record<string, HostArray> = await runWithHooks(model, block.tokens, {
        read: names,
      });
      return names.map((name) => read[name]!.data as Activations);
    },
    async [Symbol.asyncDispose]() {
      if (owns === "model") await model[Symbol.asyncDispose]();
    },
  };
}
