/**
 * Circuits from JSON files: edges with their provenance (docs/circuits.md).
 *
 * @module
 */
import { resolve } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import type { Json } from "../../store/format/json.ts";
import { explainSystemError } from "../../system_errors.ts";
import { type Circuit, CIRCUIT_SCHEMA, type WeightedEdge } from "./circuit.ts";
import { parseEdge } from "./circuit_names.ts";
import { PatchPlan } from "./patch_plan.ts";

/** A circuit of every head and MLP of gpt2-xl at two positions stays below this. */
const MOST_BYTES = 64 * 2 ** 20;

type Fields = Readonly<Record<string, Json | undefined>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a circuit file.
 *
 * @throws {NeuriteError} E-CIRCUIT naming the file and what is wrong in it: no JSON, another schema, an
 * edge that is misspelt, cannot carry anything, or names a node the model does not have.
 */
export async function readCircuit(
  path: string,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
): Promise<Circuit> {
  const file = resolve(path);
  const complain = (is: string, expected: string, cause?: unknown): NeuriteError =>
    cannot("E-CIRCUIT", {
      do: "read circuit",
      thing: file,
      is,
      expected,
      hint:
        "see docs/circuits.md for the form of a circuit file; every run writes its own as circuit.json",
      cause,
    });
  const text = await readText(file, complain);
  let parsed: Json;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw complain("no JSON", `a circuit of schema ${CIRCUIT_SCHEMA}`, cause);
  }
  if (!isFields(parsed) || parsed.schema !== CIRCUIT_SCHEMA) {
    const schema = isFields(parsed) ? JSON.stringify(parsed.schema ?? null) : "no object";
    throw complain(`schema ${schema}`, JSON.stringify(CIRCUIT_SCHEMA));
  }
  const { name, edges: entries, provenance } = parsed;
  if (!Array.isArray(entries) || entries.length === 0) {
    throw complain("no list of edges", 'edges, each {"edge": "a9.h1@END->logits@END"}');
  }
  const edges = entries.flatMap((entry: Json, index) => readEdge(entry, index, config, complain));
  try {
    new PatchPlan(edges);
  } catch (cause) {
    throw complain((cause as Error).message, "edges that go together", cause);
  }
  if (!edges.some(({ to }) => to.node.kind === "logits")) {
    throw complain("no edge into the logits", "at least one edge into logits@END");
  }
  return {
    name: typeof name === "string" ? name : "unnamed",
    edges,
    provenance: isFields(provenance) ? provenance as Circuit["provenance"] : {},
  };
}

async function readText(
  file: string,
  complain: (is: string, expected: string) => NeuriteError,
): Promise<string> {
  try {
    const { size } = await Deno.stat(file);
    if (size > MOST_BYTES) throw complain(`${size} bytes`, `at most ${MOST_BYTES} bytes`);
    return await Deno.readTextFile(file);
  } catch (error) {
    throw explainSystemError(error, { do: "read circuit", thing: file }) ?? error;
  }
}

function readEdge(
  entry: Json,
  index: number,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
  complain: (is: string, expected: string, cause?: unknown) => NeuriteError,
): WeightedEdge[] {
  const { edge, weight } = isFields(entry) ? entry : {};
  if (typeof edge !== "string" || !["number", "undefined"].includes(typeof weight)) {
    throw complain(
      `${JSON.stringify(entry)} as edge ${index}`,
      '{"edge": "a9.h1@END->m9@END"}, with a number as "weight" or none',
    );
  }
  try {
    return parseEdge(edge, config)
      .map((each) => typeof weight === "number" ? { ...each, weight } : each);
  } catch (cause) {
    throw complain(
      `edge ${index}: ${(cause as Error).message}`,
      `edges between nodes of a model of ${config.nLayer} layers and ${config.nHead} heads`,
      cause,
    );
  }
}
