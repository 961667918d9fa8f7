/**
 * Pre-activations of neurons by class of position, one neuron after the other.
 *
 * @module
 */
import type { FamilySource, FeatureNeuron } from "./family_sources.ts";

/** Values of one class. */
export interface ClassValues {
  readonly name: string;
  readonly values: Float32Array;
}

/** A neuron of a family with its values. */
export interface SplitNeuron extends FeatureNeuron {
  readonly classes: readonly ClassValues[];
}

/** Splits values by their class; a class beyond `names` is left out. */
export function splitClasses(
  values: ArrayLike<number>,
  codes: ArrayLike<number>,
  names: readonly string[],
): ClassValues[] {
  const counts = new Int32Array(names.length);
  for (let i = 0; i < codes.length; i++) if (codes[i]! < names.length) counts[codes[i]!]!++;
  const lists = Array.from(counts, (count) => new Float32Array(count));
  counts.fill(0);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < names.length) lists[code]![counts[code]!++] = values[i]!;
  }
  return names.map((name, i) => ({ name, values: lists[i]! }));
}

/**
 * Reads neurons in turn and splits each by the classes of its feature; 4 bytes a token of values and
 * as much again of classes, until the next is asked for.
 *
 * @param classesOf `[B·T]`, the class of each position by feature.
 */
export async function* splitNeurons(
  source: Pick<FamilySource, "activations" | "placeOf">,
  neurons: readonly FeatureNeuron[],
  { names, classesOf }: {
    readonly names: readonly string[];
    readonly classesOf: (feature: string) => Uint8Array;
  },
): AsyncGenerator<SplitNeuron> {
  for (const neuron of neurons) {
    const values = await source.activations.read(source.placeOf(neuron.neuron));
    yield { ...neuron, classes: splitClasses(values, classesOf(neuron.feature), names) };
  }
}
