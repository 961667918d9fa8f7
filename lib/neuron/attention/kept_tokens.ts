/**
 * Measures token by token, for the few neurons whose scatter plots are wanted.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { TableColumn } from "../../store/format/table.ts";
import type { TokenValues } from "./ablation_statistics.ts";
import { type HeadPath, pathName } from "./head_path.ts";
import type { RankedNeurons } from "./rank_neurons.ts";

/** Neurons whose tokens a run may keep: a table each. */
const MOST_KEPT = 64;

/** A range of ranks, `to` not among them. */
export interface RankRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The ranks asked for, `"12"` or in the original's form `"L7N12"`; none asked are those of the
 * strongest neuron of either sign in the range.
 *
 * @throws {NeuriteError} E-USAGE for what is no rank in the range, another MLP's, or too many.
 */
export function keptRanks(
  asked: readonly string[],
  { path, ranked, range }: {
    readonly path: HeadPath;
    readonly ranked: RankedNeurons;
    readonly range: RankRange;
  },
): number[] {
  const complain = (thing: string, is: string) =>
    cannot("E-USAGE", {
      do: "keep the tokens of",
      thing,
      is,
      expected:
        `at most ${MOST_KEPT} of ${range.from} to ${
          range.to - 1
        }, or L${path.mlpLayer}N${range.from} ` +
        "and so on",
      hint: `--keep ${range.from},${Math.min(range.from + 1, range.to - 1)}`,
    });
  if (asked.length > MOST_KEPT) throw complain("--keep", `${asked.length} neurons`);
  if (asked.length === 0) {
    const scores = ranked.scores.subarray(range.from, range.to);
    const first = [scores.findIndex((score) => score > 0), scores.findIndex((score) => score < 0)];
    return first.filter((rank) => rank >= 0).map((rank) => range.from + rank);
  }
  const ranks = asked.map((word) => {
    const [, layer, rank] = /^(?:L(\d{1,6})N)?(\d{1,9})$/.exec(word) ?? [];
    if (rank === undefined) throw complain(word, "no rank");
    if (layer !== undefined && Number(layer) !== path.mlpLayer) {
      throw complain(word, `a neuron of MLP ${Number(layer)}, not of ${pathName(path)}`);
    }
    const number = Number(rank);
    if (number < range.from || number >= range.to) {
      throw complain(word, "a rank that is not measured");
    }
    return number;
  });
  return [...new Set(ranks)];
}

/** The measures of one neuron at every query of every row, in order. */
export class KeptTokens {
  readonly #columns: Readonly<Record<keyof TokenValues, Float32Array>>;
  readonly #queries: number;
  readonly #from: number;

  /** For `rows` rows with queries from `from` to `positions` − 1. */
  constructor({ rows, from, positions }: Record<"rows" | "from" | "positions", number>) {
    this.#queries = positions - from;
    this.#from = from;
    const column = () => new Float32Array(rows * this.#queries);
    this.#columns = {
      activation: column(),
      normDiff: column(),
      fractional: column(),
      bosDiff: column(),
    };
  }

  /** Puts the measures of a row in its place. */
  set(row: number, values: TokenValues): void {
    for (const name of Object.keys(this.#columns) as (keyof TokenValues)[]) {
      this.#columns[name].set(values[name], row * this.#queries);
    }
  }

  /** f32 `[rows · Tq]`. */
  get values(): Readonly<Record<keyof TokenValues, Float32Array>> {
    return this.#columns;
  }

  /** As a table, under the original's column names, with the place of each token. */
  columns(): TableColumn[] {
    const { activation, bosDiff, normDiff, fractional } = this.#columns;
    const place = (at: (i: number) => number) =>
      Int32Array.from({ length: activation.length }, (_, i) => at(i));
    return [
      { name: "Activation Diff", type: "float32", values: activation },
      { name: "BOS Prob Diff", type: "float32", values: bosDiff },
      { name: "Norm Diff", type: "float32", values: normDiff },
      { name: "Fractional Norm Diff", type: "float32", values: fractional },
      { name: "row", type: "int32", values: place((i) => Math.floor(i / this.#queries)) },
      { name: "position", type: "int32", values: place((i) => this.#from + i % this.#queries) },
    ];
  }
}
