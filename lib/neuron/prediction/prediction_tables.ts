/**
 * Prediction neurons as tables, arrays and a summary.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { TableColumn } from "../../store/format/table.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { isAboveChance, type NamedNeuron } from "./named.ts";
import type { ModelMoments, ScoredNeuron } from "./predict.ts";
import type { ScoredVocabulary } from "./score_neuron.ts";

const SCORES = [
  ...["meanDifference", "welchT", "varianceReduction"] as const,
  ...["skewnessReduction", "kurtosisReduction"] as const,
];

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function numbers(name: string, values: readonly number[]): TableColumn {
  return { name, type: "float64", values: Float64Array.from(values) };
}

/** One row a scored neuron: moments, best feature with its scores, flag of suppression, chance. */
export function neuronColumns(named: readonly NamedNeuron[]): TableColumn[] {
  const of = (key: keyof NamedNeuron) => named.map((row) => row[key] as number);
  const text = (name: string, key: "feature" | "family"): TableColumn => ({
    name,
    type: "string",
    values: named.map((row) => row[key] === "" ? null : row[key]),
  });
  return [
    { name: "layer", type: "int32", values: of("layer") },
    { name: "neuron", type: "int32", values: of("index") },
    numbers("vocab_kurt", of("kurt")),
    numbers("vocab_skew", of("skew")),
    text("feature", "feature"),
    text("family", "family"),
    numbers("feature_tokens", of("tokens")),
    ...SCORES.map((name) => numbers(snake(name), of(name))),
    { name: "suppresses", type: "boolean", values: named.map(({ suppresses }) => suppresses) },
    numbers("chance_mean", of("chanceMean")),
    numbers("chance_max", of("chanceMax")),
  ];
}

/** One row a judged feature. */
export function featureColumns({ features, grouped }: ScoredVocabulary): TableColumn[] {
  return [
    { name: "feature", type: "string", values: features.map(({ name }) => name) },
    { name: "family", type: "string", values: features.map(({ family }) => family) },
    numbers("tokens", Array.from(grouped.held)),
  ];
}

/** Vocabulary moments of every neuron of every model. */
export function momentColumns(models: readonly ModelMoments[]): TableColumn[] {
  const rows = models.flatMap(({ model, kurt, width }) =>
    Array.from(kurt, (_, i) => ({ model, layer: Math.floor(i / width), neuron: i % width }))
  );
  const joined = (key: "kurt" | "skew"): TableColumn => ({
    name: `vocab_${key}`,
    type: "float32",
    values: Float32Array.from(models.flatMap((model) => Array.from(model[key]))),
  });
  return [
    { name: "model", type: "string", values: rows.map(({ model }) => model) },
    { name: "layer", type: "int32", values: rows.map(({ layer }) => layer) },
    { name: "neuron", type: "int32", values: rows.map(({ neuron }) => neuron) },
    joined("kurt"),
    joined("skew"),
  ];
}

/** Scores of every feature, f64 `[n, F]` each, rows and columns as in the two tables. */
export function scoreArrays(
  neurons: readonly ScoredNeuron[],
  { features }: ScoredVocabulary,
): Record<string, HostArray> {
  const [n, F] = [neurons.length, features.length];
  return Object.fromEntries(SCORES.map((name) => {
    const data = new Float64Array(n * F);
    neurons.forEach(({ scores }, row) => data.set(scores.scores[name], row * F));
    return [snake(name), { data, shape: [n, F] }];
  }));
}

/** Counts by layer, by family and by flag. */
export function predictionSummary(
  models: readonly ModelMoments[],
  named: readonly NamedNeuron[],
  border: number,
): SummaryNumbers {
  const above = named.filter(isAboveChance);
  const families: Record<string, number> = {};
  for (const { family } of above) families[family] = (families[family] ?? 0) + 1;
  const kurtotic = models.map(({ model, kurt, layers, width }) => {
    const counts = new Array<number>(layers).fill(0);
    kurt.forEach((value, i) => {
      if (value > border) counts[Math.floor(i / width)]!++;
    });
    return [model, counts] as const;
  });
  const reductions = named.map(({ varianceReduction }) => varianceReduction)
    .filter(Number.isFinite).sort((a, b) => a - b);
  return {
    "kurtosis_above": border,
    "largest_kurtosis": Object.fromEntries(models.map(({ model, kurt }) => [
      model,
      kurt.reduce((most, value) => value > most ? value : most, 0),
    ])),
    "kurtotic_by_layer": Object.fromEntries(kurtotic),
    scored: named.length,
    "above_chance": above.length,
    suppressing: above.filter(({ suppresses }) => suppresses).length,
    // A neuron that pushes tokens far down has a long lower tail: the two nearly always agree.
    "suppressing_of_negative_skew":
      above.filter(({ suppresses, skew }) => suppresses && skew < 0).length,
    "promoting_of_positive_skew":
      above.filter(({ suppresses, skew }) => !suppresses && skew > 0).length,
    "best_families": families,
    "median_variance_reduction": reductions[Math.floor((reductions.length - 1) / 2)] ?? null,
    "largest_variance_reduction": reductions.at(-1) ?? null,
  };
}
