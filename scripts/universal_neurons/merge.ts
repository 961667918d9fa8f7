#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi
/**
 * What do the shards of a correlation run say together?
 *
 * Paper:    Gurnee et al. 2024, section 4; the run over 100 M tokens in parts.
 * Shapes:   as un:correlations.
 * Command:  deno task un:merge --out DIR, the --out of the shards
 * Time:     reading the shards once a pass; see docs/correlations.md.
 * Expected: the bytes of every array file of the run that was not cut.
 */
import { join } from "node:path";
import { commonOptions, sumsMemory } from "../../lib/cli/common_options.ts";
import { note, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { formatBytes, formatCount } from "../../lib/cli/sizes.ts";
import { openDevice } from "../../lib/device/choose.ts";
import { correlationFigures } from "../../lib/figure/universal_neurons/correlation_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { float16ReportNumbers } from "../../lib/neuron/correlation/float16_result.ts";
import { neuronColumns, universalShares } from "../../lib/neuron/correlation/outputs.ts";
import {
  findShards,
  type FoundShards,
  verifyShards,
} from "../../lib/neuron/correlation/shards/find_shards.ts";
import { mergeShards, planMerge } from "../../lib/neuron/correlation/shards/merge_shards.ts";
import { UNIVERSAL_EXCESS } from "../../lib/neuron/correlation/universal.ts";
import { writeResults } from "../../lib/neuron/correlation/write_results.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { runOnce } from "../../lib/store/run/run_once.ts";

export const meta = {
  id: "universal_neurons/merge",
  task: "un:merge",
  paper: "Gurnee et al. 2024",
  title: "Correlations from shards",
  question: "What do the shards of a correlation run say together?",
  minutes: "reading the shards once a pass",
  outputs: ["what un:correlations writes; the shards stay"],
  example: "deno task un:merge --out cache/results/universal_neurons/correlations",
};

const { out, threads, force, dryRun, json, quiet } = commonOptions(
  "cache/results/universal_neurons/correlations",
);

export const options = defineOptions({
  out: { ...out, description: "Folder of the run, whose shards/ is read." },
  memory: sumsMemory("shards"),
  threads,
  force,
  dryRun,
  json,
  quiet,
});

type Context = ScriptContext<typeof options>;

/** Only rotations are multiplied on a device, and those on one of the shards' kind. */
async function openDeviceOf({ baseline, device }: FoundShards["facts"], threads?: number) {
  return (await openDevice(baseline === "rotation" ? device : "reference", { threads })).device;
}

async function writeMerged(run: RunFolder, found: FoundShards, context: Context): Promise<void> {
  const { options: { memory, threads, out }, signal } = context;
  const { facts, shards } = found;
  const { passes } = planMerge(facts, memory);
  await using device = await openDeviceOf(facts, threads);
  const result = await (async () => {
    const total = shards.length * (passes.length + 1);
    using progress = startProgress({ label: "merge", total, unit: "shards" });
    const onShard = () => {
      progress.advance();
      signal.throwIfAborted();
    };
    await verifyShards(out, found, onShard);
    return await mergeShards(found, { device, memory, signal, onShard });
  })();
  const model = facts.base.label;
  await writeResults(run, result, { tokens: facts.tokens, model });
  const titles = { model, baseline: facts.baseline, universal: UNIVERSAL_EXCESS };
  const figures = correlationFigures(neuronColumns(result), universalShares(result), titles);
  await writeReport(run, figures, {
    title: "Correlations between the neurons of models",
    question: "Which neurons of a model fire where some neuron of another model fires?",
    command: commandLine(meta, context.argv),
    provenance: {
      model,
      device: facts.device,
      seed: facts.seed,
      kept: result.kept,
      dropped: facts.dropped,
      shards: shards.length,
      record: "run.json beside this page: versions, options, sha256 of every file",
    },
    numbers: float16ReportNumbers(result),
  });
}

/** Merges the shards, or finds the run finished. */
export async function main(context: Context): Promise<ScriptResult> {
  const { out, memory, force, dryRun } = context.options;
  const found = await findShards(out);
  const { facts, shards } = found;
  const bytes = shards.reduce((sum, { marker }) => sum + marker.bytes, 0);
  const { passes, peakBytes } = planMerge(facts, memory);
  const work = `${shards.length} shards (${formatBytes(bytes)}) in ${passes.length} passes, ` +
    `${formatCount(facts.blocks)} blocks, ${formatBytes(peakBytes)} at most at once`;
  if (dryRun) return { text: `would merge ${work}, into ${out}\n` };
  await runOnce(out, facts.run, { force, onNote: note }, async (run) => {
    await writeMerged(run, found, context);
    return {
      argv: context.argv,
      options: facts.recorded,
      seeds: { seed: facts.seed },
      warnings: warningCount(),
      notes: { "merged_by": meta.id, shards: shards.length },
    };
  });
  const finished = await readRun(out);
  const { directory } = finished;
  return {
    text: `merged ${work}\n${join(directory, "report.html")}\n`,
    data: { directory, shards: shards.length, summary: await finished.summary() },
  };
}

if (import.meta.main) await runScript(meta, options, main);
