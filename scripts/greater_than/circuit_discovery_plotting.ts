#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Every figure of the circuit, drawn from finished runs of circuit_discovery and big_ds_experiments.
 *
 * Paper:    Hanna, Liu, Variengien 2023; figures 2, 4 to 8, 10 and the appendix.
 * Shapes:   reads probs, patched_probs, full_patched_probs, logit_lens_* [97, 100]; ipp_*, attn_*,
 *           mlp* [L, H + 1]; attn_patterns_* [T, T]; attn_proportion_* [97].
 * Command:  deno task gt:circuit-discovery-plotting
 * Time:     seconds.
 */
import type { HostArray } from "../../lib/array.ts";
import { commandFor, joinRuns, largeSample } from "../../lib/circuit/experiments/discovery_runs.ts";
import { isPaperModel, modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import { note } from "../../lib/cli/log.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import {
  discoveryFigures,
  type Undrawn,
  undrawnFigures,
} from "../../lib/figure/greater_than/discovery_figures.ts";
import { plotRun } from "../../lib/figure/plot_run.ts";
import type { FigureEntry } from "../../lib/figure/write_report.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";
import { YEAR_PROMPT_LABELS } from "../../lib/text/year_prompts.ts";

export const meta = {
  id: "greater_than/circuit_discovery_plotting",
  task: "gt:circuit-discovery-plotting",
  paper: "Hanna et al. 2023",
  figure: "figures 2, 4 to 8, 10 and appendix",
  title: "Greater-than: the circuit, drawn",
  question: "Which heads and MLPs put the model's probability on years after the start year?",
  minutes: "seconds",
  outputs: [
    "figures/: every figure of the circuit (.vl.json, .svg, .png)",
    "report.html: all of them on one page",
  ],
  example: "deno task gt:circuit-discovery-plotting",
};

export const options = defineOptions({
  circuitDiscovery: {
    type: "path",
    default: "cache/results/greater_than/circuit_discovery",
    description: "Folder of a finished run of circuit_discovery.",
  },
  bigDs: {
    type: "path",
    default: "cache/results/greater_than/big_ds_experiments",
    description: "Folder of a finished run of big_ds_experiments, for the probability heatmaps.",
  },
  ...plotOptions("cache/results/greater_than/circuit_discovery_plotting"),
});

type Context = ScriptContext<typeof options>;

/** The figures that each array of answers is drawn in. */
const FIGURES = {
  probs: /^probability-/,
  "probs_ms": /^patched-probability-/,
  "probs_lms": /^full-patched-probability-/,
} as const;

function hasOwnPrompts({ record }: FinishedRun): boolean {
  return (record.options.prompts?.value ?? null) !== null;
}

/** What the T positions are called: drawn prompts have the paper's words, others have numbers. */
function positionLabels(discovery: FinishedRun, arrays: Readonly<Record<string, HostArray>>) {
  const pattern = Object.keys(arrays).find((name) => name.startsWith("attn_patterns_"));
  const T = pattern === undefined ? 0 : arrays[pattern]!.shape[0]!;
  if (!hasOwnPrompts(discovery) && T === YEAR_PROMPT_LABELS.length) return YEAR_PROMPT_LABELS;
  return Array.from({ length: T }, (_, position) => String(position));
}

/** What would make a figure that is left out. */
function remedyFor(
  discovery: FinishedRun,
  arrays: Readonly<Record<string, HostArray>>,
  { figure, isOfYears }: Undrawn,
): string {
  const command = commandFor("gt:circuit-discovery", discovery);
  if (isOfYears && arrays.label_token_ids) return "its prompts have other labels than years";
  if (figure === "probability-slice" && arrays.probs) {
    return "more prompts (--count), or one of that year, make it";
  }
  return arrays.ipp_logits
    ? `its circuit has no such node; ${command} --circuit FILE with one that has makes it`
    : `${command} --circuit auto makes it, with a lower --threshold where that finds none`;
}

/** Tells of each figure that is left out, and what would make it. */
function tellUndrawn(
  discovery: FinishedRun,
  arrays: Readonly<Record<string, HostArray>>,
  figures: readonly FigureEntry[],
): string[] {
  return undrawnFigures(figures).map((undrawn) => {
    const { figure, arrays: needed } = undrawn;
    const remedy = remedyFor(discovery, arrays, undrawn);
    note(`left out ${figure}: no ${needed} in ${discovery.directory}; ${remedy}`);
    return figure;
  });
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: Context): Promise<ScriptResult> {
  const discovery = await readSourceRun(context.options.circuitDiscovery, {
    script: "greater_than/circuit_discovery",
    command: "deno task gt:circuit-discovery",
  });
  const sample = await largeSample(discovery, {
    directory: context.options.bigDs,
    isAsked: context.sources.bigDs !== "default",
  });
  const { model, arrays, counts, numbers } = await joinRuns(discovery, sample);
  const figures = discoveryFigures(arrays, {
    model: modelTitle(model),
    isPaperModel: isPaperModel(model),
    labels: positionLabels(discovery, arrays),
  });
  const leftOut = tellUndrawn(discovery, arrays, figures);
  const drawn = await plotRun(context, {
    sources: { "circuit_discovery": discovery, ...(sample && { "big_ds_experiments": sample }) },
    figures: figures.map((figure) => {
      const array = Object.entries(FIGURES).find(([, names]) => names.test(figure.name))?.[0];
      return array ? { ...figure, caption: `${figure.caption} ${counts[array]} prompts.` } : figure;
    }),
    report: {
      numbers,
      provenance: { model, count: counts, "left_out": leftOut },
    },
    ...plotFrame(meta, context.argv),
  });
  return { ...drawn, data: { ...drawn.data, "left_out": leftOut } };
}

if (import.meta.main) await runScript(meta, options, main);
