import type { HostArray } from "../../lib/array.ts";
import { RandomStream } from "../../lib/random.ts";

/**
 * Prompts of the year sentence's shape in GPT-2's token ids, for models that have no tokenizer: 13
 * tokens, one of 120 nouns and 9 centuries, YY from 02 to 98 in turn, `01` in the bad ones.
 */
export function yearLikePrompts(count: number): Record<string, HostArray<Int32Array>> {
  const stream = new RandomStream(0, "year-like");
  const template = [50256, 383, 0, 15436, 422, 262, 614, 0, 0, 284, 262, 614, 0];
  const rows = (digits: (row: number) => number) =>
    Int32Array.from({ length: count * template.length }, (_, i) => {
      const [row, position] = [Math.floor(i / template.length), i % template.length];
      if (position === 2) return 10_000 + stream.integer(2 * row, 120);
      if (position === 7 || position === 12) return 838 + stream.integer(2 * row + 1, 9);
      return position === 8 ? yearToken(digits(row)) : template[position]!;
    });
  const YY = Int32Array.from({ length: count }, (_, row) => 2 + row % 97);
  const shape = [count, template.length];
  return {
    "good_tokens": { data: rows((row) => YY[row]!), shape },
    "bad_tokens": { data: rows(() => 1), shape },
    YY: { data: YY, shape: [count] },
    "year_token_ids": {
      data: Int32Array.from({ length: 100 }, (_, y) => yearToken(y)),
      shape: [100],
    },
  };
}

/** Distinct ids below 6,660, as those of `00` to `99` are. */
function yearToken(year: number): number {
  return 405 + 61 * year;
}
