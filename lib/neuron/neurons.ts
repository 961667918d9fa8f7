/**
 * Neurons by name, as commands and files choose them.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../errors.ts";
import type { ModelConfig } from "../model/config/config.ts";

/** A neuron of a model. */
export interface Neuron {
  /** Block, from 0. */
  readonly layer: number;
  /** Place within the layer, from 0. */
  readonly neuron: number;
}

/** Makes the error of whoever named the neurons. */
export type Refusal = (is: string, expected: string) => NeuriteError;

/** A number without leading zeros, so that a neuron has one name. */
const NAME = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/;

/** The neuron of a name `layer.index`, or undefined. Never read as a number: `1.10` is not `1.1`. */
export function parseNeuron(name: string): Neuron | undefined {
  const match = NAME.exec(name);
  return match ? { layer: Number(match[1]), neuron: Number(match[2]) } : undefined;
}

/** `layer.index`. */
export function nameOf({ layer, neuron }: Neuron): string {
  return `${layer}.${neuron}`;
}

/** All neurons of some layers, in order. */
export function neuronsOfLayers(layers: readonly number[], { dMlp }: ModelConfig): Neuron[] {
  return layers.flatMap((layer) =>
    Array.from({ length: dMlp }, (_, neuron) => ({ layer, neuron }))
  );
}

/**
 * Checks that neurons are there, in the model, and named once.
 *
 * @throws what `refuse` makes.
 */
export function checkNeurons(
  neurons: readonly Neuron[],
  { nLayer, dMlp }: Pick<ModelConfig, "nLayer" | "dMlp">,
  refuse: Refusal,
): void {
  if (neurons.length === 0) throw refuse("no neuron", "at least one, as layer.index");
  const seen = new Set<number>();
  for (const [place, one] of neurons.entries()) {
    const { layer, neuron } = one;
    const isThere = Number.isInteger(layer) && Number.isInteger(neuron) && layer >= 0 &&
      layer < nLayer && neuron >= 0 && neuron < dMlp;
    if (!isThere) {
      throw refuse(
        `neuron ${nameOf(one)} at place ${place}`,
        `layers 0 to ${nLayer - 1} with neurons 0 to ${dMlp - 1}`,
      );
    }
    if (seen.has(layer * dMlp + neuron)) {
      throw refuse(`neuron ${nameOf(one)} twice, again at place ${place}`, "each neuron once");
    }
    seen.add(layer * dMlp + neuron);
  }
}

/**
 * Reads names `layer.index` of a model's neurons; none of no names.
 *
 * @param option in errors: `"--neurons"`.
 * @throws {NeuriteError} E-USAGE for what is no name, a neuron that the model lacks, and one twice.
 */
export function readNeurons(
  names: readonly string[],
  config: Pick<ModelConfig, "nLayer" | "dMlp">,
  option: string,
): Neuron[] {
  const refuse: Refusal = (is, expected) =>
    cannot("E-USAGE", {
      do: "read option",
      thing: option,
      is,
      expected,
      hint: `${option} ${config.nLayer - 1}.0 is the first neuron of the last layer`,
    });
  const neurons = names.map((name) => {
    const neuron = parseNeuron(name);
    if (neuron) return neuron;
    throw refuse(JSON.stringify(name), "names of the form layer.index, such as 11.3030");
  });
  if (neurons.length > 0) checkNeurons(neurons, config, refuse);
  return neurons;
}
