/**
 * Circuits from JSON files: edges with their provenance (docs/circuits.md).
 *
 * @module
 */
import { resolve } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { type Json, stableJson } from "../../store/format/json.ts";
import { quote } from "../../store/format/quote.ts";
import { openRangeFile } from "../../store/format/range_file.ts";
import { type Circuit, CIRCUIT_SCHEMA, type WeightedEdge } from "./circuit.ts";
import { parseEdge } from "./circuit_names.ts";
import { edgeName, PatchPlan } from "./patch_plan.ts";

/** A circuit of every head and MLP of gpt2-xl at two positions stays below this. */
const MOST_BYTES = 64 * 2 ** 20;

/** Longest name that is kept; notes and summaries repeat it. */
const NAME_CHARACTERS = 80;

/** Longest piece of the file in a message, and longest edge. */
const SHOWN_CHARACTERS = 100;

/** What a file tells of itself is written into every run that uses it. */
const MOST_PROVENANCE = 64 * 2 ** 10;

type Fields = Readonly<Record<string, Json | undefined>>;

type Complain = (is: string, expected: string, cause?: unknown) => NeuriteError;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads a circuit file. An edge given twice is there once; characters of the name that a terminal would
 * obey are escaped, and the name is cut at 80 characters.
 *
 * @throws {NeuriteError} E-CIRCUIT naming the file and what is wrong in it: no JSON, another schema, an
 * edge that is misspelt, cannot carry anything, or names a node the model does not have, a weight that
 * is not finite; E-FILE-MISSING and E-FILE-PERMISSION.
 */
export async function readCircuit(
  path: string,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
): Promise<Circuit> {
  const file = resolve(path);
  const complain: Complain = (is, expected, cause) =>
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
    const schema = isFields(parsed) ? shown(parsed.schema ?? null) : "no object";
    throw complain(`schema ${schema}`, JSON.stringify(CIRCUIT_SCHEMA));
  }
  const { name, edges: entries, provenance, weighed } = parsed;
  if (!Array.isArray(entries) || entries.length === 0) {
    throw complain("no list of edges", 'edges, each {"edge": "a9.h1@END->logits@END"}');
  }
  const edges = entries.flatMap((entry: Json, index) => readEdge(entry, index, config, complain));
  const plan = planOf(edges, complain);
  if (!edges.some(({ to }) => to.node.kind === "logits")) {
    throw complain("no edge into the logits", "at least one edge into logits@END");
  }
  const weights = new Map(
    edges.filter(({ weight }) => weight !== undefined).map((edge) => [edgeName(edge), edge]),
  );
  return {
    name: typeof name === "string" ? printable(name) : "unnamed",
    edges: plan.edges.map((edge) => weights.get(edgeName(edge)) ?? edge),
    provenance: (readFields("provenance", provenance, complain) ?? {}) as Circuit["provenance"],
    ...(isFields(weighed) && { weighed: readFields("weighed", weighed, complain) }),
  };
}

/** A piece of the file as messages show it. */
function shown(value: Json): string {
  let text: string;
  try {
    text = typeof value === "string" ? value : JSON.stringify(value);
  } catch {
    return "a value too deep to show";
  }
  return quote(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** A name that notes and reports can print as it is; printable names stay as they are. */
function printable(name: string): string {
  const cut = (text: string) => [...text.slice(0, 2 * NAME_CHARACTERS)].slice(0, NAME_CHARACTERS);
  const short = cut(name).join("");
  return /\p{C}/u.test(short) ? cut(quote(short).slice(1, -1)).join("") : short;
}

/** Fields that every run repeats; what could not be written again is refused before anything is run. */
function readFields(what: string, value: Json | undefined, complain: Complain) {
  if (!isFields(value)) return undefined;
  const refused = (is: string, cause?: unknown) =>
    complain(
      `${what} ${is}`,
      `finite numbers, few levels and at most ${MOST_PROVENANCE} characters`,
      cause,
    );
  let length: number;
  try {
    // Nested as deep as a run's files nest it.
    length = stableJson([[[[value]]]]).length;
  } catch (cause) {
    throw refused("that cannot be written as JSON again", cause);
  }
  if (length > MOST_PROVENANCE) throw refused(`of ${length} characters`);
  return value;
}

function planOf(edges: readonly WeightedEdge[], complain: Complain): PatchPlan {
  try {
    return new PatchPlan(edges);
  } catch (cause) {
    throw complain((cause as Error).message, "edges that go together", cause);
  }
}

async function readText(path: string, complain: Complain): Promise<string> {
  await using file = await openRangeFile(path);
  if (file.size > MOST_BYTES) throw complain(`${file.size} bytes`, `at most ${MOST_BYTES} bytes`);
  const bytes = new Uint8Array(file.size);
  await file.readInto(bytes, 0);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw complain("bytes that are no UTF-8", "UTF-8 text", cause);
  }
}

function readEdge(
  entry: Json,
  index: number,
  config: Pick<ModelConfig, "nLayer" | "nHead">,
  complain: Complain,
): WeightedEdge[] {
  const { edge, weight } = isFields(entry) ? entry : {};
  const form = '{"edge": "a9.h1@END->m9@END"}, with a finite number as "weight" or none';
  if (!isEdgeText(edge) || !["number", "undefined"].includes(typeof weight)) {
    throw complain(`${shown(entry)} as edge ${index}`, form);
  }
  // JSON writes no infinity, but reads 1e999 as one.
  if (typeof weight === "number" && !Number.isFinite(weight)) {
    throw complain(`weight ${weight} of edge ${index}`, form);
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

/** Whether a value is a text that messages can repeat. */
function isEdgeText(value: Json | undefined): value is string {
  return typeof value === "string" && value.length <= SHOWN_CHARACTERS && !/\p{C}/u.test(value);
}
