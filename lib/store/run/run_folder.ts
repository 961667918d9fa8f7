/**
 * The folder that a run writes.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import { VERSION } from "../../version.ts";
import { type Chunks, cleanTemps, writeAtomic } from "../atomic.ts";
import { encodeCsv } from "../format/csv.ts";
import { type FolderLock, lockFolder } from "./folder_lock.ts";
import { readCommit } from "./git.ts";
import { type Json, stableJson } from "../format/json.ts";
import { insidePath } from "./relative_path.ts";
import {
  identityHash,
  type OutputFile,
  readRecord,
  RUN_FILE,
  RUN_SCHEMA,
  type RunDetails,
  type RunIdentity,
  type RunRecord,
  runtimeFacts,
} from "./run_record.ts";
import { encodeSafetensors } from "../format/safetensors.ts";
import { sha256File } from "../hash.ts";
import { outputFault } from "./step.ts";
import { checkPaper, SUMMARY_SCHEMA, type SummaryNumbers } from "./summary.ts";
import { encodeTable, type TableColumn } from "../format/table.ts";

/** The parts of a figure that are written; see {@linkcode RunFolder.writeFigure}. */
export interface FigureFiles {
  /** The Vega-Lite specification. */
  readonly spec?: Json;
  /** The SVG text. */
  readonly svg?: string;
  /** The PNG bytes. */
  readonly png?: Uint8Array;
}

/**
 * A run in progress. Every file is whole or absent; the run is finished only when
 * {@linkcode RunFolder.finish} has written run.json, last. What it writes into arrays, tables and
 * summary depends on the identity and the values alone: no time, no path.
 *
 * @example Usage
 * ```ts
 * import { hostArray } from "neurite/lib/array.ts";
 * import { openRun } from "neurite/lib/store/run/run_folder.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using run = await openRun(folder, { script: "demo", options: { seed: 0 }, inputs: [] });
 *   await run.writeArrays({ probs: hostArray(Float32Array.of(0.25, 0.75), [2]) });
 *   await run.writeSummary({ mean: 0.5 }, { mean: 0.52 });
 *   const record = await run.finish({ argv: [], options: {}, seeds: { draws: 0 } });
 *   if (record.outputs.length !== 2) throw new Error("unreachable");
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class RunFolder implements AsyncDisposable {
  /** The folder, absolute. */
  readonly directory: string;
  readonly #identity: RunIdentity;
  readonly #lock: FolderLock;
  readonly #outputs = new Map<string, OutputFile>();
  readonly #startedAt = new Date();
  readonly #startedClock = performance.now();
  #previous: RunRecord | undefined;
  #isInvalidated = false;

  /** Use {@linkcode openRun}. */
  constructor(
    directory: string,
    identity: RunIdentity,
    held: { lock: FolderLock; previous: RunRecord | undefined },
  ) {
    this.directory = directory;
    this.#identity = identity;
    this.#lock = held.lock;
    this.#previous = held.previous;
  }

  /** The hash of what decides the run's results, as run.json will have it. */
  get identity(): string {
    return identityHash(this.#identity);
  }

  /**
   * Writes any file of the run.
   *
   * @param path relative to the folder, with `/`.
   * @throws {RangeError} for a path that could leave the folder; {NeuriteError} as `writeAtomic`.
   */
  async writeFile(path: string, chunks: Chunks): Promise<OutputFile> {
    if (insidePath(path) === RUN_FILE) {
      throw new RangeError(`Cannot write "${path}": reserved, expected finish() to write it`);
    }
    await this.#invalidate();
    return await this.#record(path, await writeAtomic(join(this.directory, path), chunks));
  }

  /**
   * Takes a whole file of this folder, such as one written by position, as an output: it is hashed
   * and renamed. The file has to be on the disk already (`sync`).
   *
   * @param path relative to the folder, with `/`.
   * @param from the file's place now, relative to the folder, with `/`.
   * @throws {RangeError} for a path that could leave the folder; {NeuriteError} E-FILE-MISSING.
   */
  async adoptFile(path: string, from: string): Promise<OutputFile> {
    const source = join(this.directory, insidePath(from));
    const target = join(this.directory, insidePath(path));
    const { bytes, sha256 } = await sha256File(source);
    await this.#invalidate();
    try {
      await Deno.rename(source, target);
    } catch (error) {
      throw explainSystemError(error, { do: "write", thing: target }) ?? error;
    }
    return await this.#record(path, { bytes, sha256 });
  }

  /**
   * Writes `<name>.safetensors`; one array a name of the specs.
   *
   * @param name `"arrays"` when not said.
   */
  writeArrays(arrays: Readonly<Record<string, HostArray>>, name = "arrays"): Promise<OutputFile> {
    return this.writeFile(`${name}.safetensors`, encodeSafetensors(arrays, this.#provenance()));
  }

  /** Writes `tables/<name>.parquet` and, when asked, `tables/<name>.csv`. */
  async writeTable(
    name: string,
    columns: readonly TableColumn[],
    options: { readonly csv?: boolean } = {},
  ): Promise<void> {
    await this.writeFile(`tables/${name}.parquet`, encodeTable(columns, this.#provenance()));
    if (options.csv) await this.writeFile(`tables/${name}.csv`, encodeCsv(columns));
  }

  /**
   * Writes `summary.json`: the numbers, and under `paper` the paper's, by the same keys.
   *
   * @throws {TypeError} for NaN and infinities, which JSON lacks; {RangeError} when the paper has a
   * number that the run has not.
   */
  async writeSummary(numbers: SummaryNumbers, paper?: SummaryNumbers): Promise<OutputFile> {
    if (paper) checkPaper(numbers, paper);
    const summary = { ...numbers, schema: SUMMARY_SCHEMA, ...(paper ? { paper } : {}) };
    return await this.writeFile("summary.json", stableJson(summary, { indent: true }));
  }

  /** Writes `figures/<name>.vl.json`, `.svg` and `.png`, those that are given. */
  async writeFigure(name: string, { spec, svg, png }: FigureFiles): Promise<void> {
    // The order of a specification's keys can matter to its reader, so it is kept.
    const text = spec === undefined ? undefined : JSON.stringify(spec, null, 1) + "\n";
    if (text !== undefined) await this.writeFile(`figures/${name}.vl.json`, text);
    if (svg !== undefined) await this.writeFile(`figures/${name}.svg`, svg);
    if (png !== undefined) await this.writeFile(`figures/${name}.png`, png);
  }

  /** Writes a text, such as a report page. */
  writeText(path: string, text: string): Promise<OutputFile> {
    return this.writeFile(path, text);
  }

  /** Removes a file of this run that is no result, such as a checkpoint. */
  async discard(path: string): Promise<void> {
    await this.#remove(insidePath(path));
    this.#outputs.delete(path);
  }

  /**
   * Writes run.json and so finishes the run. Outputs of an earlier run in this folder that this one
   * did not write are removed if nobody changed them.
   */
  async finish(details: RunDetails): Promise<RunRecord> {
    await this.#invalidate();
    await this.#removeLeftovers();
    const { script, version = VERSION, inputs } = this.#identity;
    const { argv, options, seeds, device, warnings = 0, notes = {} } = details;
    const record: RunRecord = {
      schema: RUN_SCHEMA,
      script,
      version,
      identity: identityHash(this.#identity),
      commit: await readCommit(resolve(import.meta.dirname ?? ".", "../../..")) ?? null,
      runtime: runtimeFacts(),
      // A device is more than its facts.
      device: device
        ? { name: device.name, description: device.description, facts: device.facts }
        : null,
      argv,
      options,
      seeds,
      warnings,
      notes,
      inputs,
      outputs: [...this.#outputs.values()].sort((a, b) => a.path < b.path ? -1 : 1),
      started: this.#startedAt.toISOString(),
      ended: new Date().toISOString(),
      "wall_seconds": Math.round(performance.now() - this.#startedClock) / 1000,
    };
    const text = stableJson(record as unknown as Json, { indent: true, nonFinite: "text" });
    await writeAtomic(join(this.directory, RUN_FILE), text);
    return record;
  }

  /** Lets go of the folder. Without {@linkcode RunFolder.finish} the run stays unfinished. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock[Symbol.asyncDispose]();
  }

  #provenance(): Record<string, string> {
    const { script, version = VERSION } = this.#identity;
    return { suite: "neurite", version, script, identity: identityHash(this.#identity) };
  }

  async #record(
    path: string,
    { bytes, sha256 }: Pick<OutputFile, "bytes" | "sha256">,
  ): Promise<OutputFile> {
    const { mtime } = await Deno.stat(join(this.directory, path));
    const output = { path, bytes, sha256, modified: mtime?.getTime() ?? null };
    this.#outputs.set(path, output);
    return output;
  }

  // The earlier run counts as finished until this one touches its files.
  async #invalidate(): Promise<void> {
    if (this.#isInvalidated) return;
    await this.#remove(RUN_FILE);
    this.#isInvalidated = true;
  }

  async #removeLeftovers(): Promise<void> {
    for (const output of this.#previous?.outputs ?? []) {
      if (this.#outputs.has(output.path)) continue;
      if (await outputFault(this.directory, output) === undefined) await this.#remove(output.path);
    }
    this.#previous = undefined;
  }

  async #remove(path: string): Promise<void> {
    const absolute = join(this.directory, path);
    try {
      await Deno.remove(absolute);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw explainSystemError(error, { do: "remove", thing: absolute }) ?? error;
    }
  }
}

/** Another script's results are never in the way: whoever names their folder has mistaken it. */
function checkScript(folder: string, previous: RunRecord | undefined, { script }: RunIdentity) {
  if (!previous || previous.script === script) return;
  throw cannot("E-USAGE", {
    do: "write results into",
    thing: folder,
    is: `a finished run of ${previous.script}`,
    expected: `a folder of ${script}`,
    hint: "choose another folder with --out, or delete that run",
  });
}

/**
 * Opens a folder to run in: makes it, takes its lock, and clears away what killed processes left.
 * An earlier run of the same script is replaced file by file once this one writes.
 *
 * @throws {NeuriteError} E-USAGE where a run of another script is finished; E-BUSY when another
 * process runs in it; E-FILE-PERMISSION, E-FILE-FULL.
 */
export async function openRun(directory: string, identity: RunIdentity): Promise<RunFolder> {
  const folder = resolve(directory);
  const lock = await lockFolder(folder);
  try {
    for (const part of ["", "tables", "figures"]) await cleanTemps(join(folder, part));
    // A damaged record only means that its leftovers are not known.
    const previous = await readRecord(folder).catch(() => undefined);
    checkScript(folder, previous, identity);
    return new RunFolder(folder, identity, { lock, previous });
  } catch (error) {
    await lock[Symbol.asyncDispose]();
    throw error;
  }
}
