/**
 * What interventions do on average: means of every measure, and of its change from the unchanged run.
 *
 * @module
 */
import type { ModelConfig } from "../../model/config/config.ts";
import type { Tokens } from "../../model/tokens.ts";
import { type Estimate, RowMean, SUMS } from "./row_means.ts";
import type { Arm, InterventionBlock, InterventionRequest } from "./request.ts";
import { type Column, type Measure, MEASURES, needsNext } from "./token_statistics.ts";

/**
 * Positions that count: `valid` leaves out special tokens and each row's last position, as the original
 * (spec section 0.5); `all` takes every position a measure has.
 */
export type Positions = "valid" | "all";

/** Token ids that `valid` leaves out: begin and end of text; of GPT-NeoX padding too. */
export function specialIds({ modelType, bosTokenId, eosTokenId }: ModelConfig): Set<number> {
  const ids = [bosTokenId, eosTokenId, modelType === "gpt2" ? null : 1];
  return new Set(ids.filter((id) => id !== null));
}

/** Which tokens of a corpus are counted. */
export interface CountedTokens {
  readonly special: ReadonlySet<number>;
  readonly positions: Positions;
}

/** Whether a measure of the token at a position of `[B, T]` counts. */
export function isCounted(
  measure: Measure,
  { data, shape }: Tokens,
  position: number,
  { special, positions }: CountedTokens,
): boolean {
  const isLast = (position + 1) % shape[1]! === 0;
  if (positions === "all") return !isLast || !needsNext(measure);
  return !isLast && !special.has(data[position]!);
}

/** Means of one run, by measure. */
export type MeasureMeans = Readonly<Record<Measure, Estimate>>;

/** Means of one intervention. */
export interface OutcomeMeans {
  readonly set: number;
  readonly change: number;
  readonly arm: Arm;
  readonly value: MeasureMeans;
  /** Minus the unchanged run, token by token. */
  readonly difference: MeasureMeans;
}

/** The means of a whole run. */
export interface InterventionMeans {
  /** Tokens that loss and rank are means over. */
  readonly tokens: number;
  readonly nominal: MeasureMeans;
  /** In the order of the blocks' outcomes. */
  readonly outcomes: readonly OutcomeMeans[];
}

type Means = Record<Measure, RowMean>;

function eachMeasure<T>(make: (measure: Measure) => T): Record<Measure, T> {
  return Object.fromEntries(MEASURES.map((measure) => [measure, make(measure)])) as Record<
    Measure,
    T
  >;
}

/** Collects blocks of interventions. Holds a few numbers an outcome, whatever the number of tokens. */
export class MeansCollector {
  readonly #counted: CountedTokens;
  readonly #nominal: Means = eachMeasure(() => new RowMean());
  readonly #outcomes: {
    place: Pick<OutcomeMeans, "set" | "change" | "arm">;
    value: Means;
    difference: Means;
  }[];

  /** For the outcomes of a request. */
  constructor(
    { sets, changes, frozen }: Pick<InterventionRequest, "sets" | "changes" | "frozen">,
    counted: CountedTokens,
  ) {
    this.#counted = counted;
    const arms: Arm[] = frozen ? ["full", "frozen_scale"] : ["full"];
    this.#outcomes = [...sets.keys()].flatMap((set) =>
      [...changes.keys()].flatMap((change) =>
        arms.map((arm) => ({
          place: { set, change, arm },
          value: eachMeasure(() => new RowMean()),
          difference: eachMeasure(() => new RowMean()),
        }))
      )
    );
  }

  /** Whether a measure of the token at a position of a block counts. */
  counts(measure: Measure, tokens: Tokens, position: number): boolean {
    return isCounted(measure, tokens, position, this.#counted);
  }

  /** Takes a block. */
  add(block: InterventionBlock): void {
    const { tokens, nominal, outcomes } = block;
    for (const measure of MEASURES) {
      const rows = this.#countedRows(measure, tokens);
      const base = nominal.column(measure);
      for (const row of rows) this.#nominal[measure].add(sums(row, base));
      outcomes.forEach(({ statistics }, i) => {
        const values = statistics.column(measure);
        const { value, difference } = this.#outcomes[i]!;
        for (const row of rows) {
          value[measure].add(sums(row, values));
          difference[measure].add(sums(row, values, base));
        }
      });
    }
  }

  /** The positions of each row that count. */
  #countedRows(measure: Measure, tokens: Tokens): Int32Array[] {
    const [rows, T] = tokens.shape as [number, number];
    return Array.from({ length: rows }, (_, row) => {
      const positions = Int32Array.from({ length: T }, (_, t) => row * T + t);
      return positions.filter((position) => this.counts(measure, tokens, position));
    });
  }

  /** Every sum, for {@linkcode MeansCollector.restore}: f64, always in the same order. */
  state(): Float64Array {
    const means = this.#all();
    const state = new Float64Array(SUMS * means.length);
    means.forEach((mean, i) => state.set(mean.state, SUMS * i));
    return state;
  }

  /** Goes on from the state of a collector of the same request; false where it is of another. */
  restore(state: Float64Array): boolean {
    const means = this.#all();
    if (state.length !== SUMS * means.length) return false;
    means.forEach((mean, i) => mean.restore(state.subarray(SUMS * i, SUMS * (i + 1))));
    return true;
  }

  #all(): RowMean[] {
    const groups = this.#outcomes.flatMap(({ value, difference }) => [value, difference]);
    return [this.#nominal, ...groups].flatMap((means) => MEASURES.map((name) => means[name]));
  }

  /** All means so far. */
  finish(): InterventionMeans {
    const estimates = (means: Means) => eachMeasure((measure) => means[measure].estimate());
    return {
      tokens: this.#nominal.loss.count,
      nominal: estimates(this.#nominal),
      outcomes: this.#outcomes.map(({ place, value, difference }) => ({
        ...place,
        value: estimates(value),
        difference: estimates(difference),
      })),
    };
  }
}

/** Sums over some positions of values, or of their differences from others. */
function sums(positions: Int32Array, values: Column, from?: Column) {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < positions.length; i++) {
    const position = positions[i]!;
    const value = values[position]! - (from ? from[position]! : 0);
    sum += value;
    squares += value * value;
  }
  return { count: positions.length, sum, squares };
}
