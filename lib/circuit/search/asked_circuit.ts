/**
 * The circuit that a script's options ask for, and what people are told of it.
 *
 * @module
 */
import { note, warn } from "../../cli/log.ts";
import { defineOptions } from "../../cli/options.ts";
import { chooseCircuit, circuitChoice } from "./choose_circuit.ts";
import type { Circuit } from "../graph/circuit.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import { DEFAULT_THRESHOLD } from "./find_circuit.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { circuitRoles, describeRoles } from "../graph/routes.ts";

/** `--circuit` and `--threshold`, to be spread among a script's own options. */
export const CIRCUIT_OPTIONS = defineOptions({
  circuit: {
    type: "string",
    paper: "paper",
    placeholder: "paper|auto|none|FILE",
    description: "Whose nodes are looked at; paper on gpt2, else auto.",
  },
  threshold: {
    type: "number",
    default: DEFAULT_THRESHOLD,
    min: 0,
    max: 1,
    description: "auto keeps what moves this share of the model's mean probability difference.",
  },
});

/** The values of {@linkcode CIRCUIT_OPTIONS} and what a search needs besides. */
export interface AskedCircuit {
  readonly circuit?: string | undefined;
  readonly threshold: number;
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The circuit, with a note of its nodes; undefined, with a warning, when a search finds nothing.
 *
 * @param model its name in results: on the paper's model the paper's circuit is the default.
 * @throws {NeuriteError} as {@linkcode chooseCircuit}.
 */
export async function askedCircuit(
  model: string,
  on: { programs: NodePrograms; task: ContrastTask },
  { circuit: given, threshold, memory, signal }: AskedCircuit,
): Promise<Circuit | undefined> {
  const choice = circuitChoice(given, model);
  const circuit = await chooseCircuit(choice, on, {
    threshold,
    memory,
    signal,
    onSweep: (what) => note(`search ${what}`),
  });
  if (circuit) {
    const { name, edges } = circuit;
    note(`circuit ${name}: ${edges.length} edges, ${describeRoles(circuitRoles(edges))}`);
  } else if (choice !== "none") {
    warn(`no node moves ${threshold} of the probability difference, so there is no circuit`);
  }
  return circuit;
}
