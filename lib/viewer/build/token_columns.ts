/**
 * Columns of tokens, which a search for a token looks through.
 *
 * @module
 */
import type { SafetensorsFile } from "../../store/format/safetensors.ts";
import type { ColumnInfo } from "../format.ts";
import type { ShownColumn } from "./columns.ts";
import { neuronArrays } from "./neuron_blocks.ts";

/** Neurons read at a time: rankings of all tokens may be long. */
const BLOCK = 4096;

/** Name, title and description of each, by the array whose first entry it is. */
const FROM_SUMMARY = {
  "vocab_mean_ix": ["top_token", "top token", "The token of the largest mean activation."],
  "vocab_max_ix": ["max_token", "max token", "The token of the largest activation."],
} as const;
const FROM_WEIGHTS = {
  "U_out_top_ix": ["promoted_token", "promoted token", "The token that the output promotes most."],
  "U_out_bottom_ix": [
    "suppressed_token",
    "suppressed token",
    "The token that the output suppresses most.",
  ],
} as const;

/** The first token of a ranking for every neuron; null where there is none. */
async function firstTokens(
  file: SafetensorsFile,
  name: string,
  { neurons, vocabSize }: TokenSizes,
): Promise<(number | null)[]> {
  const arrays = neuronArrays(file, neurons, { [name]: undefined });
  const values: (number | null)[] = [];
  for (let first = 0; first < neurons; first += BLOCK) {
    const count = Math.min(BLOCK, neurons - first);
    const rows = (await arrays.read(first, count))[name]!;
    for (let i = 0; i < count; i++) {
      const id = rows.of(i)[0] ?? -1;
      values.push(id >= 0 && id < vocabSize ? id : null);
    }
  }
  return values;
}

/** Sizes of the model: L·F and V. */
export interface TokenSizes {
  readonly neurons: number;
  readonly vocabSize: number;
}

/** The columns of a summary's or of weights' arrays; none where these do not rank tokens. */
export async function tokenColumns(
  file: SafetensorsFile,
  from: "summary" | "weights",
  sizes: TokenSizes,
): Promise<ShownColumn[]> {
  const there = new Set(file.names());
  const columns: ShownColumn[] = [];
  for (const [array, text] of Object.entries(from === "summary" ? FROM_SUMMARY : FROM_WEIGHTS)) {
    if (!there.has(array)) continue;
    const [name, title, description] = text;
    const values = await firstTokens(file, array, sizes);
    const ids = values.filter((id) => id !== null);
    if (ids.length === 0) continue;
    const range = ids.reduce(
      ({ min, max }, id) => ({ min: Math.min(min, id), max: Math.max(max, id) }),
      { min: Infinity, max: -Infinity },
    );
    const info: ColumnInfo = { name, title, description, kind: "token", ...range };
    columns.push({ info, values });
  }
  return columns;
}
