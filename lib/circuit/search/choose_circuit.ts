import { cannot } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { Circuit } from "../graph/circuit.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import { findCircuit, type FindOptions } from "./find_circuit.ts";
import type { NodePrograms } from "../patch/node_programs.ts";
import { parsePlace, placeName } from "../graph/nodes.ts";
import { PAPER_CIRCUIT } from "../paper/paper_circuit.ts";
import { isPaperModel } from "../paper/paper_numbers.ts";
import { edgeName } from "../graph/patch_plan.ts";
import { readCircuit } from "../graph/read_circuit.ts";
import { placesOf } from "../graph/routes.ts";

/** Words that `--circuit` takes beside a path. */
export const CIRCUIT_WORDS = ["paper", "auto", "none"] as const;

/**
 * What `--circuit` means when it is not given: the paper's on GPT-2 small, a found one elsewhere.
 *
 * @throws {NeuriteError} E-USAGE for an empty text.
 */
export function circuitChoice(given: string | undefined, model: string): string {
  if (given !== "") return given ?? (isPaperModel(model) ? "paper" : "auto");
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--circuit",
    is: "an empty text",
    expected: `${CIRCUIT_WORDS.join(", ")} or a path`,
    hint: "leave out --circuit for the paper's on gpt2 and a found one elsewhere",
  });
}

/** The file that `--circuit` names, undefined where it is a word: what a run reads besides its model. */
export function circuitFile(given: string | undefined, model: string): string | undefined {
  const choice = circuitChoice(given, model);
  return (CIRCUIT_WORDS as readonly string[]).includes(choice) ? undefined : choice;
}

/**
 * The circuit of a choice (`paper`, `auto`, `none` or a file), or undefined for none and for a search
 * that finds nothing.
 *
 * @throws {NeuriteError} E-CIRCUIT when the model lacks a node of the paper's circuit or of the file's.
 */
export async function chooseCircuit(
  choice: string,
  { programs, task }: { programs: NodePrograms; task: ContrastTask },
  options: FindOptions = {},
): Promise<Circuit | undefined> {
  const { config } = programs.model;
  switch (choice) {
    case "none":
      return undefined;
    case "paper":
      return paperCircuitOf(config);
    case "auto": {
      const circuit = await findCircuit(programs, task, options);
      return circuit.edges.length > 0 ? circuit : undefined;
    }
    default:
      return renamedIfEdited(await readCircuit(choice, config));
  }
}

/**
 * A run of the paper's circuit writes it under that name, to be edited; the paper's numbers, which go
 * by the name, are of none but its own edges.
 */
function renamedIfEdited(circuit: Circuit): Circuit {
  const names = ({ edges }: Circuit) => edges.map(edgeName).sort().join();
  return circuit.name !== PAPER_CIRCUIT.name || names(circuit) === names(PAPER_CIRCUIT)
    ? circuit
    : { ...circuit, name: `${circuit.name}, edited` };
}

/**
 * The paper's circuit for a model that has all its nodes.
 *
 * @throws {NeuriteError} E-CIRCUIT for a smaller model.
 */
export function paperCircuitOf(config: Pick<ModelConfig, "nLayer" | "nHead">): Circuit {
  try {
    for (const place of placesOf(PAPER_CIRCUIT.edges)) parsePlace(placeName(place), config);
  } catch (cause) {
    throw cannot("E-CIRCUIT", {
      do: "use circuit",
      thing: "paper",
      is: `a circuit of 12 layers and 12 heads, on a model of ${config.nLayer} and ${config.nHead}`,
      expected: "a model with all its nodes, such as gpt2",
      hint: "use --circuit auto, or --model gpt2",
      cause,
    });
  }
  return PAPER_CIRCUIT;
}
