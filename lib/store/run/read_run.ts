/**
 * Finished runs, opened for reading: by plotting scripts, merges, reports.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { HostArray } from "../../array.ts";
import { cannot } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import { type ReadTable, readTable } from "../format/read_table.ts";
import { insidePath } from "./relative_path.ts";
import { readRecord, type RunRecord } from "./run_record.ts";
import { openSafetensors, readSafetensors, type SafetensorsFile } from "../format/safetensors.ts";
import type { SummaryNumbers } from "./summary.ts";

/** A finished run. Nothing is read before it is asked for. */
export class FinishedRun {
  /** The folder, absolute. */
  readonly directory: string;
  /** The content of run.json. */
  readonly record: RunRecord;

  /** Use {@linkcode readRun}. */
  constructor(directory: string, record: RunRecord) {
    this.directory = directory;
    this.record = record;
  }

  /** Opens `<name>.safetensors` (`"arrays"` when not said), to read its arrays one at a time. */
  openArrays(name = "arrays"): Promise<SafetensorsFile> {
    return openSafetensors(this.#path(`${name}.safetensors`));
  }

  /** Reads every array of `<name>.safetensors` (`"arrays"` when not said). */
  arrays(name = "arrays"): Promise<Record<string, HostArray>> {
    return readSafetensors(this.#path(`${name}.safetensors`));
  }

  /** Reads `tables/<name>.parquet`. */
  table(name: string): Promise<ReadTable> {
    return readTable(this.#path(`tables/${name}.parquet`));
  }

  /**
   * Reads `summary.json`; the paper's numbers are under `paper`.
   *
   * @throws {NeuriteError} E-FILE-MISSING; E-FILE-CORRUPT when it is no object of JSON.
   */
  async summary(): Promise<SummaryNumbers> {
    const text = await this.text("summary.json");
    let summary: unknown;
    try {
      summary = JSON.parse(text);
    } catch {
      // Said below, as of any other text that is no summary.
    }
    if (typeof summary === "object" && summary !== null && !Array.isArray(summary)) {
      return summary as SummaryNumbers;
    }
    throw cannot("E-FILE-CORRUPT", {
      do: "read",
      thing: this.#path("summary.json"),
      is: "no JSON object",
      expected: "a run's numbers by name",
      hint: "run the script that made it again with --force",
    });
  }

  /** Reads a file of the run as text. */
  async text(path: string): Promise<string> {
    const absolute = this.#path(path);
    try {
      return await Deno.readTextFile(absolute);
    } catch (error) {
      throw explainSystemError(error, { do: "read", thing: absolute }) ?? error;
    }
  }

  #path(path: string): string {
    return join(this.directory, insidePath(path));
  }
}

/**
 * Opens the folder of a finished run.
 *
 * @throws {NeuriteError} E-FILE-MISSING when the folder holds no finished run; E-FILE-CORRUPT when its
 * run.json is damaged.
 *
 * @example Usage
 * ```ts
 * import { openRun } from "neurite/lib/store/run/run_folder.ts";
 * import { readRun } from "neurite/lib/store/run/read_run.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using run = await openRun(folder, { script: "demo", options: {}, inputs: [] });
 *   await run.writeSummary({ mean: 0.5 });
 *   await run.finish({ argv: [], options: {}, seeds: {} });
 * }
 * const run = await readRun(folder);
 * if ((await run.summary()).mean !== 0.5) throw new Error("unreachable");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readRun(directory: string): Promise<FinishedRun> {
  const folder = resolve(directory);
  const record = await readRecord(folder);
  if (record) return new FinishedRun(folder, record);
  throw cannot("E-FILE-MISSING", {
    do: "read run",
    thing: folder,
    is: "no run.json, so no finished run",
    expected: "the folder of a finished run",
    hint: "run the script that makes it first, or check the path",
  });
}
