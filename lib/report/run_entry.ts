/**
 * A finished run as the report shows it. Nothing of a run folder is trusted: what is no text becomes
 * text, what is too long is cut.
 *
 * @module
 */
import { shellWord } from "../cli/meta.ts";
import type { FoundRun } from "../store/run/find_runs.ts";
import type { RunFacts } from "./claim.ts";

/** A file that a run read. */
export interface EntryInput {
  readonly name: string;
  /** The first digits. */
  readonly sha256: string;
  readonly bytes: string;
}

/** What is told of a run. */
export interface RunEntry {
  /** Its folder below the results. */
  readonly name: string;
  readonly script: string;
  readonly model: string;
  readonly command: string;
  readonly version: string;
  readonly commit: string;
  readonly device: string;
  readonly seeds: string;
  readonly identity: string;
  readonly inputs: readonly EntryInput[];
}

/** A run with what was read of it. */
export interface OpenedRun {
  readonly found: FoundRun;
  readonly entry: RunEntry;
  readonly facts: RunFacts;
}

const LONGEST = 300;
const MOST_WORDS = 200;
const MOST_INPUTS = 200;
const SHORT_HASH = 12;

function textOf(value: unknown, longest = LONGEST): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "";
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, field)
    ? (value as Record<string, unknown>)[field]
    : undefined;
}

const TASKS: Readonly<Record<string, string>> = { "greater_than": "gt", "universal_neurons": "un" };

/** The command that starts a script, by its id. */
export function commandOfScript(script: string): string {
  const [, folder, name] = /^([a-z_]+)\/([a-z0-9_]+)$/.exec(script) ?? [];
  if (name !== undefined && Object.hasOwn(TASKS, folder!)) {
    return `deno task ${TASKS[folder!]}:${name.replaceAll("_", "-")}`;
  }
  return /^[a-z0-9_]+$/.test(script)
    ? `deno task ${script.replaceAll("_", "-")}`
    : `deno run ${shellWord(`scripts/${script}.ts`)}`;
}

function commandOf(script: string, argv: unknown): string {
  if (!Array.isArray(argv)) return `${commandOfScript(script)} (its arguments cannot be read)`;
  const words = argv.slice(0, MOST_WORDS).map((word) => shellWord(textOf(word)));
  return [commandOfScript(script), ...words, ...(argv.length > MOST_WORDS ? ["…"] : [])].join(" ");
}

function inputOf(input: unknown): EntryInput {
  return {
    name: textOf(fieldOf(input, "name")),
    sha256: textOf(fieldOf(input, "sha256")).slice(0, SHORT_HASH),
    bytes: textOf(fieldOf(input, "bytes")),
  };
}

/** The model that a summary is of. */
export function modelOf(summary: Readonly<Record<string, unknown>>): string {
  const model = summary.model ?? summary["model_1"];
  return typeof model === "string" ? textOf(model, 120) : "";
}

/** What is told of a run with this summary. */
export function runEntry(
  { name, run: { record } }: FoundRun,
  summary: Readonly<Record<string, unknown>>,
): RunEntry {
  const script = textOf(record.script);
  const device = fieldOf(record.device, "description");
  return {
    name: textOf(name),
    script,
    model: modelOf(summary),
    command: commandOf(script, record.argv),
    version: textOf(record.version),
    commit: record.commit === null ? "unknown" : textOf(record.commit).slice(0, SHORT_HASH),
    device: device === undefined ? "none" : textOf(device),
    seeds: textOf(record.seeds),
    identity: textOf(record.identity).slice(0, SHORT_HASH),
    inputs: record.inputs.slice(0, MOST_INPUTS).map(inputOf),
  };
}
