/**
 * From documents to the files of a token dataset.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { TextTokenizer } from "../../model/tokenizer.ts";
import { ROWS_PROBE, tokenizerProbe } from "../../model/tokenizer_probe.ts";
import { encodeListTable, type ListRows } from "../../store/format/list_table.ts";
import { streamSafetensors } from "../../store/format/safetensors_stream.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { correctedRows } from "./corrected_rows.ts";
import { originalRows } from "./original_rows.ts";
import type { RowCounts } from "./make_rows.ts";
import { rowOrder } from "./row_order.ts";
import { openRowStore, type RowStore } from "./row_store.ts";
import type { SpecialIds } from "./special_ids.ts";
import { SubsetNames } from "./subset_names.ts";
import { type Dropped, dropShort, type TextPiece } from "./text_piece.ts";

/** The ways of making rows; docs/make_dataset.md says how they differ. */
export const DATASET_MODES = ["corrected", "original"] as const;

/** What a dataset is made for and how. */
export interface DatasetOptions extends SpecialIds {
  readonly mode: typeof DATASET_MODES[number];
  readonly tokenizer: TextTokenizer;
  readonly vocabSize: number;
  /** See `tokenizerMayCut`. */
  readonly mayCut: boolean;
  /** Tokens a row, BOS included. */
  readonly ctx: number;
  readonly prependBos: boolean;
  /** Shorter documents are left out, in characters. */
  readonly leastCharacters: number;
  /** The seed of the shuffle, or undefined for the order of the corpus. */
  readonly shuffle?: number | undefined;
  /** The most rows. */
  readonly rows?: number | undefined;
  /** Whether `tables/rows.parquet` is written as well. */
  readonly parquet: boolean;
  /** Into the metadata of the files. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** UTF-16 units encoded at a time; changes no result. */
  readonly pieceLength?: number;
}

/** Tokens a row group of the Parquet file. */
const GROUP_TOKENS = 1 << 16;

/**
 * Tokenises documents and writes `tokens.safetensors` (`tokens` int32 `[rows, ctx]`, `subset` int32
 * `[rows]` where documents have labels) and `tables/rows.parquet` into a run.
 *
 * @returns the numbers of summary.json.
 * @throws {NeuriteError} E-CORPUS when the text fills no row; E-TOKENS for ids outside the
 * vocabulary; E-FILE-FULL; what the pieces throw.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 * import { openRun } from "neurite/lib/store/run/run_folder.ts";
 * import { buildDataset } from "neurite/lib/text/corpus/build_dataset.ts";
 * import { readCorpus } from "neurite/lib/text/corpus/corpus.ts";
 * import { openCorpus } from "neurite/lib/text/corpus/open_corpus.ts";
 *
 * const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
 * const { sources, inputs } = await openCorpus(["cache/text/sample.txt"]);
 * const folder = await Deno.makeTempDir();
 * {
 *   await using run = await openRun(folder, { script: "example", options: {}, inputs });
 *   const { rows } = await buildDataset(run, readCorpus(sources), {
 *     mode: "corrected", tokenizer, vocabSize: 4096, mayCut: true, bos: 0, eos: 0,
 *     ctx: 128, prependBos: true, leastCharacters: 0, rows: 10, parquet: false,
 *   });
 *   if (rows !== 10) throw new Error("unreachable");
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function buildDataset(
  run: RunFolder,
  pieces: AsyncIterable<TextPiece>,
  options: DatasetOptions,
): Promise<SummaryNumbers> {
  const { mode, ctx, bos, eos, prependBos, leastCharacters, shuffle, rows } = options;
  await using store = await openRowStore(run.directory, ctx);
  const subsets = new SubsetNames();
  const dropped: Dropped = { documents: 0, characters: 0 };
  const makeRows = mode === "original" ? originalRows : correctedRows;
  const counts = await makeRows(dropShort(pieces, leastCharacters, dropped), {
    ...options,
    bos: prependBos ? bos : undefined,
    separator: eos,
    store,
    subsets,
    scratchFolder: run.directory,
    // A shuffle draws from all rows, so all must be made.
    ...(rows !== undefined && shuffle === undefined ? { enough: rows } : {}),
  });
  checkCounts(store, counts, dropped, prependBos);
  const order = rowOrder(store.count, { shuffle, rows });
  const labels = store.subsets(order);
  await writeRows(run, store, { order, labels, names: subsets.names, options });
  const rowsOf = subsets.names.map((name, index) =>
    [name, labels.reduce((sum, label) => sum + Number(label === index), 0)] as const
  );
  return {
    rows: order.length,
    ctx,
    tokens: order.length * ctx,
    "rows_left_out": store.count - order.length,
    read: {
      documents: counts.documents,
      characters: counts.characters,
      tokens: counts.tokens,
      separators: counts.separators,
      "separators_in_text": counts.separatorsInText,
      "separators_dropped": counts.separatorsDropped,
      "tokens_in_no_row": counts.remainder,
    },
    "short_documents_dropped": dropped.documents,
    "subset_rows": Object.fromEntries(rowsOf),
  };
}

function checkCounts(
  store: RowStore,
  { documents, tokens }: RowCounts,
  dropped: Dropped,
  prependBos: boolean,
): void {
  if (store.count > 0) return;
  const wanted = store.ctx - Number(prependBos);
  throw cannot("E-CORPUS", {
    do: "fill rows of",
    thing: `${store.ctx} tokens`,
    is: documents === 0
      ? `an empty corpus${dropped.documents > 0 ? `, ${dropped.documents} short documents` : ""}`
      : `${documents} documents with ${tokens} tokens`,
    expected: `at least ${wanted} tokens of text${prependBos ? " beside BOS" : ""}`,
    hint: "give more text, a smaller --ctx or a smaller --min-characters",
  });
}

interface Ordered {
  readonly order: Int32Array;
  readonly labels: Int32Array<ArrayBuffer>;
  readonly names: readonly string[];
  readonly options: DatasetOptions;
}

async function writeRows(
  run: RunFolder,
  store: RowStore,
  { order, labels, names, options }: Ordered,
): Promise<void> {
  const { ctx, bos, mode, prependBos, parquet, signal, tokenizer } = options;
  const metadata = {
    ...options.metadata,
    [ROWS_PROBE]: tokenizerProbe(tokenizer),
    mode,
    ctx: String(ctx),
    ...(prependBos ? { bos_token_id: String(bos) } : {}),
    ...(names.length > 0 ? { subset_names: JSON.stringify(names) } : {}),
  };
  async function* tokens() {
    for await (const block of store.blocks(order)) {
      signal?.throwIfAborted();
      yield new Uint8Array(block.buffer);
    }
  }
  async function* groups(): AsyncGenerator<ListRows> {
    let first = 0;
    for await (const block of store.blocks(order, 4 * GROUP_TOKENS)) {
      signal?.throwIfAborted();
      const lists = Array.from(
        { length: block.length / ctx },
        (_, row) => block.subarray(row * ctx, (row + 1) * ctx),
      );
      const labelled = Array.from(
        labels.subarray(first, first + lists.length),
        (label) => names[label]!,
      );
      yield { lists, ...(names.length > 0 && { labels: labelled }) };
      first += lists.length;
    }
  }
  const rows = order.length;
  const subset = {
    type: "I32",
    shape: [rows],
    chunks: () => [new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength)],
  } as const;
  await run.writeFile(
    "tokens.safetensors",
    streamSafetensors({
      tokens: { type: "I32", shape: [rows, ctx], chunks: tokens },
      ...(names.length > 0 && { subset }),
    }, metadata),
  );
  if (!parquet) return;
  const columns = { list: "tokens", label: names.length > 0 ? "subset" : undefined };
  await run.writeFile("tables/rows.parquet", encodeListTable(columns, groups(), metadata));
}
