/**
 * Where a circuit stands among random ones (spec/greater_than section 3.11).
 *
 * @module
 */
import { histogram } from "../histogram.ts";
import { CATEGORIES } from "../palette.ts";
import type { TopLevelSpec } from "../spec_types.ts";

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
  /** Shares of the model's probability difference that random circuits keep, one a draw. */
  readonly values: readonly number[];
  /** Drawn as labelled rules. */
  readonly named: readonly NamedCircuit[];
  /** @default {"random-circuits"} */
  readonly name?: string;
}

function standing(values: readonly number[], { label, value }: NamedCircuit): string {
  const below = values.filter((other) => other < value).length;
  return `${label}, at ${value.toFixed(3)}, is above ${below} of ${values.length}`;
}

/**
 * Histogram of the shares that many random circuits keep, a stroke a circuit up to 2,000, with a
 * labelled rule for each circuit that has a name.
 *
 * @throws {NeuriteError} `E-FIGURE` for no values or values that are not finite.
 */
export function randomCircuits(options: RandomCircuitOptions): TopLevelSpec {
  const { model, values, named, name = "random-circuits" } = options;
  return histogram(values, {
    name,
    title: `${model} Random Circuits of the Same Size`,
    description: `Distribution over ${values.length} random circuits of the share of the ` +
      `probability difference kept. ` +
      `${named.map((one) => standing(values, one)).join("; ")}.`,
    xTitle: "Share of the model's probability difference that the circuit keeps",
    yTitle: "Random circuits",
    rules: named.map(({ label, value }, i) => ({
      x: value,
      label: `${label}: ${value.toFixed(3)}`,
      color: CATEGORIES[(i + 1) % CATEGORIES.length]!,
    })),
  });
}
