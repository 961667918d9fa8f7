/**
 * The cache on disk, in the layout of Python's huggingface_hub, so that either finds what the other
 * fetched:
 *
 * ```
 * models--org--name/
 *   refs/main                     the commit a branch or tag stood at
 *   blobs/<sha256 or git sha1>    each content once
 *   snapshots/<commit>/<file>     -> ../../blobs/<hash>
 * ```
 *
 * @module
 */
import { dirname, join, relative } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";
import { COMMIT } from "./id.ts";

/** The folder of one repository in the cache. */
export interface CachedRepo {
  /** `<cache>/models--org--name`, absolute. */
  directory: string;
}

/** The folder of `repo` (`org/name` or a bare name) under the cache `cacheDir`. */
export function cachedRepo(cacheDir: string, repo: string): CachedRepo {
  return { directory: join(cacheDir, `models--${repo.replaceAll("/", "--")}`) };
}

/** Where the content with this hash is, or will be. */
export function blobPath(repo: CachedRepo, hash: string): string {
  return join(repo.directory, "blobs", hash);
}

/** The folder that looks like the repository at `commit`. */
export function snapshotPath(repo: CachedRepo, commit: string): string {
  return join(repo.directory, "snapshots", commit);
}

/** Size in bytes of the file behind `path`, links followed; `undefined` when there is none. */
export async function fileBytes(path: string): Promise<number | undefined> {
  try {
    const { isFile, size } = await Deno.stat(path);
    return isFile ? size : undefined;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw fileTrouble(error, { do: "look at", path });
  }
}

/** The commit `revision` stood at when last fetched; a full commit is itself. */
export async function readRef(repo: CachedRepo, revision: string): Promise<string | undefined> {
  if (COMMIT.test(revision)) return revision;
  const path = join(repo.directory, "refs", revision);
  try {
    const commit = (await Deno.readTextFile(path)).trim();
    // It becomes part of a path: a damaged or planted ref must not.
    return COMMIT.test(commit) ? commit : undefined;
  } catch (error) {
    if (isAbsence(error) || error instanceof Deno.errors.IsADirectory) return undefined;
    throw fileTrouble(error, { do: "read", path });
  }
}

/** Notes that `revision` stands at `commit`; readers see the old or the new commit, never half. */
export async function writeRef(repo: CachedRepo, revision: string, commit: string): Promise<void> {
  if (COMMIT.test(revision) || await readRef(repo, revision) === commit) return;
  const path = join(repo.directory, "refs", revision);
  await replaceFile(path, (temporary) => Deno.writeTextFile(temporary, commit));
}

/**
 * Makes `snapshots/<commit>/<name>` lead to the blob `hash`: a relative link, or where links are
 * not to be had a copy.
 *
 * @returns whether a copy was made.
 */
export async function linkIntoSnapshot(
  repo: CachedRepo,
  entry: { commit: string; name: string; hash: string },
  options: { symlinks: boolean },
): Promise<boolean> {
  const blob = blobPath(repo, entry.hash);
  const path = join(snapshotPath(repo, entry.commit), entry.name);
  const target = relative(dirname(path), blob);
  if (await readLink(path) === target) return false;
  if (options.symlinks) {
    try {
      await replaceFile(path, (temporary) => Deno.symlink(target, temporary));
      return false;
    } catch (error) {
      if (!cannotLink(error)) throw error;
    }
  } else if (await fileBytes(path) === await fileBytes(blob)) return true;
  await replaceFile(path, (temporary) => Deno.copyFile(blob, temporary));
  return true;
}

/** Deno demands unscoped write permission for links; exFAT and plain Windows have none at all. */
function cannotLink(error: unknown): boolean {
  const cause = error instanceof NeuriteError ? error.cause : error;
  return cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable ||
    cause instanceof Deno.errors.NotSupported ||
    (cause as { code?: string } | null)?.code === "EPERM";
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await Deno.readLink(path);
  } catch {
    return undefined;
  }
}

async function replaceFile(path: string, write: (temporary: string) => Promise<void>) {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await write(temporary);
    await Deno.rename(temporary, path);
  } catch (error) {
    await removeQuietly(temporary);
    throw fileTrouble(error, { do: "write", path });
  }
}

/** Removes a file of ours; that it is gone already, or cannot go, changes nothing. */
export async function removeQuietly(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch {
    // Nothing depends on it.
  }
}

/** Whether an error says that there is nothing at the path. */
export function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** What happened to a file, in the suite's grammar; errors that are no file trouble pass through. */
export function fileTrouble(
  error: unknown,
  what: { do: string; path: string; neededBytes?: number },
): unknown {
  const code = (error as { code?: string } | null)?.code;
  const { do: verb, path, neededBytes } = what;
  if (code === "ENOSPC" || code === "EDQUOT") return fullDisk(path, { neededBytes, cause: error });
  if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") {
    return explainSystemError(error, { do: verb, thing: path }) ?? error;
  }
  return cannot("E-FILE-PERMISSION", {
    do: verb,
    thing: path,
    is: code === "EROFS" ? "a read-only disk" : "the file system refuses this user",
    expected: "a cache that can be written",
    hint: "--cache-dir or HF_HUB_CACHE chooses another cache",
    cause: error,
  });
}

/** The error for a disk that is full, or will be. */
export function fullDisk(
  path: string,
  sizes: { neededBytes?: number | undefined; freeBytes?: number; cause?: unknown },
): NeuriteError {
  const count = (bytes: number) => `${bytes.toLocaleString("en")} bytes`;
  const { neededBytes, freeBytes, cause } = sizes;
  return cannot("E-FILE-FULL", {
    do: "write",
    thing: path,
    is: freeBytes === undefined ? "no space left on the disk" : `${count(freeBytes)} free`,
    expected: neededBytes === undefined ? "space" : `${count(neededBytes)} more`,
    hint: "free some space and run the same command again, or choose another disk by --cache-dir",
    cause,
  });
}
