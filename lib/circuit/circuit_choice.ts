import { cannot } from "../errors.ts";
import type { ModelConfig } from "../model/config/config.ts";
import { parseNode } from "./nodes.ts";
import { PAPER_CIRCUIT, type YearCircuit } from "./paper_circuit.ts";

/** What `--circuit` takes. */
export const CIRCUIT_CHOICES = ["none", "paper"] as const;

/** A member of {@linkcode CIRCUIT_CHOICES}. */
export type CircuitChoice = typeof CIRCUIT_CHOICES[number];

/**
 * The circuit of a choice, or undefined for none.
 *
 * @throws {NeuriteError} E-CIRCUIT when the model lacks one of its layers or heads.
 */
export function chooseCircuit(
  choice: CircuitChoice,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
): YearCircuit | undefined {
  if (choice === "none") return undefined;
  const { mlps, heads, lowMlps, lowHeads } = PAPER_CIRCUIT;
  const names = [
    ...[...mlps, ...lowMlps].map((layer) => `m${layer}`),
    ...[...heads, ...lowHeads].map(([layer, head]) => `a${layer}.h${head}`),
  ];
  try {
    for (const name of names) parseNode(name, config);
  } catch (cause) {
    throw cannot("E-CIRCUIT", {
      do: "use circuit",
      thing: choice,
      is: `a circuit of 12 layers and 12 heads, on a model of ${config.nLayer} and ${config.nHead}`,
      expected: "a model with all its nodes, such as gpt2",
      hint: "use --circuit none, or --model gpt2",
      cause,
    });
  }
  return PAPER_CIRCUIT;
}
