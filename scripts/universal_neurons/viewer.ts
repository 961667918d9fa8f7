#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-net=127.0.0.1 --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * All that finished runs know of each neuron, as a folder of web pages.
 *
 * Paper:    Gurnee et al. 2024; summary_viewer, spec/universal_neurons.md section 1.14.
 * Shapes:   reads neuron_bin_counts [L·F, 257], comp_* [L·F, L·H] and the like, a block at a time.
 * Command:  deno task un:viewer --model tiny-gpt2-a --serve
 * Time:     seconds for the embedded models; for others see docs/viewer.md.
 */
import { basename, dirname, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note, people, warn, warningCount } from "../../lib/cli/log.ts";
import { MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { commandOf, type ScriptMeta } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { formatBytes } from "../../lib/cli/sizes.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { readConfig } from "../../lib/model/config/read_config.ts";
import { readCorpusRows } from "../../lib/model/corpus_rows.ts";
import { modelFiles } from "../../lib/model/model_files.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import { findModel, type FoundModel } from "../../lib/model/find_model.ts";
import { tokenStrings } from "../../lib/neuron/vocabulary/token_strings.ts";
import { sha256Json } from "../../lib/store/hash.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import { readCommit } from "../../lib/store/run/git.ts";
import { type InputFile, inputFile } from "../../lib/store/run/run_record.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";
import { sourceFiles } from "../../lib/store/run/source_run.ts";
import { buildViewer, type ViewerInput } from "../../lib/viewer/build/build_viewer.ts";
import { viewerFiles } from "../../lib/viewer/bundle.ts";
import { partnerFolders } from "../../lib/viewer/build/partners.ts";
import { findRowsFile, type RowsFile } from "../../lib/viewer/build/rows_file.ts";
import { portOf, serveFolder } from "../../lib/viewer/build/serve_folder.ts";
import { openRuns, type ShownModel, type ViewerSource } from "../../lib/viewer/build/sources.ts";

export const meta: ScriptMeta = {
  id: "universal_neurons/viewer",
  task: "un:viewer",
  paper: "Gurnee et al. 2024",
  figure: "summary_viewer of the release",
  title: "The neuron viewer",
  question: "What is known of each neuron, side by side?",
  minutes: "seconds for the embedded models; see docs/viewer.md for others",
  outputs: [
    "index.html, app.js, style.css: the page; it opens from the disk and with --serve",
    "data/: model.js, tokens.js, column-<name>.js, shard-<k>.js, loaded when they are needed",
  ],
  positionals: { name: "port", min: 0, max: 1, description: "Port of --serve." },
  example: "deno task un:viewer --model tiny-gpt2-a --serve",
};

const ROOT = "cache/results/universal_neurons";
const { out, force, dryRun, json, quiet } = commonOptions(`${ROOT}/viewer`);

export const options = defineOptions({
  model: {
    ...MODEL_OPTION,
    default: "stanford-gpt2-small-a",
    paper: "stanford-gpt2-small-a",
  },
  summary: { type: "path", default: `${ROOT}/summary`, description: "Run of un:summary." },
  weights: { type: "path", default: `${ROOT}/weights`, description: "Run of un:weights." },
  correlations: {
    type: "path",
    default: `${ROOT}/correlations`,
    description: "Run of un:correlations, the model as its first.",
  },
  neuronDf: { type: "path", default: `${ROOT}/neuron_df`, description: "Run of un:neuron-df." },
  explain: { type: "path", default: `${ROOT}/explain`, description: "Run of un:explain." },
  tokens: {
    type: "path",
    description: "The rows that un:summary read, for examples; where it found them when absent.",
  },
  partnerPages: {
    type: "list",
    placeholder: "name=folder",
    description: "Viewer folders of partners beside --out, to link to their neurons.",
  },
  shardNeurons: {
    type: "integer",
    default: 8,
    min: 1,
    max: 4096,
    unit: "neurons",
    description: "Neurons of a file of data: a smaller one is there sooner, of more files.",
  },
  examples: {
    type: "integer",
    default: 20,
    min: 0,
    max: 10_000,
    paper: "50",
    description: "Examples of each neuron over all rows.",
  },
  subsetExamples: {
    type: "integer",
    default: 5,
    min: 0,
    max: 10_000,
    paper: "50",
    description: "Examples of each neuron in each subset.",
  },
  before: {
    type: "integer",
    default: 20,
    min: 0,
    max: 10_000,
    unit: "tokens",
    paper: 20,
    description: "Text shown before an example's maximum.",
  },
  after: {
    type: "integer",
    default: 10,
    min: 0,
    max: 10_000,
    unit: "tokens",
    paper: 4,
    description: "Text shown after it.",
  },
  serve: {
    type: "boolean",
    affects: "run",
    description: "Serve the folder on 127.0.0.1, at the port that may follow; 0 is a free one.",
  },
  ...{ out, force, dryRun, json, quiet },
});

type Context = ScriptContext<typeof options>;

const SOURCES = ["summary", "weights", "correlations", "explain", "neuronDf"] as const;

/** The runs that were named, and those that stand where the scripts leave them. */
function askedRuns({ options: given, sources }: Context) {
  return Object.fromEntries(
    SOURCES.map((kind) => [kind, { path: given[kind], isGiven: sources[kind] !== "default" }]),
  ) as Record<ViewerSource, { path: string; isGiven: boolean }>;
}

async function shownModel({ label, directory, config }: FoundModel) {
  const files = await Promise.all(
    (await modelFiles(directory)).map((path) => inputFile(`model/${basename(path)}`, path)),
  );
  const { nLayer: layers, dMlp: width, nHead: heads, vocabSize } = config;
  const hashes = new Map(files.map(({ name, sha256 }) => [name, sha256]));
  const model: ShownModel = {
    name: basename(label),
    layers,
    width,
    heads,
    vocabSize,
    files: hashes,
  };
  return { model, files };
}

/** The rows of the file that the summary took. */
async function corpusOf(summary: FinishedRun, rows: RowsFile, { config }: FoundModel) {
  if (rows.file === undefined) return rows.missing;
  const { subset, rows: count } = summary.record.options;
  const asked = {
    tokens: rows.file.path,
    subset: subset?.value as string | undefined ?? undefined,
    rows: count?.value as number | undefined ?? undefined,
  };
  return (await readCorpusRows(asked, [config])).tokens;
}

/** F of each partner whose configuration is still where the correlations read it. */
async function partnerWidths({ record }: FinishedRun): Promise<Map<string, number>> {
  const labels = record.options["model2"]?.value as readonly string[] | undefined;
  const widths = new Map<string, number>();
  for (const { name, path } of record.inputs) {
    const place = /^model-2\/(\d+)\//.exec(name)?.[1];
    const label = labels?.[Number(place)];
    if (label === undefined || basename(path) !== "config.json") continue;
    const config = await readConfig(dirname(path)).catch(() => undefined);
    if (config) widths.set(basename(label), config.dMlp);
  }
  return widths;
}

/** Everything that the folder is made of, and the files that it was read from. */
async function inputOf(context: Context): Promise<{ input: ViewerInput; files: InputFile[] }> {
  const { options: given } = context;
  const found = await findModel(given.model);
  const { model, files } = await shownModel(found);
  const runs = await openRuns(model, { asked: askedRuns(context), onLeftOut: warn });
  const rows = runs.summary
    ? await findRowsFile(runs.summary, given.tokens)
    : { missing: "no run of un:summary" };
  const commit = await readCommit(join(import.meta.dirname!, "../.."));
  const { shardNeurons } = given;
  return {
    input: {
      runs,
      model,
      tokens: tokenStrings(await openTokenizer(found.directory), model.vocabSize),
      corpus: runs.summary ? await corpusOf(runs.summary, rows, found) : rows.missing!,
      partnerFolders: partnerFolders(given.partnerPages),
      partnerWidths: runs.correlations && await partnerWidths(runs.correlations),
      page: viewerFiles(),
      provenance: {
        command: `${commandOf(meta)} --model ${model.name}`,
        ...(commit !== undefined && { commit }),
      },
      shardNeurons,
      amounts: given,
    },
    files: [
      ...files,
      ...SOURCES.flatMap((kind) => runs[kind] ? sourceFiles(kind, runs[kind]) : []),
      ...(rows.file ? [rows.file] : []),
    ],
  };
}

/** Builds the folder, or finds it built, and serves it when asked to. */
export async function main(context: Context): Promise<ScriptResult> {
  const { options: given, argv, recorded, resultOptions } = context;
  const { out, force, dryRun, serve } = given;
  const port = portOf(context.positionals, { isServing: serve });
  const { input, files } = await inputOf(context);
  const { runs, model, page } = input;
  const shown = Object.keys(runs).join(", ") || "nothing but its tokens";
  const text = `${shown} of ${model.layers * model.width} neurons of ${model.name}`;
  if (dryRun) return { text: `would show ${text}, into ${out}\n` };
  const decided = {
    model: model.name,
    page: sha256Json(page),
    partnerWidths: [...input.partnerWidths ?? []].map(([name, width]) => `${name}=${width}`),
  };
  const identity = { script: meta.id, options: { ...resultOptions, ...decided }, inputs: files };
  const { outputs } = await runOnce(out, identity, { force, onNote: note }, async (run) => {
    const total = model.layers * model.width;
    using progress = startProgress({ label: "viewer", total, unit: "neurons" });
    const onProgress = (done: number) => progress.set(done);
    await buildViewer(run, input, { signal: context.signal, onProgress });
    return { argv, options: recorded, seeds: {}, warnings: warningCount() };
  });
  const bytes = outputs.reduce((sum, file) => sum + file.bytes, 0);
  note(`${text}: ${outputs.length} files, ${formatBytes(bytes)}`);
  if (serve) {
    const onListen = (address: string) => people.line(`serving ${address}, this machine only`);
    await serveFolder(out, { port, signal: context.signal, onListen });
  }
  return {
    text: `${join(out, "index.html")}\n`,
    data: {
      directory: out,
      model: model.name,
      sources: Object.keys(runs),
      files: outputs.length,
      bytes,
    },
  };
}

if (import.meta.main) await runScript(meta, options, main);
