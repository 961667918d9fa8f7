/**
 * Where a circuit stands among random ones (spec/greater_than section 3.11).
 *
 * @module
 */
import { histogram } from "../histogram.ts";
import { CATEGORIES } from "../palette.ts";
import type { TopLevelSpec } from "../spec_types.ts";
import type { FigureEntry } from "../write_report.ts";

/** A circuit that has a name. */
export interface NamedCircuit {
  /** Such as `"the circuit"` or `"the original's alternative"`. */
  readonly label: string;
  readonly value: number;
}

/** What was measured of all circuits. */
export interface RandomCircuitOptions {
  /** The model as the title has it. */
  readonly model: string;
  /** Of random circuits, one a draw. */
  readonly values: readonly number[];
  /** Drawn as labelled rules. */
  readonly named: readonly NamedCircuit[];
  /** What the values are. @default {"ratio"} */
  readonly measure?: "ratio" | "prob diff";
  /** @default {"random-circuits"} */
  readonly name?: string;
}

const AXES = {
  ratio: "Share of the model's probability difference that the circuit keeps",
  "prob diff": "Probability difference when only the circuit sees the start year",
} as const;

function standing(values: readonly number[], { label, value }: NamedCircuit): string {
  const below = values.filter((other) => other < value).length;
  return `${label}, at ${value.toFixed(3)}, is above ${below} of ${values.length}`;
}

/**
 * Histogram of a measure of many random circuits, a stroke a circuit up to 2,000, with a labelled
 * rule for each circuit that has a name.
 *
 * @throws {NeuriteError} `E-FIGURE` for no values or values that are not finite.
 */
export function randomCircuits(options: RandomCircuitOptions): TopLevelSpec {
  const { model, values, named, measure = "ratio", name = "random-circuits" } = options;
  return histogram(values, {
    name,
    title: `${model} Random Circuits of the Same Size`,
    description: `Distribution over ${values.length} random circuits of the ` +
      `${measure === "ratio" ? "share of the probability difference kept" : measure}. ` +
      `${named.map((one) => standing(values, one)).join("; ")}.`,
    xTitle: AXES[measure],
    yTitle: "Random circuits",
    rules: named.map(({ label, value }, i) => ({
      x: value,
      label: `${label}: ${value.toFixed(3)}`,
      color: CATEGORIES[(i + 1) % CATEGORIES.length]!,
    })),
  });
}

/** random-circuits, with each named circuit's place among the random ones in the caption. */
export function randomCircuitFigures(options: RandomCircuitOptions): FigureEntry[] {
  const { values, named, name = "random-circuits" } = options;
  return [{
    name,
    spec: randomCircuits(options),
    caption: `Random circuits of the same size and layers. ` +
      named.map((one) => `${standing(values, one)} random circuits.`).join(" "),
  }];
}
