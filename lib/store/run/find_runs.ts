/**
 * Finished runs below a folder.
 *
 * @module
 */
import { join, relative, resolve } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import { FinishedRun, readRun } from "./read_run.ts";
import { RUN_FILE } from "./run_record.ts";

/** A run that was found. */
export interface FoundRun {
  /** Its folder below the one that was searched, with `/`; `.` for that itself. */
  readonly name: string;
  readonly run: FinishedRun;
}

/** A folder that cannot be read, or its run.json. */
export interface DamagedRun {
  readonly name: string;
  /** What is wrong, for people. */
  readonly why: string;
}

/** What {@linkcode findRuns} found, each list by name. */
export interface RunsBelow {
  readonly runs: FoundRun[];
  readonly damaged: DamagedRun[];
}

const DEEPEST = 6;
const MOST_FOLDERS = 20_000;
/** Parts of a run, which hold no runs. */
const PARTS = new Set(["figures", "tables", "shards"]);

/**
 * Finds the finished runs of a folder and the folders below it, six deep. Links are not followed, and
 * folders whose names begin with a dot are left out. A folder below that may not be read is listed as
 * damaged.
 *
 * @throws {NeuriteError} E-FILE-MISSING when there is no such folder; E-USAGE when it holds more than
 * 20,000 folders; E-FILE-PERMISSION for the folder itself.
 *
 * @example Usage
 * ```ts
 * import { openRun } from "neurite/lib/store/run/run_folder.ts";
 * import { findRuns } from "neurite/lib/store/run/find_runs.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using run = await openRun(`${folder}/a/b`, { script: "x", options: {}, inputs: [] });
 *   await run.finish({ argv: [], options: {}, seeds: {} });
 * }
 * const { runs } = await findRuns(folder);
 * if (runs[0]?.name !== "a/b") throw new Error("unreachable");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function findRuns(directory: string): Promise<RunsBelow> {
  const root = resolve(directory);
  const found: RunsBelow = { runs: [], damaged: [] };
  let folders = 0;
  const visit = async (folder: string, depth: number): Promise<void> => {
    if (++folders > MOST_FOLDERS) throw tooMany(root);
    const entries = await entriesOf(folder).catch((error: unknown) => {
      // Another user's folder among the results must not hide them.
      if (depth === 0 || !(error instanceof NeuriteError)) throw error;
      found.damaged.push(damage(root, folder, error));
      return [];
    });
    if (entries.some(({ name }) => name === RUN_FILE)) await take(found, root, folder);
    if (depth === DEEPEST) return;
    for (const { name, isDirectory } of entries) {
      if (isDirectory && !name.startsWith(".") && !PARTS.has(name)) {
        await visit(join(folder, name), depth + 1);
      }
    }
  };
  await visit(root, 0);
  return found;
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    throw explainSystemError(error, { do: "read folder", thing: folder }) ?? error;
  }
}

async function take({ runs, damaged }: RunsBelow, root: string, folder: string): Promise<void> {
  try {
    runs.push({ name: nameBelow(root, folder), run: await readRun(folder) });
  } catch (error) {
    if (!(error instanceof NeuriteError)) throw error;
    damaged.push(damage(root, folder, error));
  }
}

function nameBelow(root: string, folder: string): string {
  return relative(root, folder).replaceAll("\\", "/") || ".";
}

function damage(root: string, folder: string, { message }: NeuriteError): DamagedRun {
  const name = nameBelow(root, folder);
  // The absolute path says nothing more, and differs from machine to machine.
  return { name, why: message.replaceAll(folder, name) };
}

function tooMany(root: string): NeuriteError {
  return cannot("E-USAGE", {
    do: "search for runs",
    thing: root,
    is: `more than ${MOST_FOLDERS} folders`,
    expected: "a folder of results",
    hint: "name the folders of results with --runs",
  });
}
