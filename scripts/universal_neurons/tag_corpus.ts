#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE,DEBUG_TAGS,DEBUG_MATCH,DEBUG_CHUNKS
/**
 * Parts of speech, morphology, entities and sentences of token rows, for un:explain.
 *
 * Paper:    Gurnee et al. 2024, section 4.4; spec/universal_neurons.md section 1.9.
 * Shapes:   tokens [B, T] in; codes i32 [B, T], group_features u8 [groups, F] out.
 * Command:  deno task un:tag-corpus --tokens rows/tokens.safetensors --model tiny-gpt2-a
 * Time:     see docs/sequence_features.md.
 * Expected: nothing was published of tags alone.
 */
import { basename, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note, warningCount } from "../../lib/cli/log.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { formatBytes, formatCount } from "../../lib/cli/sizes.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { cannot } from "../../lib/errors.ts";
import { readCorpusRows } from "../../lib/model/corpus_rows.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import { checkRowTokenizer } from "../../lib/model/tokenizer_probe.ts";
import type { Tokens } from "../../lib/model/tokens.ts";
import { findModel } from "../../lib/model/find_model.ts";
import { RULE_COLUMNS, SPACY_COLUMNS } from "../../lib/neuron/sequence/columns.ts";
import type { TokenTexts } from "../../lib/neuron/sequence/row_documents.ts";
import { tagRows } from "../../lib/neuron/sequence/tag_rows.ts";
import { documentLines, tokenTexts, writeTags } from "../../lib/neuron/sequence/tag_corpus.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";
import { inputFile } from "../../lib/store/run/run_record.ts";

export const meta = {
  id: "universal_neurons/tag_corpus",
  task: "un:tag-corpus",
  paper: "Gurnee et al. 2024",
  figure: "the features behind the syntax neurons, section 4.4",
  title: "Tags of token rows",
  question: "Which part of speech, form, entity and place in the sentence has each token?",
  minutes: "seconds for the embedded text; see docs/sequence_features.md for others",
  outputs: [
    "arrays.safetensors: codes int32 [rows, ctx], group_features uint8 [groups, features], tokens",
    "tables/features.parquet: each feature, its tagger, and the share of positions it holds of",
    "documents.jsonl with --texts or --texts-only: what a tagger reads",
  ],
  example: "deno task un:tag-corpus --tokens rows/tokens.safetensors --model tiny-gpt2-a",
};

const { out, force, dryRun, json, quiet } = commonOptions(
  "cache/results/universal_neurons/tag_corpus",
);

export const options = defineOptions({
  ...TOKEN_OPTIONS,
  model: {
    type: "string",
    required: true,
    affects: "run",
    description: "Directory, embedded name (tiny-gpt2-a), alias or Hub id, for its tokenizer.",
  },
  spacy: {
    type: "path",
    paper: "en_core_web_trf",
    description: "Tags that spaCy gave (.jsonl or .parquet), in place of the built-in taggers.",
  },
  texts: { type: "boolean", description: "Write documents.jsonl too, the texts that were tagged." },
  textsOnly: { type: "boolean", description: "Write documents.jsonl alone, for spaCy." },
  ...{ out, force, dryRun, json, quiet },
});

type Context = ScriptContext<typeof options>;

async function compute(
  run: RunFolder,
  { tokens, texts }: { readonly tokens: Tokens; readonly texts: TokenTexts },
  context: Context,
): Promise<void> {
  const { options: given } = context;
  if (given.texts || given.textsOnly) {
    await run.writeFile("documents.jsonl", documentLines(tokens, texts));
  }
  if (given.textsOnly) {
    await run.writeSummary({ tokens: tokens.data.length, rows: tokens.shape[0]! });
    return;
  }
  const [B, T] = tokens.shape as [number, number];
  using progress = startProgress({ label: "tag", total: B * T, unit: "tokens" });
  const tagged = await tagRows(tokens, texts, {
    spacy: given.spacy,
    signal: context.signal,
    onRow: () => progress.advance(T),
  });
  await writeTags(run, { ...tagged, tokens, strings: texts.strings });
}

/** Tags the rows, or finds them tagged, and reports how often each feature holds. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, argv, recorded, resultOptions } = context;
  if (given.textsOnly && given.spacy !== undefined) {
    throw cannot("E-USAGE", {
      do: "run",
      thing: meta.task,
      is: "asked for texts alone, and given spaCy's tags",
      expected: "one of --texts-only and --spacy",
      hint: "--texts writes documents.jsonl beside the tags",
    });
  }
  const model = await findModel(given.model);
  const tokenizer = await openTokenizer(model.directory);
  const texts = tokenTexts(model.config, tokenizer);
  const { tokens } = await readCorpusRows(given, [model.config]);
  await checkRowTokenizer(given.tokens, [model.directory]);
  if (given.dryRun) {
    const width = Math.ceil((given.spacy === undefined ? RULE_COLUMNS : SPACY_COLUMNS).length / 32);
    const bytes = 4 * tokens.data.length * (width + 2);
    const what = given.textsOnly ? "write the texts of" : "tag";
    return {
      text: `would ${what} ${formatCount(tokens.data.length)} tokens, holding ` +
        `${formatBytes(bytes)}, into ${given.out}\n`,
    };
  }
  const files = tokenizer.files.map((path) => [`tokenizer/${basename(path)}`, path] as const);
  const inputs = await Promise.all([
    inputFile("tokens", given.tokens),
    inputFile("config", join(model.directory, "config.json")),
    ...files.map(([name, path]) => inputFile(name, path)),
    ...(given.spacy === undefined ? [] : [inputFile("spacy", given.spacy)]),
  ]);
  const identity = { script: meta.id, options: resultOptions, inputs };
  await runOnce(given.out, identity, { force: given.force, onNote: note }, async (run) => {
    await compute(run, { tokens, texts }, context);
    return { argv, options: recorded, seeds: {}, warnings: warningCount() };
  });
  return await describe(given.out, given.textsOnly);
}

async function describe(out: string, isTextOnly: boolean): Promise<ScriptResult> {
  const run = await readRun(out);
  const summary = await run.summary();
  const data = { directory: run.directory, summary };
  if (isTextOnly) return { text: `${join(run.directory, "documents.jsonl")}\n`, data };
  const { rows, columns } = await run.table("features");
  const lines = Array.from({ length: rows }, (_, row) => [
    String(columns["feature"]![row]),
    String(columns["tagger"]![row]),
    Number(columns["share"]![row]),
  ]).sort((a, b) => Number(b[2]) - Number(a[2]));
  const text = terminalTable(["feature", "tagger", "share of positions"], lines);
  return { text: `${text}${run.directory}\n`, data };
}

if (import.meta.main) await runScript(meta, options, main);
