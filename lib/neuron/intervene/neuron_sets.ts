/**
 * Neurons by name, alone or several changed together.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";

/** A neuron's place. */
export interface NeuronPlace {
  readonly layer: number;
  /** Within the layer. */
  readonly index: number;
}

/** Why a neuron is changed: chosen, or drawn to compare with. */
export type Role = "chosen" | "control";

/** Neurons that are changed together. */
export interface NeuronSet {
  /** Their names joined by `_`, as the original names its folders. */
  readonly name: string;
  readonly role: Role;
  /** In rising order of layers. */
  readonly neurons: readonly NeuronPlace[];
}

/** `layer.index`; a text, because `1.10` is not `1.1`. */
export function neuronName({ layer, index }: NeuronPlace): string {
  return `${layer}.${index}`;
}

/**
 * Reads names `layer.index` of a model.
 *
 * @param flag in errors: `"--neurons"`.
 * @throws {NeuriteError} E-USAGE for what is no name, a neuron that the model lacks, and one twice.
 */
export function readNeurons(
  names: readonly string[],
  { nLayer, dMlp }: Pick<ModelConfig, "nLayer" | "dMlp">,
  flag: string,
): NeuronPlace[] {
  const refuse = (is: string, expected: string) =>
    cannot("E-USAGE", {
      do: "read option",
      thing: flag,
      is,
      expected,
      hint: `${flag} ${nLayer - 1}.0 is the first neuron of the last layer`,
    });
  const seen = new Set<string>();
  return names.map((name) => {
    const [, layer, index] = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/.exec(name) ?? [];
    if (layer === undefined) throw refuse(JSON.stringify(name), "layer.index, such as 11.3030");
    const place = { layer: Number(layer), index: Number(index) };
    if (place.layer >= nLayer || place.index >= dMlp) {
      throw refuse(name, `layers 0 to ${nLayer - 1} with neurons 0 to ${dMlp - 1}`);
    }
    if (seen.has(name)) throw refuse(`${name} twice`, "each neuron once");
    seen.add(name);
    return place;
  });
}

/** One set of all neurons, or one set each. */
export function neuronSets(
  neurons: readonly NeuronPlace[],
  { role, joint }: { role: Role; joint: boolean },
): NeuronSet[] {
  const sorted = neurons.toSorted((a, b) => a.layer - b.layer || a.index - b.index);
  const groups = joint && neurons.length > 0 ? [sorted] : neurons.map((one) => [one]);
  return groups.map((group) => ({ name: group.map(neuronName).join("_"), role, neurons: group }));
}
