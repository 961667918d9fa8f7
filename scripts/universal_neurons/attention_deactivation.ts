#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Which neurons turn an attention head off, by sending its queries to BOS?
 *
 * Paper:    Gurnee et al. 2024, section 5.3; spec/universal_neurons.md section 1.11.
 * Shapes:   pearson, spearman, mean_* [ranks]; bos_score_counts [100].
 * Command:  deno task un:attention-deactivation --model tiny-gpt2-a --tokens rows/tokens.safetensors
 * Time:     seconds for the embedded models; for GPT-2 small see docs/attention_deactivation.md.
 * Expected: stanford-gpt2-medium-a: smallest score of a unit w_out -11.6672.
 */
import { basename, join } from "node:path";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { note } from "../../lib/cli/log.ts";
import { MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { terminalTable } from "../../lib/cli/terminal_table.ts";
import { TOKEN_OPTIONS } from "../../lib/cli/token_options.ts";
import { attentionFigures } from "../../lib/figure/universal_neurons/attention_figures.ts";
import { writeReport } from "../../lib/figure/write_report.ts";
import { readConfig } from "../../lib/model/config/read_config.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import {
  checkMeasurement,
  warnOfRowsWithoutBos,
  withProgress,
} from "../../lib/neuron/attention/checks.ts";
import { measurePath, measureSizes, scorePath } from "../../lib/neuron/attention/experiment.ts";
import { pathName } from "../../lib/neuron/attention/head_path.ts";
import { ABLATION_OPTIONS } from "../../lib/neuron/attention/options.ts";
import * as outputs from "../../lib/neuron/attention/outputs.ts";
import { describeAblation, planAblation } from "../../lib/neuron/attention/plan.ts";
import { checkScore } from "../../lib/neuron/attention/published.ts";
import { setUpAblation } from "../../lib/neuron/attention/setup.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";

export const meta = {
  id: "universal_neurons/attention_deactivation",
  task: "un:attention-deactivation",
  paper: "Gurnee et al. 2024",
  figure: "notebook bos_signal; section 5.3",
  title: "Neurons that turn attention heads off",
  question: "Which neurons turn an attention head off, by sending its queries to BOS?",
  minutes: "seconds for the embedded models",
  outputs: [
    "arrays.safetensors: rank, neuron, score, pearson, spearman, bos_pearson, mean_*, sd_* [ranks]; " +
    "bos_score_edges [101], bos_score_counts, bos_random_counts [100]",
    "tables/bos_scores.parquet: the strongest neurons of every head; tables/ranks.parquet: the arrays",
    "tables/A<layer>H<head>L<layer>N<rank>.parquet: every token of the neurons that --keep names",
    "summary.json: the path, ranges of the scores, how many neurons activate and deactivate",
    "figures/ (.vl.json, .svg, .png) and report.html: all of it on one page",
  ],
  example: "deno task un:attention-deactivation --model tiny-gpt2-a " +
    "--tokens rows/tokens.safetensors --context 128",
};

export const options = defineOptions({
  model: { ...MODEL_OPTION, default: "stanford-gpt2-small-a", paper: "stanford-gpt2-small-a" },
  ...TOKEN_OPTIONS,
  ...ABLATION_OPTIONS,
  ...commonOptions("cache/results/universal_neurons/attention_deactivation"),
});

type Context = ScriptContext<typeof options>;

async function writeResults(run: RunFolder, session: Session, context: Context): Promise<void> {
  const { options: given, signal } = context;
  const setup = await setUpAblation(given, await readConfig(session.directory));
  const { tokens, measure, measure: { range } } = setup;
  const model = await session.model();
  planAblation(model.config, measureSizes(tokens, measure), model.device.maxTensorBytes);
  warnOfRowsWithoutBos(model, setup);
  const chosen = await withProgress(
    ["BOS scores", "layers"],
    (onProgress) => scorePath(model, { ...given, asked: setup.asked, signal, onProgress }),
  );
  const path = pathName(chosen.path);
  note(
    `path   ${path}: head ${chosen.path.attentionLayer}.${chosen.path.head} and MLP ${chosen.path.mlpLayer}`,
  );
  const measured = await withProgress(
    ["ablations", "rows"],
    (onProgress) => measurePath(model, tokens, { ...measure, ...chosen, signal, onProgress }),
  );
  const checks = await checkMeasurement(session, { setup, chosen, measured }, { ...given, signal });

  const arrays = outputs.runArrays(chosen, measured, range);
  await run.writeArrays(arrays);
  await run.writeTable("bos_scores", outputs.strongestColumns(chosen.scan));
  await run.writeTable("ranks", outputs.rankColumns(arrays, chosen));
  for (const [rank, kept] of measured.kept) await run.writeTable(`${path}N${rank}`, kept.columns());
  const count = tokens.shape[0]! * (tokens.shape[1]! - measure.afterPos);
  const { numbers, paper } = outputs.runSummary(session.label, chosen, {
    ...{ measured, range, tokens: count },
  });
  await run.writeSummary({ ...numbers, ...checks }, paper);
  const figures = attentionFigures({
    ...{ model: basename(session.label), path },
    ...outputs.figureSeries(path, { arrays, measured, range }),
  });
  await writeReport(run, figures, {
    ...reportFrame(context, session, { path, tokens: count }),
    numbers: outputs.reportNumbers(session.label, chosen, { measured, range }),
  });
}

/** What would be done, with its sizes. */
async function plan({ directory, device, label }: Session, { options: given }: Context) {
  const config = await readConfig(directory);
  const { tokens, measure } = await setUpAblation(given, config);
  const sizes = measureSizes(tokens, measure);
  const { held } = planAblation(config, sizes, device.maxTensorBytes);
  return `${label}: ${describeAblation(config, sizes, held)}`;
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  return modelRun(context, {
    plan: (session) => plan(session, context),
    files: () => ({ tokens: context.options.tokens }),
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describe(run, context.options.check),
  });
}

/** Neurons shown on the terminal. */
const SHOWN = 10;

/** The finished run as a table and as JSON, and the verdict of `--check`. */
async function describe(run: FinishedRun, isChecked: boolean): Promise<ScriptResult> {
  const summary = await run.summary() as unknown as {
    model: string;
    path: { name: string };
    heuristic: Record<"unit_min", number>;
  };
  const { columns, rows: count } = await run.table("ranks");
  const names = ["rank", "neuron", "score", "pearson", "spearman", "mean_norm_diff"];
  const rows = Array.from(
    { length: Math.min(SHOWN, count) },
    (_, i) => names.map((name) => Number(columns[name]![i])),
  );
  const failure = isChecked ? checkScore(summary.model, summary.heuristic["unit_min"]) : undefined;
  return {
    text: terminalTable([`${summary.path.name} rank`, ...names.slice(1)], rows) +
      `${join(run.directory, "report.html")}\n`,
    data: { directory: run.directory, summary },
    ...(failure && { failure }),
  };
}

if (import.meta.main) await runScript(meta, options, main);
