#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * After "1732, 1745, 1708, 1790, 1721, 17", does a model expect 22, or any year after 21?
 *
 * Paper:    Hanna, Liu, Variengien 2023; an answer to a reviewer, not in the paper's text.
 * Shapes:   tokens int32 [N, 16]; year_probs [N, 100]; next_year, later_years, other_years [N].
 * Command:  deno task gt:random-years --model gpt2
 * Time:     seconds for the embedded models.
 * Expected: no published number; docs/random_years.md has those of the embedded models.
 */
import { toFloat32 } from "../../lib/array.ts";
import {
  measureArrays,
  measureColumns,
  summarizeMeans,
} from "../../lib/circuit/task/mean_summary.ts";
import { expectedYears, nextYearMeasures } from "../../lib/circuit/answers/next_year.ts";
import { modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import { describeMeans, nothingToCheck, reportMeans } from "../../lib/circuit/paper/unpublished.ts";
import { commonOptions } from "../../lib/cli/common_options.ts";
import { GELU_OPTION, MODEL_OPTION } from "../../lib/cli/model_options.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { startProgress } from "../../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { line } from "../../lib/figure/line.ts";
import { type FigureEntry, writeReport } from "../../lib/figure/write_report.ts";
import { modelRun, reportFrame } from "../../lib/model/model_run.ts";
import type { Session } from "../../lib/model/session.ts";
import { openTokenizer } from "../../lib/model/tokenizer.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { drawSeries, seriesArrays, type SeriesPrompts } from "../../lib/text/series_prompts.ts";

export const meta = {
  id: "greater_than/random_years",
  task: "gt:random-years",
  paper: "Hanna et al. 2023",
  title: "Greater-than: random years of a century",
  question: "After five years in random order, does the model expect the next year or a later one?",
  minutes: "seconds for the embedded models",
  outputs: [
    "arrays.safetensors: year_probs [N, 100], next_year, later_years, other_years [N], the prompts",
    "tables/examples.parquet: one row a prompt",
    "summary.json: means, standard deviations and intervals, rows drawn again",
    "figures/: year-slice (.vl.json, .svg, .png)",
    "report.html: all of it on one page",
  ],
  example: "deno task gt:random-years --model tiny-gpt2-a",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  count: {
    type: "integer",
    default: 200,
    min: 1,
    max: 1_000_000,
    unit: "prompts",
    paper: 200,
    description: "Series to draw: a century each, five of its years with replacement.",
  },
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/random_years"),
});

type Context = ScriptContext<typeof options>;

const NAMES = {
  "next_year": "p(Y5 + 1)",
  "later_years": "p(all years after Y5)",
  "other_years": "p(Y5 and all years before)",
};

/** One forward pass: the years expected after each series, at the last position only. */
async function ask(session: Session, prompts: SeriesPrompts, context: Context) {
  const { memory, witness, seed } = context.options;
  const model = await session.model();
  using progress = startProgress({ label: "series", total: prompts.texts.length, unit: "prompts" });
  const onProgress = (done: number) => progress.set(done);
  const { signal } = context;
  const answer = await expectedYears(model, prompts, { memory, signal, onProgress });
  await session.witness(answer.forward, { count: witness, seed });
  return answer.probabilities;
}

/** The probabilities of row 4 as a line, as the original draws it. */
function drawRow(model: string, prompts: SeriesPrompts, probabilities: Float64Array): FigureEntry {
  const row = Math.min(4, prompts.texts.length - 1);
  const text = prompts.texts[row]!;
  const y = probabilities.subarray(row * 100, (row + 1) * 100);
  const spec = line([{ name: "probability", x: Array.from(y.keys()), y }], {
    name: "year-slice",
    title: `${model} Probability by Year, Series ${row}`,
    description: `Probability of each two-digit year after the text ${text}.`,
    xTitle: "Predicted Year",
    yTitle: "Probability",
    xDomain: [0, 99],
    rules: [{ x: prompts.YY.data[row]!, label: `Y5 = ${prompts.years.data[row * 5 + 4]}` }],
  });
  return { name: "year-slice", spec, caption: `Series ${row}: two digits after "${text}".` };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { count, seed } = context.options;
  const { label: model } = session;
  const prompts = drawSeries(await openTokenizer(session.directory), { count, seed });
  const { YY, texts, redrawn, oddNext } = prompts;
  const years = await ask(session, prompts, context);
  const measures = nextYearMeasures(years.data, YY.data);
  const means = summarizeMeans(measures, seed);
  await run.writeArrays({
    ...seriesArrays(prompts),
    "year_probs": toFloat32(years),
    ...measureArrays(measures),
  });
  await run.writeTable("examples", [
    { name: "prompt", type: "string", values: texts },
    { name: "YY", type: "int32", values: YY.data },
    ...measureColumns(measures),
  ]);
  const counts = { count, redrawn, "next_not_two_tokens": oddNext };
  await run.writeSummary({ model, ...counts, ...means });
  await writeReport(run, [drawRow(modelTitle(model), prompts, years.data)], {
    ...reportFrame(context, session, counts),
    numbers: reportMeans(NAMES, means),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { check, count } = context.options;
  if (check) throw nothingToCheck(meta.id);
  return modelRun(context, {
    plan: () => `${count} series`,
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describeMeans(NAMES, run),
  });
}

if (import.meta.main) await runScript(meta, options, main);
