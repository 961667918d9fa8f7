/**
 * How far a cache is written: what a stopped or killed run goes on from.
 *
 * @module
 */
import { note } from "../../cli/log.ts";
import { NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import { writeAtomic } from "../../store/atomic.ts";
import { stableJson } from "../../store/format/json.ts";
import { readSmallFile } from "../../store/format/range_file.ts";
import type { ValueCounts } from "./fill.ts";

const SCHEMA = "neurite.activations-progress/1";
const MOST_BYTES = 4096;

/** Sums over the rows written, in their order. */
export interface RunSums extends ValueCounts {
  loss: number;
  entropy: number;
  rank: number;
}

/** Rows whose values are all on the disk. */
export interface Written {
  /** Of the run; the rows of any other are worth nothing. */
  readonly identity: string;
  readonly rows: number;
  readonly sums: RunSums;
}

/** Sums over nothing. */
export function noSums(): RunSums {
  return { overflowed: 0, nonFinite: 0, loss: 0, entropy: 0, rank: 0 };
}

/** Says that rows are written, in place of what was said before. */
export async function writeProgress(path: string, written: Written): Promise<void> {
  const { identity, rows, sums } = written;
  // A model of NaN weights has a loss of NaN, which JSON lacks.
  const texts = Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, String(sum)]));
  await writeAtomic(path, stableJson({ schema: SCHEMA, identity, rows, sums: texts }));
}

/**
 * What was last said, or undefined where nothing was. A damaged record counts as none, and is said.
 *
 * @throws {NeuriteError} E-FILE-PERMISSION.
 */
export async function readProgress(path: string): Promise<Written | undefined> {
  try {
    const bytes = await readSmallFile(path, MOST_BYTES);
    const written = parse(new TextDecoder().decode(bytes));
    if (written) return written;
  } catch (error) {
    const code = error instanceof NeuriteError ? error.code : undefined;
    if (code === "E-FILE-MISSING") return undefined;
    if (code !== "E-FILE-CORRUPT") throw explainSystemError(error, { do: "read", thing: path });
  }
  note(`progress ${path} is damaged: all rows are computed again`);
  return undefined;
}

function parse(text: string): Written | undefined {
  let value: Partial<Record<string, unknown>> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value?.schema !== SCHEMA) return undefined;
  const { identity, rows, sums } = value;
  if (typeof identity !== "string" || !Number.isSafeInteger(rows) || (rows as number) < 0) {
    return undefined;
  }
  const texts = sums as Record<string, unknown> | null;
  if (typeof texts !== "object" || texts === null) return undefined;
  const read = noSums();
  for (const key of Object.keys(read) as (keyof RunSums)[]) {
    if (typeof texts[key] !== "string" || texts[key] === "") return undefined;
    read[key] = Number(texts[key]);
  }
  return { identity, rows: rows as number, sums: read };
}
