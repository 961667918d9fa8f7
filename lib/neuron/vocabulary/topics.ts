/**
 * Topics of tokens from a file: the release's 63 topic columns of GPT-2 were never shipped, so a user
 * brings a table of one's own.
 *
 * @module
 */
import { resolve } from "node:path";
import { cannot } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";
import { readColumns } from "../../store/format/read_columns.ts";
import type { TokenFeature } from "./features.ts";

/** Columns that say whose row it is: by id, by decoded text; "" is pandas' index. */
const ID_COLUMNS = ["token", "token_id", "id", "", "Unnamed: 0"];
const TEXT_COLUMNS = ["token_string", "string", "token"];

type Columns = Readonly<Record<string, ArrayLike<unknown>>>;

function complain(path: string, is: string) {
  return cannot("E-FILE-CORRUPT", {
    do: "read topics",
    thing: path,
    is,
    expected: "a CSV or Parquet table of one row a token: an id in column token, or its text in " +
      "token_string, and topics as columns of true and false",
    hint: "write it with pandas: topics.to_csv(path), the index being token ids",
  });
}

/** A truth value as Python, pandas, JSON and spreadsheets write it. */
function truth(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = String(value);
  if (/^(true|1(\.0)?)$/i.test(text)) return true;
  return /^(false|0(\.0)?)$/i.test(text) ? false : undefined;
}

/** The ids of each row. */
function rowIds(path: string, columns: Columns, strings: readonly string[]): number[][] {
  const isId = (value: unknown) =>
    /^\d{1,9}$/.test(String(value)) && Number(value) < strings.length;
  const isIds = (name: string) => name in columns && Array.from(columns[name]!).every(isId);
  const byId = ID_COLUMNS.find(isIds);
  if (byId !== undefined) return Array.from(columns[byId]!, (id) => [Number(id)]);
  const byText = TEXT_COLUMNS.find((name) => name in columns);
  if (byText !== undefined) {
    const idsOf = Map.groupBy(strings.keys(), (id) => strings[id]!);
    const ids = Array.from(columns[byText]!, (text) => idsOf.get(String(text)) ?? []);
    if (ids.some((found) => found.length > 0)) return ids;
    throw complain(path, `${ids.length} rows, none of a token of this model`);
  }
  const rows = Object.values(columns)[0]?.length ?? 0;
  if (rows === strings.length) return Array.from({ length: rows }, (_, id) => [id]);
  throw complain(path, `${rows} rows of columns ${Object.keys(columns).slice(0, 5).map(quote)}`);
}

/**
 * Reads topics. Rows are told apart by a column of ids (`token`, `token_id`, `id` or pandas' unnamed
 * index), by one of decoded texts (`token_string`, `string`, `token`; all ids of that text), or are
 * those of ids 0 to V − 1 in order. Columns that are not all true or false (1 or 0) are no topics.
 *
 * @param strings `[V]`, each token decoded.
 * @throws {NeuriteError} E-FILE-CORRUPT for a table without topics or without a way to tell its rows;
 * E-FILE-….
 */
export async function readTopics(
  file: string,
  strings: readonly string[],
): Promise<TokenFeature[]> {
  const path = resolve(file);
  const columns = await readColumns(path);
  const ids = rowIds(path, columns, strings);
  const topics = Object.entries(columns).flatMap(([name, values]): TokenFeature[] => {
    if (ID_COLUMNS.includes(name) || TEXT_COLUMNS.includes(name)) return [];
    const truths = Array.from(values, truth);
    if (truths.includes(undefined)) return [];
    const holds = new Uint8Array(strings.length);
    truths.forEach((is, row) => {
      if (is) { for (const id of ids[row]!) holds[id] = 1; }
    });
    return [{ name, family: "topic", holds }];
  });
  if (topics.length > 0) return topics;
  throw complain(path, `no column of true and false among ${Object.keys(columns).length}`);
}
