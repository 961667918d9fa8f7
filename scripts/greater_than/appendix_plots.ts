#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * The figures of generalization: success, failure and less-than tasks, drawn from a finished run.
 *
 * Paper:    Hanna, Liu, Variengien 2023; the appendix.
 * Shapes:   reads probs_k, probs_ms_k [97, 100]; ipp_k, m8_2, m7_2 [L, H + 1].
 * Command:  deno task gt:appendix-plots
 * Time:     seconds.
 */
import { isPaperModel, modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import {
  drawnTasks,
  reportSequences,
  type SequenceSummaries,
} from "../../lib/circuit/experiments/sequence_numbers.ts";
import { note } from "../../lib/cli/log.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { generalizationFigures } from "../../lib/figure/greater_than/generalization_figures.ts";
import { taskFigures } from "../../lib/figure/greater_than/every_task.ts";
import { plotRun } from "../../lib/figure/plot_run.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";

export const meta = {
  id: "greater_than/appendix_plots",
  task: "gt:appendix-plots",
  paper: "Hanna et al. 2023",
  figure: "appendix",
  title: "Greater-than: ten other tasks, drawn",
  question: "In which other tasks does the model do greater-than?",
  minutes: "seconds",
  outputs: [
    "figures/: failure-probs, success-probs, bc-probs, success-ipps, bc-ipps, m7m8-ipps",
    "figures/: task-measures, task-probs, task-patched-probs, which hold every task",
    "report.html: all of them on one page",
  ],
  example: "deno task gt:appendix-plots",
};

export const options = defineOptions({
  run: {
    type: "path",
    default: "cache/results/greater_than/sequence_generalization",
    description: "Folder of a finished run of sequence_generalization.",
  },
  ...plotOptions("cache/results/greater_than/appendix_plots"),
});

type Context = ScriptContext<typeof options>;

/** The original's figures, and the tasks each shows. */
const FIGURES: Readonly<Record<string, readonly number[]>> = {
  "failure-probs": [3, 4, 5],
  "success-probs": [0, 8, 2],
  "bc-probs": [6, 7],
  "success-ipps": [0, 8, 2],
  "bc-ipps": [6, 7],
  "m7m8-ipps": [2],
};

interface Summary {
  readonly model: string;
  readonly tasks: SequenceSummaries;
  readonly "not_run": Readonly<Record<string, string>>;
}

/** Tells of each figure of the original that the run does not allow, and why. */
function tellLeftOut(drawn: readonly string[], { tasks, not_run: reasons }: Summary): string[] {
  const leftOut = Object.keys(FIGURES).filter((name) => !drawn.includes(name));
  for (const name of leftOut) {
    const missing = FIGURES[name]!.find((id) => !tasks[id]);
    const why = missing === undefined
      ? "MLP 7 is looked at with the paper's circuit alone"
      : reasons[missing] ?? `task ${missing} was not asked for (--tasks)`;
    note(`left out ${name}: ${why}`);
  }
  return leftOut;
}

function openRun(context: Context): Promise<FinishedRun> {
  return readSourceRun(context.options.run, {
    script: "greater_than/sequence_generalization",
    command: "deno task gt:sequence-generalization",
  });
}

/** Draws the figures, or finds them drawn from the same run. */
export async function main(context: Context): Promise<ScriptResult> {
  const run = await openRun(context);
  const arrays = await run.arrays();
  const summary = await run.summary() as unknown as Summary;
  const model = modelTitle(summary.model);
  const isPaper = isPaperModel(summary.model);
  const figures = [
    ...generalizationFigures(arrays, { model, isPaperModel: isPaper }),
    ...taskFigures(drawnTasks(arrays, summary.tasks), { model }),
  ];
  const leftOut = tellLeftOut(figures.map(({ name }) => name), summary);
  const drawn = await plotRun(context, {
    sources: { "sequence_generalization": run },
    figures,
    report: {
      numbers: reportSequences(summary.tasks),
      provenance: { model: summary.model, "left_out": leftOut },
    },
    ...plotFrame(meta, context.argv),
  });
  return { ...drawn, data: { ...drawn.data, "left_out": leftOut } };
}

if (import.meta.main) await runScript(meta, options, main);
