/**
 * The numbers and tables of an attention_deactivation run.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { TableColumn } from "../../store/format/table.ts";
import type { BosScan, BosScore } from "./bos_scores.ts";
import type { ChosenPath, Measured } from "./experiment.ts";
import { pathName } from "./head_path.ts";
import type { RankRange } from "./kept_tokens.ts";
import { judgeScore, publishedScore } from "./published.ts";
import { scoreEdges, scoreRange } from "./score_histogram.ts";

/** Correlations beyond this are counted. */
const STRONG = 0.5;

/** The histograms of the heuristic: i32 `[100]` each, over f32 edges `[101]`. */
export function histogramArrays({ unit, random }: BosScan) {
  const range = scoreRange(Math.max(unit.largest, random.largest));
  const counts = (data: Int32Array): HostArray<Int32Array> => ({ data, shape: [data.length] });
  return {
    "bos_score_edges": { data: scoreEdges(range), shape: [scoreEdges(range).length] },
    "bos_score_counts": counts(unit.counts(range)),
    "bos_random_counts": counts(random.counts(range)),
  };
}

/** The strongest neurons of every head as a table. */
export function strongestColumns({ strongest }: BosScan): TableColumn[] {
  const whole = (name: string, at: (score: BosScore) => number): TableColumn => ({
    name,
    type: "int32",
    values: Int32Array.from(strongest, at),
  });
  const real = (name: string, at: (score: BosScore) => number): TableColumn => ({
    name,
    type: "float64",
    values: Float64Array.from(strongest, at),
  });
  return [
    whole("attention_layer", (score) => score.attentionLayer),
    whole("head", (score) => score.head),
    whole("mlp_layer", (score) => score.mlpLayer),
    whole("neuron", (score) => score.neuron),
    real("score", (score) => score.score),
    real("unit_score", (score) => score.unitScore),
  ];
}

/** The arrays of a run. */
export function runArrays(
  { scan, ranked }: ChosenPath,
  measured: Measured,
  { from, to }: RankRange,
): Record<string, HostArray> {
  const ranks = Int32Array.from({ length: to - from }, (_, i) => from + i);
  return {
    rank: { data: ranks, shape: [ranks.length] },
    neuron: { data: ranked.neurons.slice(from, to), shape: [ranks.length] },
    score: { data: Float32Array.from(ranked.scores.subarray(from, to)), shape: [ranks.length] },
    ...measured.arrays,
    ...histogramArrays(scan),
  };
}

/** What figures draw of a run, by the names of its arrays. */
export function figureSeries(
  path: string,
  { arrays, measured, range }: {
    readonly arrays: ReturnType<typeof runArrays>;
    readonly measured: Measured;
    readonly range: RankRange;
  },
) {
  return {
    scores: {
      edges: arrays["bos_score_edges"]!.data as Float32Array,
      neurons: arrays["bos_score_counts"]!.data as Int32Array,
      random: arrays["bos_random_counts"]!.data as Int32Array,
    },
    tokens: [...measured.kept].map(([rank, { values }]) => ({
      name: `${path}N${rank}`,
      ...values,
    })),
    firstRank: range.from,
    score: arrays.score!.data as Float32Array,
    pearson: measured.arrays.pearson!.data,
    spearman: measured.arrays.spearman!.data,
  };
}

/** One row a measured neuron, for `tables/ranks.parquet`. */
export function rankColumns(
  arrays: Readonly<Record<string, HostArray>>,
  { path }: ChosenPath,
): TableColumn[] {
  const n = arrays.rank!.data.length;
  const layer = new Int32Array(n).fill(path.mlpLayer);
  const columns = Object.entries(arrays).filter(([name]) =>
    !name.startsWith("bos_score_") && !name.startsWith("bos_random_")
  );
  return [
    { name: "layer", type: "int32", values: layer },
    ...columns.map(([name, { data }]): TableColumn =>
      data instanceof Int32Array
        ? { name, type: "int32", values: data }
        : { name, type: "float32", values: data as Float32Array }
    ),
  ];
}

function meanSize(values: Float32Array): number {
  return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
}

/** The share of ranks whose score and correlation have one sign. */
function agreement(scores: Float64Array, correlations: Float32Array): number {
  const same = correlations.filter((r, i) => Math.sign(r) === Math.sign(scores[i]!));
  return same.length / correlations.length;
}

/** The numbers of a run, and the paper's of the same model. */
export function runSummary(
  model: string,
  { scan, path, ranked }: ChosenPath,
  { measured, range, tokens }: { measured: Measured; range: RankRange; tokens: number },
): { numbers: SummaryNumbers; paper?: SummaryNumbers } {
  const { pearson, spearman, mean_norm_diff: normDiff } = measured.arrays as Record<
    string,
    HostArray<Float32Array>
  >;
  const count = (holds: (r: number) => boolean) => pearson!.data.filter(holds).length;
  const numbers: SummaryNumbers = {
    model,
    path: {
      name: pathName(path),
      "attention_layer": path.attentionLayer,
      head: path.head,
      "mlp_layer": path.mlpLayer,
    },
    heuristic: {
      scores: scan.count,
      "unit_min": scan.range.unit[0],
      "unit_max": scan.range.unit[1],
      "random_min": scan.range.random[0],
      "random_max": scan.range.random[1],
      "beyond_histogram": scan.unit.beyond + scan.random.beyond,
    },
    ranks: { from: range.from, to: range.to - 1, measured: pearson!.data.length },
    tokens,
    clean: { "mean_norm": measured.clean.norm, "mean_bos_prob": measured.clean.bos },
    "deactivating": count((r) => r > STRONG),
    "activating": count((r) => r < -STRONG),
    "undefined_correlations": measured.undefined,
    // The heuristic's claim: what raises attention to BOS makes the head do less.
    "sign_agreement": {
      "first_100": agreement(ranked.scores.subarray(range.from), pearson!.data.subarray(0, 100)),
      all: agreement(ranked.scores.subarray(range.from), pearson!.data),
    },
    "mean_size": { pearson: meanSize(pearson!.data), spearman: meanSize(spearman!.data) },
    strongest: {
      neuron: `${path.mlpLayer}.${ranked.neurons[range.from]!}`,
      score: ranked.scores[range.from]!,
      pearson: pearson!.data[0]!,
      spearman: spearman!.data[0]!,
      "mean_norm_diff": normDiff!.data[0]!,
    },
  };
  const printed = publishedScore(model);
  return printed === undefined ? { numbers } : {
    numbers,
    paper: { heuristic: { "unit_min": printed } },
  };
}

/** The numbers at the head of the report. */
export function reportNumbers(
  model: string,
  { scan, ranked, path }: ChosenPath,
  { measured, range: { from } }: { measured: Measured; range: RankRange },
) {
  const { arrays, clean } = measured;
  const paper = publishedScore(model);
  const plain = (name: string, value: number, note: string) => ({
    name,
    value,
    verdict: "not applicable" as const,
    note,
  });
  const strongest = `${path.mlpLayer}.${ranked.neurons[from]!}`;
  return [
    {
      name: "smallest BOS score of a unit w_out",
      value: scan.range.unit[0],
      ...(paper === undefined ? {} : { paper }),
      verdict: judgeScore(model, scan.range.unit[0]),
    },
    plain("largest BOS score of a unit w_out", scan.range.unit[1], "of all neurons and heads"),
    plain("largest of random directions", scan.range.random[1], "as many, seeded"),
    plain("attention of the head to position 0", clean.bos, "mean over queries"),
    plain(`Pearson's r of ${strongest}`, Number(arrays.pearson!.data[0]), `rank ${from}`),
    plain(`Spearman's ρ of ${strongest}`, Number(arrays.spearman!.data[0]), `rank ${from}`),
  ];
}
