/**
 * Labels of a corpus as a run: made once, read by every model of the same tokenizer.
 *
 * @module
 */
import { sha256 } from "../../store/hash.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { TextTokenizer } from "../../model/tokenizer.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { TableColumn } from "../../store/format/table.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { Labelling } from "../labels/labelling.ts";
import { tokenStrings } from "../vocabulary/token_strings.ts";
import type { TagColumn } from "./columns.ts";
import { corpusDocuments } from "./label_rows.ts";
import type { TokenTexts } from "./row_documents.ts";

/** How a model's ids are turned to text. */
export function tokenTexts(
  { vocabSize, bosTokenId, eosTokenId }: Pick<
    ModelConfig,
    "vocabSize" | "bosTokenId" | "eosTokenId"
  >,
  tokenizer: TextTokenizer,
): TokenTexts {
  const special = [bosTokenId, eosTokenId].filter((id) => id !== null);
  return {
    strings: tokenStrings(tokenizer, vocabSize),
    decode: (ids) => tokenizer.decode(ids),
    special: new Set(special),
  };
}

/** The sha256 of a vocabulary's texts, by which tags know their tokenizer. */
export function vocabularyHash(strings: readonly string[]): string {
  // Embeddings are often padded beyond the tokenizer.
  const last = strings.findLastIndex((string) => string !== "");
  return sha256(JSON.stringify(strings.slice(0, last + 1)));
}

/** Documents as JSON lines, to be tagged elsewhere: `{"document": 0, "row": 0, "text": "…"}`. */
export async function* documentLines(
  tokens: Tokens,
  texts: TokenTexts,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const { row, index, document: { text } } of corpusDocuments(tokens, texts)) {
    yield await Promise.resolve(
      encoder.encode(JSON.stringify({ document: index, row, text }) + "\n"),
    );
  }
}

/** A column of the labels with how many positions it holds of. */
export interface CountedColumn extends TagColumn {
  readonly positions: number;
}

/** How many positions each column holds of. */
export function countColumns(
  { codes, groups, features }: Labelling,
  columns: readonly TagColumn[],
): CountedColumn[] {
  const counts = new Float64Array(groups);
  for (const code of codes) counts[code]!++;
  return columns.map((column, f) => ({
    ...column,
    positions: features[f]!.holds.reduce((sum, holds, group) => sum + holds * counts[group]!, 0),
  }));
}

function featureTable(columns: readonly CountedColumn[], positions: number): TableColumn[] {
  const text = (name: string, of: (column: CountedColumn) => string): TableColumn => ({
    name,
    type: "string",
    values: columns.map(of),
  });
  const number = (name: string, of: (column: CountedColumn) => number): TableColumn => ({
    name,
    type: "float64",
    values: columns.map(of),
  });
  return [
    text("feature", ({ name }) => name),
    text("family", ({ family }) => family),
    text("tagger", ({ tagger }) => tagger),
    number("positions", ({ positions }) => positions),
    number("share", (column) => column.positions / positions),
  ];
}

/** What a run of tags consists of. */
export interface CorpusTags {
  readonly tokens: Tokens;
  readonly labelling: Labelling;
  readonly columns: readonly CountedColumn[];
  /** The tagger in words. */
  readonly tagger: string;
  readonly strings: readonly string[];
  /** The release's columns that this tagger cannot give. */
  readonly absent: readonly string[];
}

/**
 * Writes `arrays.safetensors` (`tokens` and `codes` i32 `[B, T]`, `group_features` u8 `[groups, F]`),
 * `tables/features.parquet` and `summary.json`.
 */
export async function writeTags(run: RunFolder, tags: CorpusTags): Promise<void> {
  const { tokens, labelling: { codes, groups, features }, columns, tagger, absent } = tags;
  const F = features.length;
  const holds = new Uint8Array(groups * F);
  features.forEach((feature, f) =>
    feature.holds.forEach((held, group) => holds[group * F + f] = held)
  );
  await run.writeArrays({
    tokens,
    codes: { data: codes, shape: tokens.shape },
    "group_features": { data: holds, shape: [groups, F] },
  });
  const positions = tokens.data.length;
  await run.writeTable("features", featureTable(columns, positions));
  const shares = columns.map(({ name, positions: held }) => [name, held / positions]);
  const summary: SummaryNumbers = {
    tokens: positions,
    rows: tokens.shape[0]!,
    groups,
    tagger,
    "vocabulary_sha256": vocabularyHash(tags.strings),
    shares: Object.fromEntries(shares),
    absent: absent.join(" "),
  };
  await run.writeSummary(summary);
}
