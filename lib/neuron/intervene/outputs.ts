/**
 * The means of interventions as arrays, as a table and as numbers.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { takesValue } from "./change.ts";
import type { ChosenSets } from "./choose_sets.ts";
import type { InterventionMeans, MeasureMeans, OutcomeMeans } from "./means.ts";
import type { Role } from "./neuron_sets.ts";
import type { Arm, InterventionRequest } from "./request.ts";
import type { Estimate } from "./row_means.ts";
import { type Measure, MEASURES } from "./token_statistics.ts";

/** What an array or column holds of a measure, after its name. */
const PARTS: readonly (readonly [suffix: string, read: (outcome: Parts) => number])[] = [
  ["", ({ value }) => value.mean],
  ["_sd", ({ value }) => value.sd],
  ["_se", ({ value }) => value.se],
  ["_change", ({ difference }) => difference.mean],
  ["_change_se", ({ difference }) => difference.se],
];

interface Parts {
  readonly value: Estimate;
  readonly difference: Estimate;
}

function partsOf({ value, difference }: OutcomeMeans, measure: Measure): Parts {
  return { value: value[measure], difference: difference[measure] };
}

/**
 * Arrays f64 `[S, P]` of S sets and P changes: `full_loss`, `full_loss_sd` over tokens, `full_loss_se`
 * over rows, `full_loss_change` from the unchanged run and its `_se`; so for every measure, and with
 * `frozen_scale_` for the frozen arm. `nominal_loss` and so on are `[3]`: mean, sd, se. `values` is
 * `[P]`.
 */
export function meansArrays(
  { sets, changes }: InterventionRequest,
  { nominal, outcomes }: InterventionMeans,
): Record<string, HostArray> {
  const arms = new Set(outcomes.map(({ arm }) => arm));
  const arrays: Record<string, HostArray> = {
    values: { data: Float64Array.from(changes, ({ value }) => value), shape: [changes.length] },
  };
  for (const measure of MEASURES) {
    const { mean, sd, se } = nominal[measure];
    arrays[`nominal_${measure}`] = { data: Float64Array.of(mean, sd, se), shape: [3] };
    for (const arm of arms) {
      const ofArm = outcomes.filter((outcome) => outcome.arm === arm);
      for (const [suffix, read] of PARTS) {
        const data = Float64Array.from(ofArm, (outcome) => read(partsOf(outcome, measure)));
        arrays[`${arm}_${measure}${suffix}`] = { data, shape: [sets.length, changes.length] };
      }
    }
  }
  return arrays;
}

/** One row an intervention and arm; columns as the arrays of {@linkcode meansArrays}. */
export function meansTable(
  { sets, changes }: InterventionRequest,
  { outcomes }: InterventionMeans,
): TableColumn[] {
  const texts = (name: string, read: (outcome: OutcomeMeans) => string | null): TableColumn => ({
    name,
    type: "string",
    values: outcomes.map(read),
  });
  const numbers = (name: string, read: (outcome: OutcomeMeans) => number): TableColumn => ({
    name,
    type: "float64",
    values: Float64Array.from(outcomes, read),
  });
  return [
    texts("neurons", ({ set }) => sets[set]!.name),
    texts("role", ({ set }) => sets[set]!.role),
    texts("type", ({ change }) => changes[change]!.kind),
    numbers("value", ({ change }) => {
      const { kind, value } = changes[change]!;
      return takesValue(kind) ? value : NaN;
    }),
    texts("arm", ({ arm }) => arm),
    ...MEASURES.flatMap((measure) =>
      PARTS.map(([suffix, read]) =>
        numbers(`${measure}${suffix}`, (outcome) => read(partsOf(outcome, measure)))
      )
    ),
  ];
}

/** The mean of every measure. */
export function meanNumbers(means: MeasureMeans): Record<Measure, number> {
  return Object.fromEntries(
    MEASURES.map((measure) => [measure, means[measure].mean]),
  ) as Record<Measure, number>;
}

/** Means of a set by change, in one arm. */
export function seriesOf(
  { outcomes }: InterventionMeans,
  { set, arm }: { set: number; arm: Arm },
): Record<Measure, number[]> {
  const own = outcomes.filter((outcome) => outcome.set === set && outcome.arm === arm);
  return Object.fromEntries(
    MEASURES.map((measure) => [measure, own.map(({ value }) => value[measure].mean)]),
  ) as Record<Measure, number[]>;
}

/** Two significant figures more than anything here is known to. */
const DIGITS = 6;

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}

/**
 * The numbers of `summary.json`: which neurons and by what rule; means of the unchanged model under
 * `nominal`; under `effects`, by chosen neuron, the mean of each measure at each value, and of the
 * frozen arm entropy and loss; under `at_6` what the paper's figures can be held against.
 */
export function meansSummary(
  { sets, changes }: InterventionRequest,
  means: InterventionMeans,
  { rule, traits, median }: Pick<ChosenSets, "rule" | "traits" | "median">,
) {
  const named = (role: Role) => sets.filter((set) => set.role === role).map(({ name }) => name);
  const chosen = sets.flatMap(({ name, role }, set) => role === "chosen" ? [{ name, set }] : []);
  const six = changes.findIndex(({ kind, value }) => kind === "fixed_activation" && value === 6);
  const isFrozen = means.outcomes.some(({ arm }) => arm === "frozen_scale");
  const effects = ({ set }: { set: number }) => {
    const frozen = isFrozen ? seriesOf(means, { set, arm: "frozen_scale" }) : undefined;
    return {
      ...seriesOf(means, { set, arm: "full" }),
      ...(frozen && {
        "entropy_frozen_scale": frozen.entropy,
        "loss_frozen_scale": frozen.loss,
      }),
    };
  };
  return {
    rule,
    chosen: named("chosen"),
    controls: named("control"),
    ...(median && {
      weights: {
        "median_l2_penalty": rounded(median.l2),
        "median_vocab_var": rounded(median.vocabVar),
        ...Object.fromEntries(
          [...traits].flatMap(([name, { l2, vocabVar }]) => [
            [`${name}_l2_penalty`, rounded(l2)],
            [`${name}_vocab_var`, rounded(vocabVar)],
          ]),
        ),
      },
    }),
    nominal: meanNumbers(means.nominal),
    effects: Object.fromEntries(chosen.map((one) => [one.name, effects(one)])),
    ...(six >= 0 && {
      "at_6": Object.fromEntries(chosen.flatMap(({ name, set }) => {
        const { entropy, scale } = seriesOf(means, { set, arm: "full" });
        return [[`${name}_entropy`, entropy[six]!], [`${name}_scale`, scale[six]!]];
      })),
    }),
  };
}

/** What {@linkcode summaryRows} shows of a finished run's summary. */
export interface InterventionSummary {
  readonly values: readonly number[];
  readonly nominal: Readonly<Record<string, number>>;
  readonly effects: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;
}

const SHOWN = ["entropy", "entropy_frozen_scale", "loss", "reciprocal_rank", "scale"] as const;

/** A table for the terminal: the unchanged model, then each chosen neuron at each value. */
export function summaryRows({ values, nominal, effects }: InterventionSummary) {
  const shown = SHOWN.filter((name) => Object.values(effects).every((series) => name in series));
  const titles: Partial<Record<string, string>> = {
    "entropy_frozen_scale": "scale held",
    "reciprocal_rank": "recip. rank",
  };
  return {
    heads: ["neurons", "value", ...shown.map((name) => titles[name] ?? name)],
    rows: [
      ["unchanged", null, ...shown.map((name) => nominal[name] ?? null)],
      ...Object.entries(effects).flatMap(([neurons, series]) =>
        series["loss"]!.map((_, i) => [
          neurons,
          series["loss"]!.length === values.length ? values[i]! : null,
          ...shown.map((name) => series[name]![i]!),
        ])
      ),
    ],
  };
}

/** Every set's means by value, as figures take them. */
export function neuronSeries({ sets }: InterventionRequest, means: InterventionMeans) {
  const isFrozen = means.outcomes.some(({ arm }) => arm === "frozen_scale");
  return sets.map(({ name, role }, set) => {
    const changes = means.outcomes.filter((one) => one.set === set && one.arm === "full")
      .map(({ difference }) => difference.loss);
    return {
      name,
      role,
      full: seriesOf(means, { set, arm: "full" }),
      frozen: isFrozen ? seriesOf(means, { set, arm: "frozen_scale" }) : undefined,
      lossChange: { mean: changes.map(({ mean }) => mean), se: changes.map(({ se }) => se) },
    };
  });
}
