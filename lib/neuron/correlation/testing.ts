/**
 * Neurons made by formula, for the tests of this folder.
 *
 * @module
 */
import type { NeuronSource } from "./sources.ts";
import type { TokenBlock } from "../token_blocks.ts";

/** What a made model is. */
export interface MadeModel {
  readonly label: string;
  readonly layers: number;
  readonly width: number;
  /** Activation of a neuron `layer · F + f` at a token. */
  readonly value: (neuron: number, token: number) => number;
}

/** A source whose activations depend on neuron and token id alone. */
export function madeSource({ label, layers, width, value }: MadeModel): NeuronSource {
  const read = (block: TokenBlock, asked: readonly number[]) =>
    Promise.resolve(asked.map((layer) => {
      const { data } = block.tokens;
      const values = new Float32Array(data.length * width);
      data.forEach((token, k) => {
        for (let f = 0; f < width; f++) values[k * width + f] = value(layer * width + f, token);
      });
      return values;
    }));
  const reader = { read, [Symbol.asyncDispose]: () => Promise.resolve() };
  return { label, layers, width, weightBytes: 0, open: () => Promise.resolve(reader) };
}

/** A number in (−1, 1) that looks random but is a function of both. */
export function mixed(neuron: number, token: number): number {
  const x = Math.sin(12.9898 * (neuron + 1) + 78.233 * (token + 1)) * 43758.5453;
  return 2 * (x - Math.floor(x)) - 1;
}

/** Pearson correlation over tokens, naive in float64. */
export function naivePearson(x: readonly number[], y: readonly number[]): number {
  const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
  const [mx, my] = [mean(x), mean(y)];
  const dot = (a: readonly number[], b: readonly number[], ma: number, mb: number) =>
    a.reduce((sum, value, i) => sum + (value - ma) * (b[i]! - mb), 0);
  return dot(x, y, mx, my) / Math.sqrt(dot(x, x, mx, mx) * dot(y, y, my, my));
}
