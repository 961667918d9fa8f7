/**
 * Tags from a finished run of `tag_corpus`, for the rows that a model read.
 *
 * @module
 */
import { type ArrayData, formatShape, type HostArray } from "../../array.ts";
import { cannot, type NeuriteError } from "../../errors.ts";
import type { Tokens } from "../../model/tokens.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun } from "../../store/run/source_run.ts";
import type { Labelling } from "../labels/labelling.ts";

/** The script that makes such a run, and its command. */
export const TAGS_RUN = {
  script: "universal_neurons/tag_corpus",
  command: "deno task un:tag-corpus",
} as const;

/** Tags of a corpus. */
export interface Tags {
  readonly run: FinishedRun;
  /** Labels of its positions. */
  readonly labelling: Labelling;
  readonly tokens: Tokens;
  /** The tagger in words. */
  readonly tagger: string;
  /** Of the texts of the vocabulary that was tagged. */
  readonly vocabularySha256: string;
}

function damaged({ directory }: FinishedRun, is: string, expected: string): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read the tags of",
    thing: directory,
    is,
    expected,
    hint: `run ${TAGS_RUN.command} again`,
  });
}

function arrayOf<Data extends ArrayData>(
  run: FinishedRun,
  arrays: Readonly<Record<string, HostArray>>,
  [name, type]: readonly [string, new (...values: never[]) => Data],
): HostArray<Data> {
  const array = Object.hasOwn(arrays, name) ? arrays[name]! : undefined;
  if (array?.data instanceof type && array.shape.length === 2) return array as HostArray<Data>;
  const is = array ? `${name} ${array.data.constructor.name} ${formatShape(array.shape)}` : "there";
  throw damaged(run, `${name} not ${is}`, `${name}, two axes of ${type.name}`);
}

/**
 * Opens the tags of a finished run.
 *
 * @throws {NeuriteError} E-FILE-MISSING when there is no such run, or one of texts alone, with the
 * command that makes it; E-FILE-CORRUPT when its files are not as they were written.
 */
export async function openTags(directory: string): Promise<Tags> {
  const run = await readSourceRun(directory, TAGS_RUN);
  if (!run.record.outputs.some(({ path }) => path === "arrays.safetensors")) {
    throw cannot("E-FILE-MISSING", {
      do: "read the tags of",
      thing: run.directory,
      is: "a run of --texts-only",
      expected: "one with tags",
      hint: `${TAGS_RUN.command} without --texts-only, or with --spacy FILE`,
    });
  }
  const [arrays, table, summary] = await Promise.all([
    run.arrays(),
    run.table("features"),
    run.summary(),
  ]);
  const tokens = arrayOf(run, arrays, ["tokens", Int32Array]);
  const { data: codes, shape } = arrayOf(run, arrays, ["codes", Int32Array]);
  const held = arrayOf(run, arrays, ["group_features", Uint8Array]);
  const [groups, F] = held.shape as [number, number];
  const wrong = codes.findIndex((code) => code < 0 || code >= groups);
  if (wrong >= 0 || formatShape(shape) !== formatShape(tokens.shape) || table.rows !== F) {
    throw damaged(
      run,
      `codes ${formatShape(shape)} of ${groups} groups and ${F} features, wrong at ${wrong}`,
      `${formatShape(tokens.shape)}, and ${table.rows} features`,
    );
  }
  const text = (column: string, f: number) => String(table.columns[column]?.[f] ?? "");
  const features = Array.from({ length: F }, (_, f) => ({
    name: text("feature", f),
    family: text("family", f),
    holds: Uint8Array.from({ length: groups }, (_, group) => held.data[group * F + f]!),
  }));
  return {
    run,
    tokens,
    labelling: { name: "sequence", codes, groups, features },
    tagger: String(summary["tagger"]),
    vocabularySha256: String(summary["vocabulary_sha256"]),
  };
}

function isRowAt(tags: Tokens, row: number, wanted: Int32Array): boolean {
  const start = row * wanted.length;
  for (let t = 0; t < wanted.length; t++) if (tags.data[start + t] !== wanted[t]) return false;
  return true;
}

/**
 * The labels of rows that are among the tagged ones, in the same order: all, the first, or those of a
 * subset.
 *
 * @throws {NeuriteError} E-TOKENS naming the row that was not tagged.
 */
export function tagsOfRows({ labelling, tokens: tagged, run }: Tags, rows: Tokens): Labelling {
  const [B, T] = rows.shape as [number, number];
  const codes = new Int32Array(B * T);
  let at = 0;
  for (let row = 0; row < B; row++) {
    const wanted = rows.data.subarray(row * T, (row + 1) * T);
    while (tagged.shape[1] === T && at < tagged.shape[0]! && !isRowAt(tagged, at, wanted)) at++;
    if (tagged.shape[1] !== T || at === tagged.shape[0]!) {
      throw cannot("E-TOKENS", {
        do: "take tags from",
        thing: run.directory,
        is: `tags of ${formatShape(tagged.shape)} tokens, without row ${row} of the activations`,
        expected: `the activations' rows, ${formatShape(rows.shape)}, in order`,
        hint: `${TAGS_RUN.command} --tokens with the file that the activations were made of`,
      });
    }
    codes.set(labelling.codes.subarray(at * T, (at + 1) * T), row * T);
    at++;
  }
  return { ...labelling, codes };
}
