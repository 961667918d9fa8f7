/**
 * What is kept of every neuron's weight statistics for tables, summaries and figures.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { spread } from "../spread.ts";
import type { HeadComposition } from "./head_factors.ts";
import { COLUMN_ARRAYS, type NeuronNumber, type NeuronNumbers } from "./published.ts";
import type { LayerStatistics } from "./statistics.ts";

/** A neuron whose similarities to the vocabulary stand out, with the tokens at either end. */
export interface StandingNeuron {
  /** `layer.index`. */
  readonly name: string;
  readonly kurt: number;
  readonly skew: number;
  /** Tokens it promotes most, then those it suppresses most. */
  readonly top: readonly number[];
  readonly bottom: readonly number[];
}

/** The numbers of every neuron under the original's names. */
export type NeuronColumns = Readonly<Record<NeuronNumber | "l2_penalty", Float32Array>>;

const NUMBERS = Object.keys(COLUMN_ARRAYS) as NeuronNumber[];
const COMPOSITIONS = ["comp_v", "comp_o", "comp_query_side", "comp_key_side"] as const;
const TOKENS = 8;

/** The rows of the neuron table, filled layer by layer. */
export class NeuronTable {
  readonly #config: ModelConfig;
  readonly #columns: Record<NeuronNumber, Float32Array>;
  readonly #tokens: { top: Int32Array[]; bottom: Int32Array[] } = { top: [], bottom: [] };
  readonly #compositions: Record<HeadComposition, Float64Array>;

  constructor(config: ModelConfig) {
    const { nLayer: L, dMlp: F, nHead: H } = config;
    this.#config = config;
    this.#columns = byKey(NUMBERS, () => new Float32Array(L * F));
    this.#compositions = byKey(COMPOSITIONS, () => new Float64Array(L * L * H));
  }

  /** Takes a layer's results. */
  add({ layer, arrays }: LayerStatistics): void {
    const { dMlp: F, nLayer: L, nHead: H } = this.#config;
    for (const name of NUMBERS) {
      this.#columns[name].set(arrays[COLUMN_ARRAYS[name]]!.data as Float32Array, layer * F);
    }
    for (const end of ["top", "bottom"] as const) {
      this.#tokens[end].push(firstColumns(arrays[`U_out_${end}_ix`]!, TOKENS));
    }
    for (const name of COMPOSITIONS) {
      const means = this.#compositions[name].subarray(layer * L * H, (layer + 1) * L * H);
      arrays[name]!.data.forEach((value: number | bigint, i: number) => {
        means[i % means.length]! += Number(value) / F;
      });
    }
  }

  /** Every column `[L·F]`; `l2_penalty` is `w_in_norm² + w_out_norm²`. */
  get columns(): NeuronColumns {
    const { w_in_norm: read, w_out_norm: write } = this.#columns;
    const penalty = read.map((norm, i) => norm ** 2 + write[i]! ** 2);
    return { ...this.#columns, "l2_penalty": penalty };
  }

  /** The table as a file has it: `layer`, `neuron`, and the columns in the original's order. */
  tableColumns(): TableColumn[] {
    const { dMlp: F } = this.#config;
    const numbers = this.columns;
    const places = Int32Array.from({ length: numbers.w_in_norm.length }, (_, i) => i);
    const { vocab_mean, vocab_var, vocab_skew, vocab_kurt, ...own } = numbers;
    return [
      { name: "layer", type: "int32", values: places.map((i) => Math.floor(i / F)) },
      { name: "neuron", type: "int32", values: places.map((i) => i % F) },
      ...Object.entries({ ...own, vocab_mean, vocab_var, vocab_skew, vocab_kurt }).map((
        [name, values],
      ) => ({ name, type: "float32" as const, values })),
    ];
  }

  /** One neuron's numbers, by its name `layer.index`; undefined where the model has none such. */
  numbersOf(name: string): NeuronNumbers | undefined {
    const { dMlp: F, nLayer } = this.#config;
    const [layer, index] = name.split(".").map(Number) as [number, number];
    if (layer >= nLayer || index >= F) return undefined;
    return byKey(NUMBERS, (key) => this.#columns[key][layer * F + index]!);
  }

  /** Mean composition of a layer's neurons (rows) with every head, f64 `[L, L·H]`. */
  compositions(): Record<HeadComposition, HostArray<Float64Array>> {
    const { nLayer: L, nHead: H } = this.#config;
    return byKey(COMPOSITIONS, (name) => ({ data: this.#compositions[name], shape: [L, L * H] }));
  }

  /** The neurons of the largest vocabulary kurtosis, largest first. */
  standing(count: number): StandingNeuron[] {
    const { dMlp: F } = this.#config;
    const { vocab_kurt: kurt, vocab_skew: skew } = this.#columns;
    const order = [...kurt.keys()].filter((i) => Number.isFinite(kurt[i]))
      .sort((a, b) => kurt[b]! - kurt[a]! || a - b);
    return order.slice(0, count).map((i) => {
      const layer = Math.floor(i / F);
      const tokens = (end: "top" | "bottom") => {
        const all = this.#tokens[end][layer]!;
        const width = all.length / F;
        return [...all.subarray((i % F) * width, (i % F + 1) * width)];
      };
      return {
        name: `${layer}.${i % F}`,
        kurt: kurt[i]!,
        skew: skew[i]!,
        top: tokens("top"),
        bottom: tokens("bottom"),
      };
    });
  }

  /** Mean, deviation and range of each column, and what the paper counts. */
  summary(): SummaryNumbers {
    const columns = this.columns;
    const { vocab_kurt, w_in_norm, w_out_norm } = columns;
    const silent = w_in_norm.filter((norm, i) => norm === 0 || w_out_norm[i] === 0).length;
    return {
      "neurons": w_in_norm.length,
      "neurons_without_weights": silent,
      "vocab_kurt_above_10": vocab_kurt.filter((value) => value > 10).length,
      ...byKey(Object.keys(columns) as (keyof NeuronColumns)[], (name) => spread(columns[name])),
    };
  }
}

function byKey<Key extends string, Value>(
  keys: readonly Key[],
  make: (key: Key) => Value,
): Record<Key, Value> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<Key, Value>;
}

function firstColumns({ data, shape }: HostArray, count: number): Int32Array {
  const [rows, width] = shape as [number, number];
  const kept = Math.min(count, width);
  return Int32Array.from(
    { length: rows * kept },
    (_, i) => Number(data[Math.floor(i / kept) * width + i % kept]),
  );
}
