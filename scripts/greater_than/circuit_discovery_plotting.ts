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
import {
  isPaperModel,
  type MeasuredOn,
  modelTitle,
  type Summaries,
  yearNumbers,
} from "../../lib/circuit/paper/paper_numbers.ts";
import { note, warningCount } from "../../lib/cli/log.ts";
import { commandLine } from "../../lib/cli/meta.ts";
import { defineOptions } from "../../lib/cli/options.ts";
import { plotOptions } from "../../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../../lib/cli/script.ts";
import { cannot, NeuriteError } from "../../lib/errors.ts";
import {
  discoveryFigures,
  undrawnFigures,
} from "../../lib/figure/greater_than/discovery_figures.ts";
import { plotRun } from "../../lib/figure/plot_run.ts";
import type { FinishedRun } from "../../lib/store/run/read_run.ts";
import { haveSameInputs, readSourceRun } from "../../lib/store/run/source_run.ts";
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
type Summary = Summaries & MeasuredOn & { readonly model: string; readonly count: number };

/** The arrays of answers that big_ds_experiments has as well, and its own names of them. */
const ANSWERS = {
  probs: { largeName: "probs", figures: /^probability-/ },
  "probs_ms": { largeName: "patched_probs", figures: /^patched-probability-/ },
  "probs_lms": { largeName: "full_patched_probs", figures: /^full-patched-probability-/ },
} as const;

/** The command that makes a run of the same model and, where they are one's own, prompts. */
function commandFor(task: string, { record: { options } }: FinishedRun): string {
  const given = (["gelu", "prompts"] as const).map((name) => ({ name, of: options[name]?.value }));
  return `deno task ${task} --model ${options.model?.value ?? "gpt2"}` +
    given.map(({ name, of }) => of ? ` --${name} ${of}` : "").join("");
}

function hasOwnPrompts({ record }: FinishedRun): boolean {
  return (record.options.prompts?.value ?? null) !== null;
}

/** What a run is of that circuit_discovery's is not: a model or prompts; undefined where both agree. */
function otherThan(discovery: FinishedRun, run: FinishedRun): string | undefined {
  const gelu = ({ record }: FinishedRun) => record.options.gelu?.value ?? null;
  if (!haveSameInputs(run, discovery, "model/") || gelu(run) !== gelu(discovery)) {
    return "another model";
  }
  return haveSameInputs(run, discovery, "prompts") ? undefined : "other prompts";
}

/** The run of many prompts, or undefined, with a note, where the usual folder has none that fits. */
async function largeSample(discovery: FinishedRun, context: Context) {
  const directory = context.options.bigDs;
  const isAsked = context.sources.bigDs !== "default";
  const command = commandFor("gt:big-ds-experiments", discovery);
  const own = (why: string) => {
    note(
      `probability heatmaps are of circuit_discovery's own prompts: ${why}; ${command} makes it`,
    );
    return undefined;
  };
  let other: string | undefined;
  try {
    const run = await readSourceRun(directory, {
      script: "greater_than/big_ds_experiments",
      command,
    });
    other = otherThan(discovery, run);
    if (!other) return run;
  } catch (error) {
    const isMissing = error instanceof NeuriteError && error.code === "E-FILE-MISSING";
    if (isAsked || !isMissing) throw error;
    return own(`no finished run of big_ds_experiments in ${directory}`);
  }
  if (!isAsked) return own(`the run in ${directory} is of ${other}`);
  throw cannot("E-USAGE", {
    do: "draw beside circuit_discovery",
    thing: directory,
    is: `a run of ${other}`,
    expected: `one of the model and prompts in ${discovery.directory}`,
    hint: `${command} makes it; --out says where`,
  });
}

/** The names of a run's edges in one order, as text; undefined where it has no circuit. */
async function edgesOf(run: FinishedRun): Promise<string | undefined> {
  if (!run.record.outputs.some(({ path }) => path === "circuit.json")) return undefined;
  const { edges } = JSON.parse(await run.text("circuit.json")) as { edges: { edge: string }[] };
  return [...new Set(edges.map(({ edge }) => edge))].sort().join();
}

/** Whether the large sample tests the circuit whose matrices are drawn; a note where it does not. */
async function testsSameCircuit(discovery: FinishedRun, sample: FinishedRun): Promise<boolean> {
  const [drawn, tested] = [await edgesOf(discovery), await edgesOf(sample)];
  if (drawn === tested) return drawn !== undefined;
  const why = tested === undefined
    ? "it has no circuit"
    : drawn === undefined
    ? `${discovery.directory} has no circuit`
    : `its circuit is not that of ${discovery.directory}`;
  note(`took the model's own answers alone from ${sample.directory}: ${why}`);
  return false;
}

/**
 * The results of both runs under circuit_discovery's names, each array with the prompts it is of. Of a
 * large sample that tests another circuit only the model's own answers are taken.
 */
async function joinRuns(discovery: FinishedRun, sample: FinishedRun | undefined) {
  const own = await discovery.summary() as unknown as Summary;
  const large = await sample?.summary() as unknown as Summary | undefined;
  const isSame = sample !== undefined && await testsSameCircuit(discovery, sample);
  const arrays: Record<string, HostArray> = await discovery.arrays();
  const largeArrays = await sample?.arrays() ?? {};
  const counts: Record<string, number> = {};
  for (const [name, { largeName }] of Object.entries(ANSWERS)) {
    const found = name === "probs" || isSame ? largeArrays[largeName] : undefined;
    if (found) arrays[name] = found;
    if (arrays[name]) counts[name] = found ? large!.count : own.count;
  }
  const answered = large ?? own;
  const tested = isSame ? answered : own;
  const { model } = own;
  // The model's own rows come first in either; they are the same in number.
  const { baseline } = answered;
  const ofModel = yearNumbers(model, answered.count, { baseline }, answered);
  const ofCircuit = yearNumbers(model, tested.count, tested, tested).slice(ofModel.length);
  return { model, arrays, counts, numbers: [...ofModel, ...ofCircuit] };
}

/** What the T positions are called: drawn prompts have the paper's words, others have numbers. */
function positionLabels(discovery: FinishedRun, arrays: Record<string, HostArray>) {
  const pattern = Object.keys(arrays).find((name) => name.startsWith("attn_patterns_"));
  const T = pattern === undefined ? 0 : arrays[pattern]!.shape[0]!;
  if (!hasOwnPrompts(discovery) && T === YEAR_PROMPT_LABELS.length) return YEAR_PROMPT_LABELS;
  return Array.from({ length: T }, (_, position) => String(position));
}

/** Tells of each figure that is left out, and what would make it. */
function tellUndrawn(discovery: FinishedRun, arrays: Record<string, HostArray>, names: string[]) {
  const command = commandFor("gt:circuit-discovery", discovery);
  const undrawn = undrawnFigures(names.map((name) => ({ name })));
  for (const { figure, arrays: needed } of undrawn) {
    const remedy = arrays.ipp_logits
      ? `its circuit has no such node; ${command} --circuit FILE with one that has makes it`
      : `${command} --circuit auto makes it`;
    note(`left out ${figure}: no ${needed} in ${discovery.directory}; ${remedy}`);
  }
  return undrawn.map(({ figure }) => figure);
}

/** Draws the figures, or finds them drawn from the same runs. */
export async function main(context: Context): Promise<ScriptResult> {
  const discovery = await readSourceRun(context.options.circuitDiscovery, {
    script: "greater_than/circuit_discovery",
    command: "deno task gt:circuit-discovery",
  });
  const sample = await largeSample(discovery, context);
  const { model, arrays, counts, numbers } = await joinRuns(discovery, sample);
  const figures = discoveryFigures(arrays, {
    model: modelTitle(model),
    isPaperModel: isPaperModel(model),
    labels: positionLabels(discovery, arrays),
  });
  const leftOut = tellUndrawn(discovery, arrays, figures.map(({ name }) => name));
  const drawn = await plotRun(context, {
    sources: { "circuit_discovery": discovery, ...(sample && { "big_ds_experiments": sample }) },
    figures: figures.map((figure) => {
      const [array] = Object.entries(ANSWERS).find(([, { figures }]) =>
        figures.test(figure.name)
      ) ??
        [];
      return array ? { ...figure, caption: `${figure.caption} ${counts[array]} prompts.` } : figure;
    }),
    report: {
      title: meta.title,
      question: meta.question,
      command: commandLine(meta, context.argv),
      numbers,
      provenance: { model, count: counts, "left_out": leftOut },
    },
    onNote: note,
    warnings: warningCount,
  });
  return { ...drawn, data: { ...drawn.data, "left_out": leftOut } };
}

if (import.meta.main) await runScript(meta, options, main);
