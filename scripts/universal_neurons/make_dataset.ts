#!/usr/bin/env -S deno run --no-prompt --allow-net --allow-read --allow-write --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Turns text into token rows that the universal-neurons experiments read.
 *
 * Paper:    Gurnee et al. 2024, section 3 (the Pile's test set in rows of 512).
 * Shapes:   tokens int32 [rows, ctx], BOS first; subset int32 [rows] where there are labels.
 * Command:  deno task un:make-dataset --text cache/text/sample.txt --model tiny-gpt2-a --ctx 128
 * Time:     the tokenizer's: see docs/make_dataset.md.
 * Expected: 1,108 rows of the embedded text.
 */
import { basename, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note, warn, warningCount } from "../../lib/cli/log.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { formatBytes } from "../../lib/cli/sizes.ts";
import { cannot } from "../../lib/errors.ts";
import { readConfig } from "../../lib/model/config/read_config.ts";
import { describeRun } from "../../lib/model/describe_run.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import { ROWS_MODEL } from "../../lib/model/tokenizer_probe.ts";
import { resolveModel } from "../../lib/store/hub/mod.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";
import { inputFile } from "../../lib/store/run/run_record.ts";
import { buildDataset, DATASET_MODES } from "../../lib/text/corpus/build_dataset.ts";
import { counted } from "../../lib/text/corpus/byte_source.ts";
import { CORPUS_FORMATS, readCorpus, stemOf } from "../../lib/text/corpus/corpus.ts";
import { openHubDataset } from "../../lib/text/corpus/hub_dataset.ts";
import { openCorpus, type OpenedCorpus } from "../../lib/text/corpus/open_corpus.ts";
import { tokenizerMayCut } from "../../lib/text/corpus/safe_cut.ts";
import { specialIds } from "../../lib/text/corpus/special_ids.ts";

export const meta = {
  id: "universal_neurons/make_dataset",
  task: "un:make-dataset",
  paper: "Gurnee et al. 2024",
  title: "Token rows",
  question: "Which tokens do the models read?",
  minutes: "seconds for a megabyte of text",
  outputs: [
    "tokens.safetensors: tokens int32 [rows, ctx], and subset int32 [rows] where rows have labels",
    "tables/rows.parquet: the same rows, tokens list<int32> and subset by name",
    "summary.json: documents, tokens and rows, and what was left out",
  ],
  example: "deno task un:make-dataset --text cache/text/sample.txt --model tiny-gpt2-a --ctx 128",
};

const { out, seed, force, dryRun, json, quiet } = commonOptions(
  "cache/results/universal_neurons/make_dataset",
);

export const options = defineOptions({
  text: {
    type: "list",
    affects: "run",
    description: "Files or web addresses, in order: text, .jsonl, .parquet; the first two also " +
      ".gz or .zst.",
  },
  dataset: {
    type: "string",
    placeholder: "owner/name[@revision]",
    description: "Dataset of the Hub instead of --text: its Parquet, JSON lines or text files.",
  },
  split: {
    type: "string",
    paper: "test",
    description: "Only the dataset's files with this word in their path, such as train.",
  },
  model: {
    type: "string",
    required: true,
    affects: "run",
    description: "Directory, embedded name (tiny-gpt2-a), alias or Hub id, for its tokenizer.",
  },
  ctx: {
    type: "integer",
    default: 512,
    min: 2,
    max: 1 << 20,
    unit: "tokens",
    paper: 512,
    description: "Tokens a row, BOS included.",
  },
  mode: {
    type: "choice",
    choices: DATASET_MODES,
    default: "corrected",
    paper: "original",
    description: "original drops separators, cuts words and loses the end of each batch.",
  },
  prependBos: {
    type: "boolean",
    default: true,
    paper: "yes",
    description: "Begin each row with the model's BOS token; --no-prepend-bos leaves it out.",
  },
  rows: { type: "integer", min: 1, unit: "rows", description: "The most rows; all when absent." },
  shuffle: {
    type: "boolean",
    paper: "yes, unseeded",
    description: "Shuffle the rows of the whole corpus by --seed before --rows takes the first.",
  },
  subset: {
    type: "string",
    placeholder: "file|FIELD",
    paper: "meta.pile_set_name",
    description: "Label rows by the file's name (file), or by a field or column such as " +
      "meta.pile_set_name.",
  },
  column: {
    type: "string",
    default: "text",
    description: "Field of JSON lines, or column of Parquet, that holds the text.",
  },
  separator: {
    type: "string",
    pattern: /./s,
    placeholder: "TEXT",
    description: "What lies between documents of plain text (\\n for a newline); a file is one " +
      "document when absent.",
  },
  minCharacters: {
    type: "integer",
    min: 0,
    unit: "characters",
    paper: 51,
    description: "Leave out shorter documents; 51 in mode original and 0 in corrected when absent.",
  },
  format: {
    type: "choice",
    choices: CORPUS_FORMATS,
    description: "Format of every file; by each file's name when absent.",
  },
  replaceInvalid: {
    type: "boolean",
    description: "Take bytes that are not UTF-8 as U+FFFD, with a warning, instead of refusing.",
  },
  parquet: {
    type: "boolean",
    default: true,
    description: "Write tables/rows.parquet too; --no-parquet leaves it out.",
  },
  out,
  seed,
  force,
  dryRun,
  json,
  quiet,
});

type Context = ScriptContext<typeof options>;

/** The model's tokenizer and what rows need of its configuration. */
async function openModel(source: string) {
  const { directory, origin } = await resolveModel(source, { network: false });
  const [config, tokenizer] = await Promise.all([readConfig(directory), openTokenizer(directory)]);
  const label = origin === "directory" ? basename(directory) : source;
  return { label, config, tokenizer, configFile: join(directory, "config.json") };
}

/** The files of the corpus. */
async function openText({ options: given, signal }: Context): Promise<OpenedCorpus> {
  const { text, dataset, split } = given;
  const refuse = (is: string, expected: string) =>
    cannot("E-USAGE", {
      do: "run",
      thing: meta.task,
      is,
      expected,
      hint: "deno task un:make-dataset -- --help",
    });
  if (dataset !== undefined) {
    if (text.length > 0) throw refuse("both --text and --dataset", "one of them");
    return await openHubDataset(dataset, { split, signal });
  }
  if (text.length === 0) throw refuse("neither --text nor --dataset", "one of them");
  if (split !== undefined) throw refuse("--split beside --text", "--split with --dataset");
  return await openCorpus(text, { signal });
}

/** The documents, with progress and the warnings that reading them gives. */
function documents({ sources }: OpenedCorpus, context: Context, onBytes: (bytes: number) => void) {
  const { format, column, subset, separator, replaceInvalid } = context.options;
  return readCorpus(sources.map((source) => counted(source, onBytes)), {
    format,
    column,
    subset,
    separator: separator?.replaceAll("\\n", "\n").replaceAll("\\t", "\t"),
    ...(replaceInvalid && {
      onInvalid: (place, offset) =>
        warn(`${place} is not UTF-8 at byte ${offset}; such bytes become U+FFFD`),
    }),
  });
}

async function writeDataset(
  run: RunFolder,
  corpus: OpenedCorpus,
  { label, config, tokenizer }: Awaited<ReturnType<typeof openModel>>,
  context: Context,
) {
  const { ctx, mode, prependBos, rows, shuffle, seed, minCharacters, parquet } = context.options;
  const mayCut = await tokenizerMayCut(tokenizer);
  if (!mayCut) {
    note("this tokenizer may give other tokens where a text is cut: documents are encoded whole");
  }
  const total = corpus.sources.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  using progress = startProgress({ label: "reading", total, unit: "bytes" });
  const pieces = documents(corpus, context, (bytes) => progress.advance(bytes));
  const summary = await buildDataset(run, pieces, {
    ...specialIds(config, tokenizer),
    tokenizer,
    vocabSize: config.vocabSize,
    mayCut,
    mode,
    ctx,
    prependBos,
    rows,
    shuffle: shuffle ? seed : undefined,
    leastCharacters: minCharacters ?? (mode === "original" ? 51 : 0),
    parquet,
    metadata: { suite: "neurite", script: meta.id, [ROWS_MODEL]: label },
    signal: context.signal,
  });
  await run.writeSummary(summary);
  if (rows !== undefined && Number(summary.rows) < rows) {
    warn(`the corpus fills ${summary.rows} rows, fewer than the ${rows} of --rows`);
  }
  return {
    argv: context.argv,
    options: context.recorded,
    seeds: shuffle ? { shuffle: seed } : {},
    warnings: warningCount(),
    notes: { remote: corpus.remote },
  };
}

/** Makes the dataset, or finds it made, and reports it. */
export async function main(context: Context): Promise<ScriptResult> {
  const given = context.options;
  const model = await openModel(given.model);
  const { nPositions } = model.config;
  if (given.ctx > nPositions) {
    warn(`rows of ${given.ctx} tokens are longer than the model's ${nPositions} positions`);
  }
  const corpus = await openText(context);
  const bytes = corpus.sources.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  if (given.dryRun) {
    const files = `${corpus.sources.length} files, ${formatBytes(bytes)}`;
    return { text: `would read ${files}, and write ${given.out}\n` };
  }
  const inputs = [...corpus.inputs, await inputFile("config.json", model.configFile)];
  for (const file of model.tokenizer.files) inputs.push(await inputFile("tokenizer", file));
  // A file's ending decides how it is read, and the rest of its name may be its subset's.
  const names = corpus.sources.map(({ name }) =>
    given.subset === "file" ? name : name.slice(stemOf(name).length)
  );
  await runOnce(
    given.out,
    {
      script: meta.id,
      options: { ...context.resultOptions, remote: corpus.remote, names },
      inputs,
    },
    { force: given.force, onNote: note },
    (run) => writeDataset(run, corpus, model, context),
  );
  return await describeRun(await readRun(given.out), "tokens.safetensors");
}

if (import.meta.main) await runScript(meta, options, main);
