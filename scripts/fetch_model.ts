#!/usr/bin/env -S deno run --no-prompt --allow-net --allow-read --allow-write --allow-sys=statfs --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Brings a model from the Hugging Face Hub into the cache that Python's huggingface_hub shares, and
 * prints its directory.
 *
 * Command: deno task fetch-model stanford-gpt2-small-a
 * Time:    the model's size over the speed of the line (gpt2 is 0.5 GB); a run that was cut goes on
 *          where it stopped.
 */
import { note } from "../lib/cli/log.ts";
import { defineOptions } from "../lib/cli/options.ts";
import { type Progress, startProgress } from "../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../lib/cli/script.ts";
import { formatBytes } from "../lib/cli/sizes.ts";
import { terminalTable } from "../lib/cli/terminal_table.ts";
import { cannot } from "../lib/errors.ts";
import {
  EMBEDDED_MODELS,
  fetchModel,
  type FetchOptions,
  type FetchProgress,
  HUB_ALIASES,
  hubSettings,
  planModel,
  resolveModel,
} from "../lib/store/hub/mod.ts";

export const meta = {
  id: "fetch_model",
  task: "fetch-model",
  title: "Fetch a model",
  question: "Which files make this model, and where are they on this machine?",
  minutes: "the model's size over the speed of the line",
  outputs: ["models--org--name/ in the cache: blobs, refs and snapshots as Python writes them"],
  positionals: {
    name: "model",
    description: "An alias (--list prints them) or org/name, either with @revision.",
    max: 1,
  },
  example: "deno task fetch-model stanford-gpt2-small-a",
};

export const options = defineOptions({
  revision: { type: "string", description: "Branch, tag or commit; main when absent." },
  cacheDir: {
    type: "path",
    description: "Folder of the models--* folders; where Python has it when absent.",
  },
  list: { type: "boolean", description: "Print the aliases and what they stand for." },
  dryRun: { type: "boolean", description: "Print the files with their sizes, and touch nothing." },
  json: { type: "boolean", description: "Print one JSON document on stdout." },
  quiet: { type: "boolean", description: "No notes and no progress on stderr." },
});

function listAliases(): ScriptResult {
  const embedded = EMBEDDED_MODELS.map((name) => [name, "in the project, no download"] as const);
  const rows = [...embedded, ...Object.entries(HUB_ALIASES)];
  return {
    text: terminalTable(["name", "stands for"], rows),
    data: { embedded: EMBEDDED_MODELS, aliases: HUB_ALIASES },
  };
}

async function showPlan(source: string, fetchOptions: FetchOptions): Promise<ScriptResult> {
  const plan = await planModel(source, fetchOptions);
  const rows = plan.files.map(({ name, bytes, cached }) => [
    name,
    formatBytes(bytes),
    cached ? "in the cache" : "to fetch",
  ]);
  const missing = plan.files.filter(({ cached }) => !cached);
  const toFetch = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  note(`${plan.repo} at commit ${plan.commit}: ${formatBytes(toFetch)} to fetch`);
  note(`would be in ${plan.directory}`);
  return { text: terminalTable(["file", "size", "state"], rows), data: { ...plan } };
}

/** Shows progress from the first byte on, when the total is known. */
function progressShower(): Disposable & { onProgress: (progress: FetchProgress) => void } {
  let shown: Progress | undefined;
  return {
    onProgress({ doneBytes, totalBytes }) {
      const label = "fetching";
      shown ??= startProgress({ label, total: totalBytes, unit: "bytes", start: doneBytes });
      shown.set(doneBytes);
    },
    [Symbol.dispose]: () => shown?.[Symbol.dispose](),
  };
}

async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const { revision, cacheDir, list, dryRun } = context.options;
  if (list) return listAliases();
  const source = context.positionals[0];
  if (source === undefined) {
    throw cannot("E-USAGE", {
      do: "fetch",
      thing: "model",
      is: "no name given",
      expected: "an alias or org/name",
      hint: "deno task fetch-model --list prints the aliases",
    });
  }
  if (EMBEDDED_MODELS.includes(source)) {
    note(`${source} stands in the project: nothing to fetch`);
    const { directory } = await resolveModel(source);
    return { text: `${directory}\n`, data: { name: source, directory } };
  }
  const fetchOptions: FetchOptions = {
    revision,
    ...(cacheDir === undefined ? {} : { cacheDir }),
    signal: context.signal,
    onNote: note,
  };
  if (dryRun) return await showPlan(source, fetchOptions);
  using progress = progressShower();
  const onProgress = hubSettings().progressBars ? progress.onProgress : undefined;
  const fetched = await fetchModel(source, { ...fetchOptions, ...(onProgress && { onProgress }) });
  return { text: `${fetched.directory}\n`, data: { ...fetched } };
}

if (import.meta.main) await runScript(meta, options, main);
