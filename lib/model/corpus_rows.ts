/**
 * The token rows that a script is asked to read, with the part of the corpus that each is from.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { openSafetensors } from "../store/format/safetensors.ts";
import { nearest } from "../nearest.ts";
import type { ModelConfig } from "./config/config.ts";
import { readTokenRows } from "./token_file.ts";
import { checkTokens, type Tokens } from "./tokens.ts";

/** Named parts of a corpus, such as those of the Pile. */
export interface Subsets {
  readonly names: readonly string[];
  /** i32 `[B]`, the place in `names` of each row's. */
  readonly ofRow: Int32Array;
}

/** Rows of a corpus. */
export interface CorpusRows {
  /** `[B, T]`. */
  readonly tokens: Tokens;
  /** Where the file has labels. */
  readonly subsets?: Subsets | undefined;
}

/** The values of `TOKEN_OPTIONS`. */
export interface AskedRows {
  /** Safetensors file with `tokens` int32 `[rows, ctx]` and, of labelled rows, `subset` int32 `[rows]`. */
  readonly tokens: string;
  /** Only the rows of this subset. */
  readonly subset?: string | undefined;
  /** Only the first rows of those. */
  readonly rows?: number | undefined;
}

/** What `make_dataset` writes beside the tokens: labels by number, their names in the metadata. */
async function readSubsets(path: string, rows: number): Promise<Subsets | undefined> {
  await using file = await openSafetensors(path);
  if (!file.names().includes("subset")) return undefined;
  const { data, shape } = await file.read("subset");
  const names = namesIn(file.metadata["subset_names"]);
  const isLabel = (label: number | bigint) => Number(label) >= 0 && Number(label) < names.length;
  const wrong = shape.join() === String(rows) && data instanceof Int32Array
    ? data.findIndex((label) => !isLabel(label))
    : 0;
  if (wrong < 0) return { names, ofRow: data as Int32Array };
  throw cannot("E-TOKENS", {
    do: "read the subsets of",
    thing: path,
    is: `${data.constructor.name} [${
      shape.join(", ")
    }] for ${names.length} names, wrong at ${wrong}`,
    expected: `int32 [${rows}], each the place of a name in the metadata's subset_names`,
    hint: "make the rows with un:make-dataset --subset",
  });
}

function namesIn(json: string | undefined): string[] {
  try {
    const names: unknown = JSON.parse(json ?? "[]");
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  } catch { /* No JSON is no list of names. */ }
  return [];
}

function chosen({ tokens, subsets }: CorpusRows, rows: readonly number[]): CorpusRows {
  const T = tokens.shape[1]!;
  const data = new Int32Array(rows.length * T);
  rows.forEach((row, i) => data.set(tokens.data.subarray(row * T, (row + 1) * T), i * T));
  return {
    tokens: { data, shape: [rows.length, T] },
    subsets: subsets && { ...subsets, ofRow: Int32Array.from(rows, (row) => subsets.ofRow[row]!) },
  };
}

function ofSubset(all: CorpusRows, { subset, tokens: path }: AskedRows): CorpusRows {
  if (subset === undefined) return all;
  const names = all.subsets?.names ?? [];
  const label = names.indexOf(subset);
  if (label >= 0) {
    const rows = [...all.subsets!.ofRow.keys()].filter((row) => all.subsets!.ofRow[row] === label);
    return chosen(all, rows);
  }
  const close = nearest(subset, names);
  throw cannot("E-TOKENS", {
    do: `take the rows of subset "${subset}" from`,
    thing: path,
    is: names.length > 0 ? `rows of ${names.join(", ")}` : "rows without subsets",
    expected: "one of the file's subsets",
    hint: close === undefined ? "leave --subset out, or label the rows" : `--subset ${close}`,
  });
}

/**
 * Reads rows and checks that every model can read them.
 *
 * @throws {NeuriteError} E-TOKENS for rows that a model cannot read, labels that name nothing and a
 * subset that is not there; the errors of the file.
 */
export async function readCorpusRows(
  asked: AskedRows,
  configs: readonly ModelConfig[],
): Promise<CorpusRows> {
  const tokens = await readTokenRows(asked.tokens, "tokens");
  const subsets = await readSubsets(asked.tokens, tokens.shape[0]!);
  const rows = ofSubset({ tokens, subsets }, asked);
  const taken = Math.min(asked.rows ?? Infinity, rows.tokens.shape[0]!);
  const first = chosen(rows, Array.from({ length: taken }, (_, row) => row));
  for (const config of configs) checkTokens(config, first.tokens);
  return first;
}
