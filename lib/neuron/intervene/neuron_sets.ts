/**
 * Neurons by name, alone or several changed together.
 *
 * @module
 */
import { nameOf, type Neuron } from "../neurons.ts";

/** Why a neuron is changed: chosen, or drawn to compare with. */
export type Role = "chosen" | "control";

/** Neurons that are changed together. */
export interface NeuronSet {
  /** Their names joined by `_`, as the original names its folders. */
  readonly name: string;
  readonly role: Role;
  /** In rising order of layers. */
  readonly neurons: readonly Neuron[];
}

/** One set of all neurons, or one set each. */
export function neuronSets(
  neurons: readonly Neuron[],
  { role, joint }: { role: Role; joint: boolean },
): NeuronSet[] {
  const sorted = neurons.toSorted((a, b) => a.layer - b.layer || a.neuron - b.neuron);
  const groups = joint && neurons.length > 0 ? [sorted] : neurons.map((one) => [one]);
  return groups.map((group) => ({ name: group.map(nameOf).join("_"), role, neurons: group }));
}

/** Neurons of some sets, each once, in order: the rows of the run's cosines. */
export function neuronsOfSets(
  sets: readonly Pick<NeuronSet, "name" | "role">[],
): { readonly name: string; readonly role: Role }[] {
  const seen = new Map<string, Role>();
  for (const { name, role } of sets) {
    for (const neuron of name.split("_")) if (!seen.has(neuron)) seen.set(neuron, role);
  }
  return [...seen].map(([name, role]) => ({ name, role }));
}
