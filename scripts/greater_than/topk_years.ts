#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Are the tokens a model finds most probable numbers that fit: before the century, before the year?
 *
 * Paper:    Hanna, Liu, Variengien 2023; an answer to a reviewer, not in the paper's text.
 * Shapes:   good_tokens int32 [N, T]; century_ids, century_probs [N, 100]; year_ids, year_probs [N, 5].
 * Command:  deno task gt:topk-years --model gpt2
 * Time:     seconds for the embedded models.
 * Expected: no published number; docs/topk_years.md has those of the embedded models.
 */
import { toFloat32 } from "../../lib/array.ts";
import { fittingNumbers, type MassSeries } from "../../lib/circuit/answers/fitting_numbers.ts";
import {
  measureArrays,
  measureColumns,
  summarizeMeans,
} from "../../lib/circuit/task/mean_summary.ts";
import { topTokens } from "../../lib/circuit/answers/top_tokens.ts";
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
import type { Tokens } from "../../lib/model/tokens.ts";
import type { RunFolder } from "../../lib/store/run/run_folder.ts";
import { cutCentury } from "../../lib/text/century_prompts.ts";
import { tokenNumbers } from "../../lib/text/number_tokens.ts";
import { makeYearPrompts } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/topk_years",
  task: "gt:topk-years",
  paper: "Hanna et al. 2023",
  title: "Greater-than: the most probable tokens",
  question: "Which of the most probable tokens are centuries and years that are late enough?",
  minutes: "seconds for the embedded models",
  outputs: [
    "arrays.safetensors: century_ids, century_probs [N, 100], year_ids, year_probs [N, 5], measures",
    "tables/examples.parquet: one row a prompt",
    "summary.json: means, standard deviations and intervals",
    "figures/: century-by-rank, year-by-rank (.vl.json, .svg, .png)",
    "report.html: all of it on one page",
  ],
  example: "deno task gt:topk-years --model tiny-gpt2-a",
};

export const options = defineOptions({
  model: MODEL_OPTION,
  count: {
    type: "integer",
    default: 400,
    min: 1,
    max: 1_000_000,
    unit: "prompts",
    paper: 400,
    description: "Prompts to draw, their start years uniform over the valid ones.",
  },
  gelu: GELU_OPTION,
  ...commonOptions("cache/results/greater_than/topk_years"),
});

type Context = ScriptContext<typeof options>;

/** Tokens looked at before the century and before the year. */
const K = { century: 100, year: 5 } as const;

const NAMES = {
  "century_at_least": "before XX: p(number ≥ XX) in the top 100",
  "century_equal": "before XX: p(number = XX) in the top 100",
  "century_top": "before XX: p(top 100)",
  "year_at_least": "after XX: p(number ≥ YY) in the top 5",
  "year_above": "after XX: p(number > YY) in the top 5",
  "year_top": "after XX: p(top 5)",
  "year_count_at_least": "after XX: numbers ≥ YY among the top 5",
  "year_count_above": "after XX: numbers > YY among the top 5",
};

/** One forward pass: the most probable tokens after each prompt. */
async function rank(session: Session, tokens: Tokens, place: keyof typeof K, context: Context) {
  const { memory, witness, seed } = context.options;
  const model = await session.model();
  using progress = startProgress({ label: place, total: tokens.shape[0]!, unit: "prompts" });
  const onProgress = (done: number) => progress.set(done);
  const { signal } = context;
  const top = await topTokens(model, tokens, { k: K[place], memory, signal, onProgress });
  await session.witness(top.forward, { count: witness, seed });
  return top;
}

function drawRanks(model: string, place: keyof typeof K, masses: MassSeries): FigureEntry {
  const name = `${place}-by-rank`;
  const ranks = [...masses["all tokens"]!.keys()].map((i) => i + 1);
  const lines = Object.entries(masses).map(([name, y]) => ({ name, x: ranks, y }));
  const title = `${model} Probability of the Top ${ranks.length} Tokens Before the ${
    place === "century" ? "Century" : "Year"
  }`;
  const caption = "Mean probability of the tokens up to each rank, in all and of numbers that fit.";
  const xTicks = ranks.filter((rank) => rank === 1 || rank % (K[place] / 5) === 0);
  const titles = { title, description: caption, xTitle: "Rank", yTitle: "Cumulative Probability" };
  return { name, caption, spec: line(lines, { name, ...titles, xTicks }) };
}

async function writeResults(run: RunFolder, session: Session, context: Context) {
  const { count, seed } = context.options;
  const { label: model } = session;
  const tokenizer = await openTokenizer(session.directory);
  const prompts = makeYearPrompts(tokenizer, { count, seed, balanced: false });
  const { goodTokens, YY } = prompts;
  const afterSpace = tokenNumbers(tokenizer, { skip: 1 });
  const digits = tokenNumbers(tokenizer, { skip: 0 });
  const { tokens, XX } = cutCentury(prompts, afterSpace);
  const century = await rank(session, tokens, "century", context);
  const year = await rank(session, goodTokens, "year", context);
  const question = { XX, YY: YY.data, afterSpace, digits };
  const { measures, byRank } = fittingNumbers({ century, year }, question);
  const means = summarizeMeans(measures, seed);
  await run.writeArrays({
    "good_tokens": goodTokens,
    YY,
    XX: { data: XX, shape: [count] },
    "century_ids": century.ids,
    "century_probs": toFloat32(century.probabilities),
    "year_ids": year.ids,
    "year_probs": toFloat32(year.probabilities),
    ...measureArrays(measures),
  });
  await run.writeTable("examples", [
    { name: "XX", type: "int32", values: XX },
    { name: "YY", type: "int32", values: YY.data },
    ...measureColumns(measures),
  ]);
  await run.writeSummary({ model, count, ...means });
  const figures = (["century", "year"] as const)
    .map((place) => drawRanks(modelTitle(model), place, byRank[place]));
  await writeReport(run, figures, {
    ...reportFrame(context, session, { count }),
    numbers: reportMeans(NAMES, means),
  });
}

/** Runs the experiment, or finds it done, and reports it. */
export function main(context: Context): Promise<ScriptResult> {
  const { check, count } = context.options;
  if (check) throw nothingToCheck(meta.id);
  return modelRun(context, {
    plan: () => `${count} prompts twice`,
    write: (run, session) => writeResults(run, session, context),
    describe: (run) => describeMeans(NAMES, run),
  });
}

if (import.meta.main) await runScript(meta, options, main);
