/**
 * "How does GPT-2 compute greater-than?" (Hanna, Liu, Variengien 2023), claim by claim.
 *
 * @module
 */
import { type AblationSummaries, reportAblation } from "../circuit/experiments/ablation_numbers.ts";
import { type NeuronSummaries, reportNeurons } from "../circuit/experiments/neuron_numbers.ts";
import { isPaperModel, type Summaries, yearNumbers } from "../circuit/paper/paper_numbers.ts";
import type { SequenceSummaries } from "../circuit/experiments/sequence_numbers.ts";
import { type PcaSummaries, reportComponents } from "../circuit/pca/pca_report.ts";
import {
  type Claim,
  type ClaimNumber,
  numberAt,
  type PaperClaims,
  type RunFacts,
} from "./claim.ts";

const script = (name: string) => `greater_than/${name}`;
const YEAR_SCRIPTS = [script("big_ds_experiments"), script("circuit_discovery")];
const SAMPLE = "deno task gt:big-ds-experiments --model gpt2";

/** The measures of a run of year prompts whose names begin with one of these, judged as `--check`. */
function years(...names: string[]): Claim["read"] {
  return ({ model, summary }) => {
    const { circuit, prompts } = summary as { readonly circuit?: string; prompts?: string };
    return yearNumbers(model, numberAt(summary, "count") ?? NaN, summary as Summaries, {
      circuit,
      prompts,
    }).filter(({ name }) => names.some((start) => name.startsWith(start)));
  };
}

/** How far each MLP's own logits at END favour later years. */
function lensOfMlps({ summary }: RunFacts): ClaimNumber[] {
  const lens = (summary.lens ?? {}) as Readonly<Record<string, unknown>>;
  return Object.keys(lens).flatMap((node) => {
    const value = numberAt(lens, node, "logit_diff_mean");
    const sd = numberAt(lens, node, "logit_diff_sd");
    if (value === undefined || !/^m\d+$/.test(node)) return [];
    return [{
      name: `MLP ${node.slice(1)}: later less earlier years in its logit lens`,
      value,
      ...(sd !== undefined && { sd }),
      verdict: "not applicable" as const,
      note: "the paper shows figures of this and no number",
    }];
  });
}

/** What the paper's figures show of each task: whether the model prefers later years. */
const TASKS: Readonly<Record<string, "later" | "neither">> = {
  "0": "later",
  "2": "later",
  "8": "later",
  "3": "neither",
  "4": "neither",
  "5": "neither",
  "6": "later",
  "7": "later",
};

function tasks({ model, summary }: RunFacts): ClaimNumber[] {
  const measured = (summary.tasks ?? {}) as SequenceSummaries;
  return Object.entries(measured).flatMap(([id, { title, direction, baseline, ms }]) => {
    const shown = Object.hasOwn(TASKS, id) ? TASKS[id] : undefined;
    // A less-than task scores its own direction as positive.
    const [low, high] = baseline.prob_diff_ci.map((end) => direction === "less" ? -end : end)
      .sort((a, b) => a - b) as [number, number];
    const isLater = low > 0;
    const judged = isPaperModel(model) && shown === "later";
    return [{
      name: `task ${id}, ${title}: asks for ${direction}`,
      value: baseline.prob_diff_mean,
      sd: baseline.prob_diff_sd,
      format: "percent" as const,
      paperWords: shown === "later"
        ? "later years"
        : shown === "neither"
        ? "no greater-than"
        : "not shown",
      verdict: judged ? (isLater ? "pass" as const : "fail" as const) : "not applicable" as const,
      note: [
        high < 0
          ? "prefers earlier years"
          : isLater
          ? "prefers later years"
          : "no preference beyond chance",
        ms ? `the circuit alone keeps ${(100 * ms.ratio).toFixed(1)} %` : "",
        judged ? "judged by its sign alone, for the paper shows figures" : "",
        isPaperModel(model) ? "" : "the paper's figures are of GPT-2 small",
      ].filter((part) => part !== "").join("; "),
    }];
  });
}

function neurons({ summary }: RunFacts): ClaimNumber[] {
  return reportNeurons(summary as unknown as NeuronSummaries)
    .filter(({ name }) => !name.startsWith("rank"))
    .map((one) => ({ ...one, note: `${one.note}; the paper prints no number` }));
}

function randomCircuits({ summary }: RunFacts): ClaimNumber[] {
  return reportAblation(summary as unknown as AblationSummaries)
    .map((one) => ({ ...one, note: `${one.note}; an answer to a reviewer, without a number` }));
}

/** The paper's claims in its order. */
export const GREATER_THAN: PaperClaims = {
  id: "greater-than",
  title: "How does GPT-2 compute greater-than?",
  authors: "Hanna, Liu, Variengien 2023",
  claims: [
    {
      id: "gt-baseline",
      words: "The model puts far more probability on years after the start year than on others.",
      source: "section 2, the probability heatmap (figure 2)",
      scripts: YEAR_SCRIPTS,
      command: SAMPLE,
      figures: ["probability-heatmap"],
      read: years("model: probability difference"),
    },
    {
      id: "gt-sharpness",
      words: "Its probability rises sharply right after the start year.",
      source: "section 2, cutoff sharpness",
      scripts: YEAR_SCRIPTS,
      command: SAMPLE,
      figures: ["probability-slice"],
      read: years("model: cutoff sharpness"),
    },
    {
      id: "gt-circuit",
      words: "Seven heads and MLPs 8 to 11 alone keep 89.5 % of the probability difference.",
      source: "section 3, evaluation of the circuit",
      scripts: YEAR_SCRIPTS,
      command: SAMPLE,
      figures: ["patched-probability-heatmap"],
      read: years("circuit alone"),
    },
    {
      id: "gt-reverse",
      words: "Without the circuit the model no longer prefers later years.",
      source: "section 3, necessity; the paper's number is not among those we hold",
      scripts: YEAR_SCRIPTS,
      command: SAMPLE,
      figures: ["circuit-measures"],
      read: years("model without the circuit"),
    },
    {
      id: "gt-full-circuit",
      words: "With its lower heads and MLPs 0 to 3 the whole circuit still does greater-than.",
      source: "appendix, the full circuit; the paper's number is not among those we hold",
      scripts: YEAR_SCRIPTS,
      command: SAMPLE,
      figures: ["full-patched-probability-heatmap"],
      read: years("whole circuit alone", "model without the whole circuit"),
    },
    {
      id: "gt-late-mlps",
      words: "Late MLPs write greater-than into the logits.",
      source: "section 3, figures of path patching to the logits and of the logit lens",
      scripts: [script("circuit_discovery")],
      command: "deno task gt:circuit-discovery --model gpt2",
      figures: ["logits-ipp", "mlps-logitlens"],
      read: lensOfMlps,
    },
    {
      id: "gt-generalization",
      words: "The circuit works in some other tasks, and misfires where less-than is asked.",
      source: "the figures of generalization, and appendix",
      scripts: [script("sequence_generalization")],
      command: "deno task gt:sequence-generalization --model gpt2",
      figures: ["task-measures"],
      read: tasks,
    },
    {
      id: "gt-pca",
      words: "The circuit's heads hold the years in their order.",
      source: "the figure of principal components",
      scripts: [script("pca")],
      command: "deno task gt:pca --model gpt2",
      figures: ["pca-analysis"],
      read: ({ summary }) =>
        reportComponents((summary.panels ?? {}) as unknown as PcaSummaries)
          .map((one) => ({ ...one, note: `${one.note ?? ""}; the paper prints no number` })),
    },
    {
      id: "gt-neurons",
      words: "Few neurons of one late MLP, together, compute greater-than.",
      source: "section 4, the figures of neurons",
      scripts: [script("neuron_investigations")],
      command: "deno task gt:neuron-investigations --model gpt2",
      figures: ["top3-neurons", "top10-neurons-directeffects"],
      read: neurons,
    },
    {
      id: "gt-random-circuits",
      words: "Random circuits of the same size do not do it.",
      source: "an answer to a reviewer, in the release alone",
      scripts: [script("random_circuit_ablation")],
      command: "deno task gt:random-circuit-ablation --model gpt2",
      figures: ["random-circuits"],
      read: randomCircuits,
    },
  ],
};
