/**
 * run.json: what a finished run says about itself.
 *
 * @module
 */
import { join } from "node:path";
import { cannot, type NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import { VERSION } from "../../version.ts";
import { sha256File, sha256Json } from "../hash.ts";
import type { Json } from "../format/json.ts";
import { isInsidePath } from "./relative_path.ts";

/** The version of run.json's form. */
export const RUN_SCHEMA = "neurite.run/1";
/** The file whose presence says that a run is finished. */
export const RUN_FILE = "run.json";

const MOST_BYTES = 1 << 26; // 64 MiB: a record of a few hundred files is below 1 MiB

/** A file that a run read. */
export interface InputFile {
  /** Its part in the run: `"tokens"`, `"model-1"`. */
  readonly name: string;
  /** Where it was; not part of the run's identity. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Its sha256. */
  readonly sha256: string;
}

/** A file that a run wrote. */
export interface OutputFile {
  /** Relative to the run's folder, with `/`. */
  readonly path: string;
  /** Its length. */
  readonly bytes: number;
  /** Its sha256. */
  readonly sha256: string;
  /** Its time of modification in ms since 1970, for a quick check; null where there is none. */
  readonly modified: number | null;
}

/** What decides a run's results. Two runs of one identity give the same arrays, tables and summary. */
export interface RunIdentity {
  /** The script's id: `"greater_than/circuit_discovery"`. */
  readonly script: string;
  /** The suite's version; this one's when not said. */
  readonly version?: string;
  /** The options that can change a result, and the device that was taken. */
  readonly options: Readonly<Record<string, Json | undefined>>;
  /** The files read. */
  readonly inputs: readonly InputFile[];
}

/** An option's value and where it came from. */
export interface RecordedOption {
  readonly value: Json;
  readonly source: "flag" | "environment" | "default";
}

/** What the script adds when it finishes; none of it is part of the identity. */
export interface RunDetails {
  /** The command line. */
  readonly argv: readonly string[];
  /** Every option. */
  readonly options: Readonly<Record<string, RecordedOption>>;
  /** Every seed, by what it was for. */
  readonly seeds: Readonly<Record<string, number>>;
  /** The device, when one was used: its name, description and facts. */
  readonly device?: {
    readonly name: string;
    readonly description: string;
    readonly facts: Readonly<Record<string, string | number | boolean>>;
  };
  /** How many warnings were given. */
  readonly warnings?: number;
  /** Anything else worth keeping. */
  readonly notes?: Readonly<Record<string, Json>>;
}

/** The content of run.json. */
export interface RunRecord extends Required<Omit<RunDetails, "device">> {
  readonly schema: typeof RUN_SCHEMA;
  readonly script: string;
  readonly version: string;
  /** The hash that {@linkcode identityHash} gives. */
  readonly identity: string;
  /** The commit, where it could be read. */
  readonly commit: string | null;
  readonly runtime: Readonly<Record<string, string | number>>;
  readonly device: NonNullable<RunDetails["device"]> | null;
  readonly inputs: readonly InputFile[];
  readonly outputs: readonly OutputFile[];
  /** ISO 8601, UTC. */
  readonly started: string;
  /** ISO 8601, UTC. */
  readonly ended: string;
  /** From opening the run to its end. */
  readonly "wall_seconds": number;
}

/** Reads a file's length and sha256 for the record and the identity. */
export async function inputFile(name: string, path: string): Promise<InputFile> {
  return { name, path, ...await sha256File(path) };
}

/**
 * The hash of a run's identity: script, version, options that matter, and the inputs' sha256s. The
 * paths of the inputs and the order of options do not matter.
 *
 * @example Usage
 * ```ts
 * import { identityHash } from "neurite/lib/store/run/run_record.ts";
 *
 * const run = { script: "demo", inputs: [] };
 * const a = identityHash({ ...run, options: { seed: 0, n: 3 } });
 * const b = identityHash({ ...run, options: { n: 3, seed: 0 } });
 * if (a !== b || a === identityHash({ ...run, options: { n: 3 } })) throw new Error("unreachable");
 * ```
 */
export function identityHash(identity: RunIdentity): string {
  const { script, version = VERSION, options } = identity;
  const inputs = identity.inputs.map(({ name, sha256 }) => [name, sha256]);
  inputs.sort(([a], [b]) => a! < b! ? -1 : a! > b! ? 1 : 0);
  return sha256Json({ script, version, options, inputs });
}

/** Deno, V8, TypeScript, the system and its cores. */
export function runtimeFacts(): Record<string, string | number> {
  return { ...Deno.version, target: Deno.build.target, cores: navigator.hardwareConcurrency };
}

function corrupt(path: string, is: string, cause?: unknown): NeuriteError {
  return cannot("E-FILE-CORRUPT", {
    do: "read",
    thing: path,
    is,
    expected: `a record of ${RUN_SCHEMA}`,
    hint: "run the script again with --force",
    cause,
  });
}

function isOutputFile(value: unknown): value is OutputFile {
  const file = value as Partial<OutputFile> | null;
  return typeof file?.path === "string" && isInsidePath(file.path) &&
    Number.isSafeInteger(file.bytes) && file.bytes! >= 0 &&
    typeof file.sha256 === "string" && /^[0-9a-f]{64}$/.test(file.sha256);
}

function isInputFile(value: unknown): value is InputFile {
  const file = value as Partial<InputFile> | null;
  return [file?.name, file?.path, file?.sha256].every((text) => typeof text === "string");
}

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads the run.json of a folder; undefined when there is none.
 *
 * @throws {NeuriteError} E-FILE-CORRUPT when it is not a record of this form or names a file outside
 * the folder; E-FILE-PERMISSION.
 */
export async function readRecord(directory: string): Promise<RunRecord | undefined> {
  const path = join(directory, RUN_FILE);
  let text: string;
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) throw corrupt(path, `${size} bytes`);
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw explainSystemError(error, { do: "read", thing: path }) ?? error;
  }
  let record: Partial<RunRecord> | null;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw corrupt(path, "no JSON", cause);
  }
  if (record?.schema !== RUN_SCHEMA) {
    throw corrupt(path, `a record of ${JSON.stringify(record?.schema ?? null)}`);
  }
  if (typeof record.script !== "string") throw corrupt(path, "without a script");
  if (typeof record.identity !== "string") throw corrupt(path, "without an identity");
  if (!Array.isArray(record.outputs) || !record.outputs.every(isOutputFile)) {
    throw corrupt(path, "a malformed list of outputs");
  }
  if (!Array.isArray(record.inputs) || !record.inputs.every(isInputFile)) {
    throw corrupt(path, "a malformed list of inputs");
  }
  if (!isRecord(record.options) || !isRecord(record.notes)) {
    throw corrupt(path, "without options or notes");
  }
  return record as RunRecord;
}
