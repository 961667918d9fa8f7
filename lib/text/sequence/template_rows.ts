import type { TextTokenizer } from "../../model/tokenizer.ts";
import { RandomStream } from "../../random.ts";
import { NOUNS } from "../nouns.ts";
import { twoDigits } from "../years.ts";
import { rowSources } from "./row_sources.ts";
import { ROWS, type SequenceRows } from "./sequence_rows.ts";
import { ITEMS, type Wording } from "./wordings.ts";

/**
 * The words that are one token after a space, so that any of them fits a sentence of fixed length:
 * with GPT-2's tokenizer every one. Where none is, all: what comes of them is then refused by length.
 */
function oneTokenWords(tokenizer: TextTokenizer, words: readonly string[]): readonly string[] {
  const kept = words.filter((word) => tokenizer.encode(` ${word}`).length === 1);
  return kept.length > 0 ? kept : words;
}

/**
 * Writes a task's sentences for YY from 02 to 98. The nouns of a seed are the same for every task.
 *
 * @throws {NeuriteError} E-PROMPTS when the tokenizer leaves no year to replace another with.
 */
export function templateRows(
  tokenizer: TextTokenizer,
  wording: Wording,
  seed: number,
): SequenceRows {
  const { century, bad, sentence, badSentence = sentence, replacesWholeYears } = wording;
  const nouns = oneTokenWords(tokenizer, NOUNS);
  const items = oneTokenWords(tokenizer, ITEMS);
  const stream = new RandomStream(seed, "generalization/nouns");
  const YY = Array.from({ length: ROWS }, (_, row) => row + 2);
  const years = YY.map((yy) => century + twoDigits(yy));
  const words = YY.map((_, row) => ({
    noun: nouns[stream.integer(row, nouns.length)]!,
    item: items[row % items.length]!,
  }));
  const sources = replacesWholeYears ? rowSources(tokenizer, years) : [...YY.keys()];
  const start = "<|endoftext|> ";
  return {
    good: sources.map((row) => start + sentence(words[row]!, years[row]!)),
    bad: sources.map((row) => start + badSentence(words[row]!, century + bad)),
    YY,
    written: sources.map((row) => YY[row]!),
  };
}
