/**
 * The neurons that a report shows, with their tokens as text.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { findTokenizer, type TextTokenizer } from "../../model/tokenizer.ts";
import type { Tokens } from "../../model/tokens.ts";
import { quotedTokens } from "../quoted_tokens.ts";
import { PRE_BINS } from "./bins.ts";
import type { ActivityColumns } from "./neuron_table.ts";

const TOKENS_SHOWN = 6;
/** Tokens before the largest activation that are shown with it. */
const CONTEXT = 8;

/** A neuron that is extreme in some way. */
export interface StandingNeuron {
  /** Flat index. */
  readonly index: number;
  /** `layer.index`. */
  readonly name: string;
  readonly why: string;
  /** `[257]`. */
  readonly counts: Int32Array;
}

/** Extremes of the columns, a neuron once, the first where several are equal. */
export function standingNeurons(
  columns: ActivityColumns,
  bins: HostArray,
  width: number,
): StandingNeuron[] {
  const wanted = [
    ["largest kurtosis", columns.kurt, 1],
    ["smallest kurtosis", columns.kurt, -1],
    ["largest skew", columns.skew, 1],
    ["smallest skew", columns.skew, -1],
    ["most often active", columns.sparsity, 1],
    ["least often active", columns.sparsity, -1],
  ] as const;
  const taken = new Set<number>();
  return wanted.flatMap(([why, values, sign]) => {
    let best = -1;
    values.forEach((value, i) => {
      if (taken.has(i) || !Number.isFinite(value)) return;
      if (best < 0 || sign * value > sign * values[best]!) best = i;
    });
    if (best < 0) return [];
    taken.add(best);
    const name = `${Math.floor(best / width)}.${best % width}`;
    const counts = (bins.data as Int32Array).subarray(best * PRE_BINS, (best + 1) * PRE_BINS);
    return [{ index: best, name, why: `${why}, ${values[best]!.toPrecision(3)}`, counts }];
  });
}

/** Arrays that the table is made of, those of the run. */
export interface TokenArrays {
  readonly values: HostArray;
  readonly offsets: HostArray;
  /** Tokens of the largest means, where only these were kept. */
  readonly means?: HostArray | undefined;
}

/** The shown neurons with their tokens as text, or as ids where there is no tokenizer. */
export async function tokenTable(
  directory: string,
  neurons: readonly StandingNeuron[],
  { tokens, arrays }: { tokens: Tokens; arrays: TokenArrays },
) {
  const tokenizer = await findTokenizer(directory);
  const { values, offsets, means } = arrays;
  const perNeuron = offsets.shape[1]!;
  return {
    caption: "Their tokens",
    columns: [
      "neuron",
      "chosen for",
      ...(means ? ["tokens of the largest mean"] : []),
      "largest activation",
      "its token, and those before it",
    ],
    rows: neurons.map(({ index, name, why }) => [
      name,
      why,
      ...(means ? [listed(tokenizer, rowOf(means, index).slice(0, TOKENS_SHOWN))] : []),
      Number(rowOf(values, index)[0]).toPrecision(4),
      context(tokenizer, tokens, Number(offsets.data[index * perNeuron])),
    ]),
  };
}

function rowOf({ data, shape }: HostArray, row: number): number[] {
  const width = shape[1]!;
  return Array.from({ length: width }, (_, i) => Number(data[row * width + i]));
}

function listed(tokenizer: TextTokenizer | undefined, ids: readonly number[]): string {
  return ids.filter((id) => id >= 0).map((id) => quotedTokens(tokenizer, [id])).join(" ");
}

function context(tokenizer: TextTokenizer | undefined, { data, shape }: Tokens, offset: number) {
  if (offset < 0) return "";
  const T = shape[1]!;
  const start = Math.max(offset - CONTEXT, Math.floor(offset / T) * T);
  return quotedTokens(tokenizer, [...data.subarray(start, offset + 1)]);
}
