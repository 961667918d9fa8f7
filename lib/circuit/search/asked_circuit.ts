/**
 * The circuit that a script's options ask for, and what people are told of it.
 *
 * @module
 */
import { note, warn } from "../../cli/log.ts";
import { defineOptions } from "../../cli/options.ts";
import { sha256File } from "../../store/hash.ts";
import { chooseCircuit, circuitChoice } from "./choose_circuit.ts";
import type { Circuit, WeighedOn } from "../graph/circuit.ts";
import { type ContrastTask, taskSize } from "../task/contrast_task.ts";
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
  /** What the prompts were drawn with. */
  readonly seed?: number | undefined;
  /** The file of one's own prompts, where they were not drawn. */
  readonly prompts?: string | undefined;
  readonly memory?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a run measures on: `prompts` of them, of a file or drawn.
 *
 * @throws {NeuriteError} E-FILE-… when the file is gone.
 */
async function measuredOn(
  model: string,
  prompts: number,
  given: Pick<AskedCircuit, "seed" | "prompts">,
): Promise<WeighedOn> {
  const { seed } = given;
  const drawn = seed === undefined ? undefined : "drawn";
  const source = given.prompts === undefined
    ? drawn
    : `own prompts, sha256 ${(await sha256File(given.prompts)).sha256}`;
  return { model, prompts, seed, "prompt_source": source };
}

/** A circuit with what it was found on, where it was found here, and what the run measures on. */
function withProvenance(circuit: Circuit, runOn: WeighedOn, isFound: boolean): Circuit {
  if (!isFound) return { ...circuit, runOn };
  // A search weighs edges on the prompts it looked at, which can be fewer.
  const { prompts = runOn.prompts } = circuit.provenance;
  const { model, seed, prompt_source: source } = runOn;
  const foundOn = {
    model,
    prompts,
    ...(seed !== undefined && { seed }),
    ...(source !== undefined && { "prompt_source": source }),
  };
  return {
    ...circuit,
    provenance: { ...circuit.provenance, ...foundOn },
    weighed: foundOn,
    runOn,
  };
}

/**
 * The circuit, with a note of its nodes; undefined, with a warning, when a search finds nothing. It
 * carries the model and prompts of this run, and a found one keeps them in its provenance.
 *
 * @param model its name in results: on the paper's model the paper's circuit is the default.
 * @throws {NeuriteError} as {@linkcode chooseCircuit}.
 */
export async function askedCircuit(
  model: string,
  on: { programs: NodePrograms; task: ContrastTask },
  { circuit: given, threshold, memory, signal, ...prompts }: AskedCircuit,
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
    const runOn = await measuredOn(model, taskSize(on.task), prompts);
    return withProvenance(circuit, runOn, choice === "auto");
  }
  if (choice !== "none") {
    warn(
      `no head at END moves ${threshold} of the probability difference, so there is no circuit`,
    );
  }
  return undefined;
}
