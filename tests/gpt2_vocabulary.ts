/**
 * GPT-2's vocabulary for tests and benchmarks, which have no tokenizer of OpenAI's at hand: the r50k
 * ranks that gpt-tokenizer carries.
 *
 * @module
 */
import ranks from "gpt-tokenizer/bpeRanks/r50k_base";

/** Each of GPT-2's 50,257 tokens decoded alone; bytes that are no whole character are U+FFFD. */
export function gpt2Strings(): string[] {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const tokens = ranks.map((token) =>
    typeof token === "string" ? token : decoder.decode(Uint8Array.from(token))
  );
  return [...tokens, "<|endoftext|>"];
}
