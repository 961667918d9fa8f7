/**
 * What is kept of explained neurons, as tables and as a summary.
 *
 * @module
 */
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { nameOf, type Neuron } from "../neurons.ts";
import type { BestFeature, ExplainedNeuron } from "./explain_neurons.ts";
import { type GroupedFeatures, standingOf } from "../labels/group_features.ts";
import { bestOf } from "./variance_reduction.ts";

/** Reductions that summaries count neurons above; the paper speaks of 0.05 and 0.5. */
const MARKS = [0.05, 0.2, 0.5] as const;

/** The feature that explains a neuron best, by name. */
export interface NamedBest {
  /** `layer.index`. */
  readonly neuron: string;
  /** The labelling that it is of, `"token"`; empty where no feature could be judged. */
  readonly kind: string;
  readonly feature: string;
  readonly family: string;
  readonly reduction: number;
  /** The largest reduction of the baseline's permutations, mean over them; NaN without a baseline. */
  readonly chance: number;
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function largestOf(values: Float64Array): number {
  return values.length === 0 ? NaN : Math.max(...values);
}

/** Explained neurons, filled one by one; 8 bytes a neuron and feature. */
export class ExplainTables {
  readonly #labellings: readonly GroupedFeatures[];
  /** Features of each labelling that have a variance on either side. */
  readonly #judged: readonly (readonly number[])[];
  readonly #neurons: Neuron[] = [];
  readonly #moments: { mean: number; variance: number }[] = [];
  /** Of each labelling, a row of judged features a neuron. */
  readonly #reductions: Float64Array[][];
  readonly #bests: BestFeature[][];

  constructor(labellings: readonly GroupedFeatures[]) {
    this.#labellings = labellings;
    this.#judged = labellings.map(({ held, positions }) =>
      [...held.keys()].filter((f) => standingOf(held[f]!, positions) === "judged")
    );
    this.#reductions = labellings.map(() => []);
    this.#bests = labellings.map(() => []);
  }

  /** Takes the results of a neuron. */
  add(neuron: Neuron, { mean, variance, labellings }: ExplainedNeuron): void {
    this.#neurons.push(neuron);
    this.#moments.push({ mean, variance });
    labellings.forEach(({ reductions, best }, i) => {
      this.#reductions[i]!.push(Float64Array.from(this.#judged[i]!, (f) => reductions[f]!));
      this.#bests[i]!.push(best);
    });
  }

  /** Reductions of a labelling, by its place: a row a neuron, a column a judged feature. */
  reductions(labelling: number): TableColumn[] {
    const { features } = this.#labellings[labelling]!;
    const rows = this.#reductions[labelling]!;
    return [
      { name: "neuron", type: "string", values: this.#neurons.map(nameOf) },
      ...this.#judged[labelling]!.map((f, column): TableColumn => ({
        name: features[f]!.name,
        type: "float64",
        values: Float64Array.from(rows, (row) => row[column]!),
      })),
    ];
  }

  /** Every feature of every labelling: whether it was judged, and how many positions it holds of. */
  features(): TableColumn[] {
    const rows = this.#labellings.flatMap(({ name: kind, features, held, positions }) =>
      features.map(({ name, family }, f) => ({
        kind,
        name,
        family,
        held: held[f]!,
        share: held[f]! / positions,
        standing: standingOf(held[f]!, positions),
      }))
    );
    return [
      { name: "kind", type: "string", values: rows.map(({ kind }) => kind) },
      { name: "feature", type: "string", values: rows.map(({ name }) => name) },
      { name: "family", type: "string", values: rows.map(({ family }) => family) },
      { name: "positions", type: "float64", values: rows.map(({ held }) => held) },
      { name: "share", type: "float64", values: rows.map(({ share }) => share) },
      { name: "standing", type: "string", values: rows.map(({ standing }) => standing) },
    ];
  }

  /** The best feature of each neuron, over all labellings. */
  bests(): NamedBest[] {
    return this.#neurons.map((neuron, i) => {
      const own = this.#bests.map((bests) => bests[i]!);
      const kind = bestOf(own.map(({ reduction }) => reduction));
      const base = { neuron: nameOf(neuron), reduction: NaN, chance: NaN };
      if (kind < 0) return { ...base, kind: "", feature: "", family: "" };
      const { name, features } = this.#labellings[kind]!;
      const { feature, reduction, chance } = own[kind]!;
      const { name: featureName, family } = features[feature]!;
      return {
        ...base,
        kind: name,
        feature: featureName,
        family,
        reduction,
        chance: meanOf(chance),
      };
    });
  }

  /** One row a neuron: its best feature, and that of each labelling with its baseline. */
  best(): TableColumn[] {
    const bests = this.bests();
    const text = (name: string, values: readonly string[]): TableColumn => ({
      name,
      type: "string",
      values: values.map((value) => value === "" ? null : value),
    });
    const number = (name: string, values: Iterable<number>): TableColumn => ({
      name,
      type: "float64",
      values: Float64Array.from(values),
    });
    return [
      { name: "layer", type: "int32", values: this.#neurons.map(({ layer }) => layer) },
      { name: "neuron", type: "int32", values: this.#neurons.map(({ neuron }) => neuron) },
      number("mean", this.#moments.map(({ mean }) => mean)),
      number("var", this.#moments.map(({ variance }) => variance)),
      text("best_kind", bests.map(({ kind }) => kind)),
      text("best_feature", bests.map(({ feature }) => feature)),
      text("best_family", bests.map(({ family }) => family)),
      number("best_variance_reduction", bests.map(({ reduction }) => reduction)),
      ...this.#labellings.flatMap(({ name, features }, i) => {
        const own = this.#bests[i]!;
        const named = (key: "name" | "family") =>
          own.map(({ feature }) => features[feature]?.[key] ?? "");
        return [
          text(`${name}_feature`, named("name")),
          text(`${name}_family`, named("family")),
          number(`${name}_variance_reduction`, own.map(({ reduction }) => reduction)),
          number(`${name}_mean_difference`, own.map(({ difference }) => difference)),
          number(`${name}_welch_t`, own.map(({ t }) => t)),
          number(`${name}_share`, own.map(({ share }) => share)),
          number(`${name}_chance_mean`, own.map(({ chance }) => meanOf(chance))),
          number(`${name}_chance_max`, own.map(({ chance }) => largestOf(chance))),
        ];
      }),
    ];
  }

  /** The best reduction of each neuron by labelling, and by chance: the mean over permutations. */
  curves(): { readonly name: string; readonly best: number[]; readonly chance: number[] }[] {
    return this.#labellings.map(({ name }, i) => ({
      name,
      best: this.#bests[i]!.map(({ reduction }) => reduction).filter(Number.isFinite),
      chance: this.#bests[i]!.map(({ chance }) => meanOf(chance)).filter(Number.isFinite),
    }));
  }

  /** How many neurons are explained how far, by what, and what chance would give. */
  summary(): SummaryNumbers {
    const bests = this.bests();
    const families: Record<string, number> = {};
    for (const { kind, family } of bests.filter(({ kind }) => kind !== "")) {
      const name = `${kind} ${family}`;
      families[name] = (families[name] ?? 0) + 1;
    }
    return {
      neurons: this.#neurons.length,
      "without_explanation": bests.filter(({ kind }) => kind === "").length,
      "best": spread(bests.map(({ reduction }) => reduction)),
      "best_families": families,
      ...Object.fromEntries(this.#labellings.map((grouped, i) => [grouped.name, {
        ...standings(grouped),
        "best": spread(this.#bests[i]!.map(({ reduction }) => reduction)),
        "chance": spread(this.#bests[i]!.map(({ chance }) => meanOf(chance))),
        "above_chance": this.#bests[i]!.filter(({ reduction, chance }) =>
          reduction > largestOf(chance)
        ).length,
      }])),
    };
  }
}

function standings({ held, positions, features }: GroupedFeatures): SummaryNumbers {
  const found = features.map((_, f) => standingOf(held[f]!, positions));
  const count = (word: string) => found.filter((standing) => standing === word).length;
  return {
    features: features.length,
    "features_judged": count("judged"),
    "features_never": count("never"),
    "features_always": count("always"),
    "features_once": count("once"),
  };
}

function spread(values: readonly number[]): SummaryNumbers {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const above = MARKS.map((mark) => [`above_${mark}`, sorted.filter((x) => x > mark).length]);
  if (sorted.length === 0) return { mean: null, median: null, max: null };
  return {
    mean: sorted.reduce((a, b) => a + b, 0) / sorted.length,
    median: sorted[Math.floor((sorted.length - 1) / 2)]!,
    max: sorted.at(-1)!,
    ...Object.fromEntries(above),
  };
}
