/**
 * What a run finds of the first model and one partner.
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import { MatrixSummary, RowMaxima } from "./matrix_summary.ts";
import type { NeuronShape } from "./plan.ts";
import type { Side } from "./similarity.ts";

/** Neurons that have no similarity. */
export interface Defects {
  /** Constant over all kept positions. */
  dead: number;
  /** With NaN or infinity among their activations. */
  nonFinite: number;
}

/** Summaries of a pair of models, filled as tiles are finished. */
export class PairResult {
  /** The partner as results name it. */
  readonly label: string;
  readonly real: MatrixSummary;
  /** First the one whose every summary is kept; empty without a baseline. */
  readonly baselines: readonly (MatrixSummary | RowMaxima)[];
  readonly defects: Defects = { dead: 0, nonFinite: 0 };

  constructor(
    label: string,
    [base, partner]: readonly [NeuronShape, NeuronShape],
    baselines: number,
  ) {
    const [n1, n2] = [base, partner].map(({ layers, width }) => layers * width) as [number, number];
    this.label = label;
    this.real = new MatrixSummary(n1, n2);
    this.baselines = Array.from(
      { length: baselines },
      (_, draw) => draw === 0 ? new MatrixSummary(n1, n2) : new RowMaxima(n1),
    );
  }

  /** Counts the neurons of a layer that have no similarity. */
  countDefects({ dead, nonFinite }: Side): void {
    this.defects.dead += dead;
    this.defects.nonFinite += nonFinite;
  }

  /** Every summary of the real matrix, or of the first baseline. */
  arrays(which: "real" | "baseline"): Record<string, HostArray> {
    return (which === "real" ? this.real : this.baselines[0] as MatrixSummary).arrays();
  }

  /** The largest similarity of each of the first model's neurons, in each draw of the baseline. */
  baselineMaxima(): Float32Array[] {
    return this.baselines.map((baseline) => baseline.maxima());
  }
}
