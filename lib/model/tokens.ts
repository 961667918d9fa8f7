import { formatShape, type HostArray } from "../array.ts";
import { cannot } from "../errors.ts";
import type { ModelConfig } from "./config/config.ts";

/** Token ids of a run, `[B, T]`. */
export type Tokens = HostArray<Int32Array>;

/**
 * Checks token rows against a model's context and vocabulary.
 *
 * @throws {NeuriteError} E-TOKENS for a wrong shape, a row longer than the context, or an id outside
 * the vocabulary, naming the first.
 */
export function checkTokens(config: ModelConfig, { data, shape }: Tokens): [number, number] {
  const complain = (thing: string, is: string, expected: string, hint: string) =>
    cannot("E-TOKENS", { do: "run on", thing, is, expected, hint });
  if (shape.length !== 2 || shape.includes(0)) {
    throw complain(
      "tokens",
      `shape ${formatShape(shape)}`,
      "[B, T] with B ≥ 1 and T ≥ 1",
      "give one row a prompt",
    );
  }
  const [B, T] = shape as [number, number];
  if (T > config.nPositions) {
    throw complain(
      "tokens",
      `${T} positions a row`,
      `at most ${config.nPositions}, the model's context`,
      "cut the rows shorter or use a model with a longer context",
    );
  }
  const wrong = data.findIndex((id) => id < 0 || id >= config.vocabSize);
  if (wrong >= 0) {
    throw complain(
      `token ${data[wrong]}`,
      `an id outside the vocabulary, in row ${Math.floor(wrong / T)} at position ${wrong % T}`,
      `0 to ${config.vocabSize - 1}`,
      "make the tokens with this model's own tokenizer",
    );
  }
  return [B, T];
}
