/**
 * What a run finds by the original's float16 sums, neuron by neuron beside the exact result.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { FLOAT16_STATES, float16States, type RoundedSide } from "./float16_moments.ts";
import { RowMaxima } from "./matrix_summary.ts";
import { type PairMaxima, UNIVERSAL_EXCESS, universality } from "./universal.ts";

/** Rounding a correlation to float16 moves it by up to 2.4e-4, and its sums by some more. */
const CHANGE = 1e-3;

/** A pair of models by float16 sums. */
export class Float16Pair implements PairMaxima {
  readonly label: string;
  readonly real: RowMaxima;
  readonly baselines: readonly RowMaxima[];
  /** Neurons of the partner in each of {@linkcode FLOAT16_STATES}. */
  readonly partnerStates: Int32Array = new Int32Array(FLOAT16_STATES.length);

  /** @param rows neurons of the first model. */
  constructor(label: string, rows: number, baselines: number) {
    this.label = label;
    this.real = new RowMaxima(rows);
    this.baselines = Array.from({ length: baselines }, () => new RowMaxima(rows));
  }

  /** Counts the neurons of a layer of the partner by what float16 made of them. */
  countStates(side: RoundedSide): void {
    for (const state of float16States(side)) this.partnerStates[state]!++;
  }

  /** The largest of each row, in each draw of the baseline. */
  baselineMaxima(): Float32Array[] {
    return this.baselines.map((baseline) => baseline.maxima());
  }
}

/** All of it. */
export interface Float16Result {
  readonly pairs: readonly Float16Pair[];
  /** Of each of the first model's neurons, its place in {@linkcode FLOAT16_STATES}. */
  readonly states: Int32Array;
}

/** The two results of one run. */
export interface ComparedResults {
  readonly pairs: readonly PairMaxima[];
  readonly layers: number;
  readonly float16: Float16Result;
}

/** The columns over all partners by float16 sums, under the exact ones' names, and `float16_state`. */
export function float16Arrays({ pairs, states }: Float16Result): Record<string, HostArray> {
  return {
    ...universality(pairs).arrays,
    "float16_state": { data: states, shape: [states.length] },
  };
}

function columnsOf(pairs: readonly PairMaxima[]) {
  const { arrays } = universality(pairs);
  return {
    mean: arrays["pairs_mean_corr"]!.data as Float32Array,
    excess: arrays["excess_corr"]?.data as Float32Array | undefined,
  };
}

/** A neuron that float16 changes. */
export interface ChangedNeuron {
  readonly layer: number;
  readonly neuron: number;
  readonly state: string;
  /** Mean over partners of its largest correlation. */
  readonly exact: number;
  readonly float16: number;
  readonly excess: number;
  readonly float16Excess: number;
}

/** The neurons whose mean largest correlation or excess moves by more than 0.001, most moved first. */
export function changedNeurons({ pairs, layers, float16 }: ComparedResults): ChangedNeuron[] {
  const [exact, other] = [columnsOf(pairs), columnsOf(float16.pairs)];
  const width = float16.states.length / layers;
  const excess = (of: Float32Array | undefined, i: number) => of?.[i] ?? NaN;
  const moves = (a: number, b: number) => Number.isNaN(a) ? 0 : Math.abs(a - b);
  const changed = [...float16.states.keys()].flatMap((i) => {
    const one: ChangedNeuron = {
      layer: Math.floor(i / width),
      neuron: i % width,
      state: FLOAT16_STATES[float16.states[i]!]!,
      exact: exact.mean[i]!,
      float16: other.mean[i]!,
      excess: excess(exact.excess, i),
      float16Excess: excess(other.excess, i),
    };
    const move = Math.max(moves(one.exact, one.float16), moves(one.excess, one.float16Excess));
    // NaN of the baseline is a change that no distance measures.
    return move <= CHANGE ? [] : [{ one, move: Number.isNaN(move) ? Infinity : move }];
  });
  return changed.sort((a, b) => a.move === b.move ? 0 : b.move - a.move).map(({ one }) => one);
}

/** Columns of `tables/float16_moments`. */
export function changeTable(changed: readonly ChangedNeuron[]): TableColumn[] {
  const float = (name: string, of: (neuron: ChangedNeuron) => number) => ({
    name,
    type: "float32" as const,
    values: Float32Array.from(changed, of),
  });
  return [
    { name: "layer", type: "int32", values: changed.map(({ layer }) => layer) },
    { name: "neuron", type: "int32", values: changed.map(({ neuron }) => neuron) },
    { name: "state", type: "string", values: changed.map(({ state }) => state) },
    float("mean_corr", ({ exact }) => exact),
    float("mean_corr_float16", ({ float16 }) => float16),
    float("excess_corr", ({ excess }) => excess),
    float("excess_corr_float16", ({ float16Excess }) => float16Excess),
  ];
}

/** Numbers for summary.json. */
export function float16Numbers(result: ComparedResults): SummaryNumbers {
  const { float16: { pairs, states } } = result;
  const changed = changedNeurons(result);
  const [exact, other] = [columnsOf(result.pairs), columnsOf(pairs)];
  const count = (place: number) => states.filter((state) => state === place).length;
  const apart = Array.from(exact.mean, (x, i) => Math.abs(x - other.mean[i]!))
    .filter(Number.isFinite);
  const isUniversal = (excess: Float32Array, i: number) => excess[i]! > UNIVERSAL_EXCESS;
  const sets = (one: Float32Array, another: Float32Array) =>
    [...one.keys()].filter((i) => isUniversal(one, i) && !isUniversal(another, i)).length;
  return {
    "zero_neurons": count(1),
    "not_a_number_neurons": count(2),
    "infinite_neurons": count(3),
    "changed_neurons": changed.length,
    "largest_change": apart.reduce((a, b) => Math.max(a, b), 0),
    "mean_change": apart.reduce((sum, x) => sum + x, 0) / Math.max(1, apart.length),
    ...(exact.excess && other.excess && {
      "universal_neurons": other.excess.filter((x) => x > UNIVERSAL_EXCESS).length,
      "universal_lost": sets(exact.excess, other.excess),
      "universal_gained": sets(other.excess, exact.excess),
    }),
    pairs: Object.fromEntries(pairs.map(({ label, partnerStates }) => [label, {
      "zero_neurons": partnerStates[1]!,
      "not_a_number_neurons": partnerStates[2]!,
      "infinite_neurons": partnerStates[3]!,
    }])),
  };
}

const SHOWN = 20;

/** For the report: how many neurons change, and those that change most; nothing without float16 sums. */
export function float16ReportNumbers(
  { float16, ...exact }: Omit<ComparedResults, "float16"> & Partial<ComparedResults>,
) {
  if (!float16) return [];
  const result = { ...exact, float16 };
  const plain = { verdict: "not applicable" as const };
  const counts = Object.entries(float16Numbers(result)).flatMap(([name, value]) =>
    typeof value === "number"
      ? [{ name: `float16 moments: ${name.replaceAll("_", " ")}`, value, ...plain }]
      : []
  );
  const shown = changedNeurons(result).slice(0, SHOWN).map((one) => ({
    name: `neuron ${one.layer}.${one.neuron}, mean largest correlation`,
    value: one.exact,
    note: `${one.float16.toPrecision(4)} by float16 moments (${one.state})` +
      (Number.isNaN(one.excess)
        ? ""
        : `; excess ${one.excess.toPrecision(4)} against ${one.float16Excess.toPrecision(4)}`),
    ...plain,
  }));
  return [...counts, ...shown];
}
