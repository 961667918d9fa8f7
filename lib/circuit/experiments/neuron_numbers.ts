/**
 * The numbers of a neuron experiment: as summary.json, and for people.
 *
 * @module
 */
import type { TextTable } from "../../model/describe_run.ts";
import type { TableColumn } from "../../store/format/table.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import { exampleColumns } from "../task/example_columns.ts";
import { DrawnMeasures, type MeanSummary, measureColumns } from "../task/mean_summary.ts";
import { type Bounds, type MeasureSummary, summarize } from "../task/measures.ts";
import type { NeuronExperiment } from "./neuron_experiment.ts";
import { SUMMED } from "../neurons/summed.ts";

/** How neurons are ranked, for summary.json. */
export const RANKING_RULE =
  "decreasing |mean change of the probability difference when only the neuron's direct path to the " +
  "logits at END takes the bad run's activation|";

/** A mean change of the probability difference, and its share of the whole MLP's. */
export type ShareSummary =
  & MeanSummary
  & Readonly<{
    /** Absent where the MLP's is 0. */
    share?: number;
    "share_ci"?: Bounds;
  }>;

/** One neuron. */
export type NeuronSummary = ShareSummary & Readonly<{ neuron: number }>;

/** What summary.json holds of the neurons. */
export interface NeuronSummaries {
  readonly layer: number;
  readonly rule: string;
  /** F. */
  readonly "neurons_in_layer": number;
  readonly baseline: MeasureSummary;
  /** The whole MLP's direct path patched. */
  readonly mlp: MeanSummary;
  /** By rank, from 1. */
  readonly neurons: Readonly<Record<string, NeuronSummary>>;
  /** The first ten, one by one and summed. */
  readonly "sum_top10": ShareSummary;
  /** Patched together, by `top10`, `top100`, `top200`; of all F where there are no more. */
  readonly joint: Readonly<Record<string, ShareSummary>>;
  /** The first ten together over their sum; absent where the sum is 0. */
  readonly "joint_over_sum"?: Readonly<{ ratio: number; "ratio_ci": Bounds }>;
}

/** Sum of the first ten neurons' effects: f64 `[N]`. */
function sumOfTen({ single, mlp }: NeuronExperiment): Float64Array {
  return mlp.map((_, n) => single.slice(0, SUMMED[0]).reduce((sum, own) => sum + own[n]!, 0));
}

/** Means with standard deviations and intervals; `seed` is of the bootstrap. */
export function summarizeNeurons(experiment: NeuronExperiment, seed: number): NeuronSummaries {
  const { layer, order, baseline, single, joint, mlp } = experiment;
  const drawn = new DrawnMeasures<string>({
    mlp,
    sum: sumOfTen(experiment),
    ...Object.fromEntries(joint),
    ...Object.fromEntries(single.map((own, i) => [`rank ${i + 1}`, own])),
  }, seed);
  const withShare = (name: string): ShareSummary => {
    const share = drawn.ratio(name, "mlp");
    return {
      ...drawn.summary(name),
      ...(share && { share: share.ratio, "share_ci": share.ci }),
    };
  };
  const together = drawn.ratio(`top${SUMMED[0]}`, "sum");
  return {
    layer,
    rule: RANKING_RULE,
    "neurons_in_layer": order.length,
    baseline: summarize(baseline, seed),
    mlp: drawn.summary("mlp"),
    neurons: Object.fromEntries(
      single.map((_, i) => [i + 1, { neuron: order[i]!, ...withShare(`rank ${i + 1}`) }]),
    ),
    "sum_top10": withShare("sum"),
    joint: Object.fromEntries([...joint.keys()].map((name) => [name, withShare(name)])),
    ...(together && {
      "joint_over_sum": { ratio: together.ratio, "ratio_ci": together.ci },
    }),
  };
}

/** One row a neuron, first rank first. */
export function neuronTable(experiment: NeuronExperiment): TableColumn[] {
  const { order, scores, bounds, activations: { good, bad } } = experiment;
  const ranked = (values: Float64Array) => Float64Array.from(order, (f) => values[f]!);
  return [
    { name: "rank", type: "int32", values: Int32Array.from(order, (_, i) => i + 1) },
    { name: "neuron", type: "int32", values: order },
    { name: "score", type: "float64", values: ranked(scores) },
    { name: "score_bound", type: "float64", values: ranked(bounds) },
    { name: "activation_good_mean", type: "float64", values: ranked(good) },
    { name: "activation_bad_mean", type: "float64", values: ranked(bad) },
  ];
}

/** One row a prompt: its probability difference, and each patch's change of it. */
export function patchTable(experiment: NeuronExperiment, task: ContrastTask): TableColumn[] {
  const { baseline: { probDiff }, mlp, joint } = experiment;
  return [
    ...exampleColumns(task, { "": { probDiff } }),
    ...measureColumns({
      mlp,
      "sum_top10": sumOfTen(experiment),
      ...Object.fromEntries([...joint].map(([name, values]) => [`joint_${name}`, values])),
    }),
  ];
}

/** Every patch by what people call it, in the order it is shown. */
function shown(summaries: NeuronSummaries): [string, ShareSummary][] {
  const { layer, neurons, sum_top10: sum, joint, mlp, neurons_in_layer: F } = summaries;
  // An MLP of fewer neurons than 200 has the same set under more than one name.
  const together = new Map(
    Object.entries(joint).map(([name, summary]) => [
      Math.min(F, Number(name.replace("top", ""))),
      summary,
    ]),
  );
  return [
    ...Object.entries(neurons).map(([rank, summary]): [string, ShareSummary] => [
      `rank ${rank}: neuron ${summary.neuron}`,
      summary,
    ]),
    [`first ${Math.min(F, SUMMED[0])} one by one, summed`, sum],
    ...[...together].sort(([a], [b]) => a - b)
      .map(([count, summary]): [string, ShareSummary] => [`first ${count} together`, summary]),
    [`all of MLP ${layer}`, mlp],
  ];
}

/** Heads and rows of a table for the terminal. */
export function tableOfNeurons(summaries: NeuronSummaries): TextTable {
  return {
    columns: ["patched", "change", "sd", "95 % from", "to", `share of MLP ${summaries.layer}`],
    rows: shown(summaries).map(([name, { mean, sd, ci, share }]) => [name, mean, sd, ...ci, share]),
  };
}

/** As the numbers of a report. */
export function reportNeurons(summaries: NeuronSummaries) {
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const fine = (value: number) => `${(100 * value).toFixed(2)} %`;
  const common = { format: "percent", verdict: "not applicable" } as const;
  const { baseline, mlp, joint_over_sum: together } = summaries;
  // A share of what may be 0 says nothing.
  const hasShares = mlp.ci[0] > 0 || mlp.ci[1] < 0;
  return [
    {
      ...common,
      name: "model: probability difference",
      value: baseline.prob_diff_mean,
      sd: baseline.prob_diff_sd,
      note: `95 % interval ${baseline.prob_diff_ci.map(percent).join(" to ")}`,
    },
    ...shown(summaries).map(([name, { mean, sd, ci, share, share_ci: range }]) => ({
      ...common,
      name: `${name}: change of the probability difference`,
      value: mean,
      sd,
      note: `95 % interval ${ci.map(fine).join(" to ")}` +
        (share === undefined
          ? ""
          : hasShares
          ? `; ${percent(share)} of the MLP's (${range!.map(percent).join(" to ")})`
          : "; the MLP's own interval holds 0, so a share of it says nothing"),
    })),
    ...(together
      ? [{
        ...common,
        name: "first 10 together over their sum",
        value: together.ratio,
        note: `95 % interval ${together.ratio_ci.map(percent).join(" to ")}; 100 % where neurons ` +
          "do not meet in the softmax",
      }]
      : []),
  ];
}

/** The first ranks' means and intervals as arrays: f64 `[K]`, `[K]`, `[K, 2]`. */
export function effectArrays({ neurons }: NeuronSummaries) {
  const ranked = Object.values(neurons);
  const K = ranked.length;
  return {
    "neuron_effect_mean": { data: Float64Array.from(ranked, ({ mean }) => mean), shape: [K] },
    "neuron_effect_sd": { data: Float64Array.from(ranked, ({ sd }) => sd), shape: [K] },
    "neuron_effect_ci": {
      data: Float64Array.from(ranked.flatMap(({ ci }) => [...ci])),
      shape: [K, 2],
    },
  };
}
