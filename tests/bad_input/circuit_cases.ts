/** What `circuit_discovery --circuit` cannot work with. */
import { join } from "node:path";
import { type BadInput, discovery, YEAR_MODEL } from "./case.ts";

/** A run with a circuit file of this text. */
const withCircuit = (text: string) => async (folder: string) => {
  const path = join(folder, "circuit.json");
  await Deno.writeTextFile(path, text);
  return { command: discovery(folder, YEAR_MODEL, `--circuit=${path}`, "--count=2") };
};

const withChoice = (choice: string, model: string) => (folder: string) =>
  Promise.resolve({ command: discovery(folder, model, `--circuit=${choice}`, "--count=2") });

const withEdges = (...edges: unknown[]) =>
  withCircuit(JSON.stringify({ schema: "neurite.circuit/1", edges }));

/** Circuits that are missing, misspelt or of another model. */
export const CIRCUIT_CASES: readonly BadInput[] = [
  {
    name: "the paper's circuit on a model without its nodes",
    prepare: withChoice("paper", "cache/models/tiny-gpt2-a"),
    exit: 4,
    code: "E-CIRCUIT",
    message: /use circuit "paper": a circuit of 12 layers and 12 heads, on a model of 4 and 4, /,
  },
  {
    name: "a circuit of no name, as an unset variable gives",
    prepare: withChoice("", YEAR_MODEL),
    exit: 2,
    code: "E-USAGE",
    message: /read option "--circuit": an empty text, expected paper, auto, none or a path/,
  },
  {
    name: "circuit file that is not there",
    prepare: (folder) => withChoice(join(folder, "no.json"), YEAR_MODEL)(folder),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /"DIR\/no\.json"/,
  },
  {
    name: "circuit file that is no JSON",
    prepare: withCircuit("a3.h1 -> logits"),
    exit: 4,
    code: "E-CIRCUIT",
    message: /read circuit "DIR\/circuit\.json": no JSON, expected a circuit of schema neurite/,
  },
  {
    name: "circuit file naming a missing head",
    prepare: withEdges({ edge: "a3.h1@END->logits@END" }, { edge: "a3.h12@END->logits@END" }),
    exit: 4,
    code: "E-CIRCUIT",
    message:
      /edge 1: .*"a3\.h12.*a head beyond the model's 12.*, expected edges between nodes of a m/,
  },
  {
    name: "circuit file with an edge that runs backwards",
    prepare: withEdges({ edge: "m3@END->m2@END" }),
    exit: 4,
    code: "E-CIRCUIT",
    message: /edge 0: .*a sender computed after its receiver/,
  },
  {
    name: "circuit file without edges",
    prepare: withEdges(),
    exit: 4,
    code: "E-CIRCUIT",
    message: /no list of edges, expected edges, each \{"edge": "a9\.h1@END->logits@END"\}$/,
  },
];
