#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * The figure of principal components, drawn from a finished run of pca.
 *
 * Paper:    Hanna, Liu, Variengien 2023; the figure of principal components.
 * Shapes:   reads pca_* [97, 2] and pca_explained_* [2].
 * Command:  deno task gt:pca-plots
 * Time:     seconds.
 */
import { modelTitle } from "../../lib/circuit/paper/paper_numbers.ts";
import { type PcaSummaries, reportComponents } from "../../lib/circuit/pca/pca_report.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotFrame } from "../../lib/cli/plot_frame.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext } from "../../lib/cli/script.ts";
import { pcaFigures } from "../../lib/figure/greater_than/pca_figures.ts";
import { type PlotResult, plotRun } from "../../lib/figure/plot_run.ts";
import { readSourceRun } from "../../lib/store/run/source_run.ts";

export const meta = {
  id: "greater_than/pca_plots",
  task: "gt:pca-plots",
  paper: "Hanna et al. 2023",
  figure: "the figure of principal components",
  title: "Greater-than: principal components, drawn",
  question: "Do a head's output and an MLP's input put the start years on a curve, in order?",
  minutes: "seconds",
  outputs: ["figures/: pca-analysis (.vl.json, .svg, .png)", "report.html: it on one page"],
  example: "deno task gt:pca-plots",
};

export const options = defineOptions({
  run: {
    type: "path",
    default: "cache/results/greater_than/pca",
    description: "Folder of a finished run of pca.",
  },
  ...plotOptions("cache/results/greater_than/pca_plots"),
});

/** What the summary of pca holds. */
interface PcaSummary {
  readonly model: string;
  readonly head: string;
  readonly control: string;
  readonly mlp: string;
  readonly century: number;
  readonly panels: PcaSummaries;
}

/** Draws the figure, or finds it drawn from the same run. */
export async function main(context: ScriptContext<typeof options>): Promise<PlotResult> {
  const run = await readSourceRun(context.options.run, {
    script: "greater_than/pca",
    command: "deno task gt:pca",
  });
  const { model, head, control, mlp, century, panels } = await run
    .summary() as unknown as PcaSummary;
  const arrays = await run.arrays();
  // A file keeps no order; the figure shows the head before its control.
  const shown = [`mlp${mlp.slice(1)}_input`, head, control, "embedding"]
    .flatMap((name) => [`pca_${name}`, `pca_explained_${name}`])
    .flatMap((name) => arrays[name] ? [[name, arrays[name]] as const] : []);
  const figures = pcaFigures(Object.fromEntries(shown), { model: modelTitle(model) });
  return await plotRun(context, {
    sources: { pca: run },
    figures,
    report: {
      numbers: reportComponents(panels),
      provenance: { model, century, head, control, mlp },
    },
    ...plotFrame(meta, context.argv),
  });
}

if (import.meta.main) await runScript(meta, options, main);
