/**
 * One run a folder at a time.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { cannot } from "../../errors.ts";
import { explainSystemError } from "../../system_errors.ts";

const LOCK_NAME = ".neurite.lock";
const ATTEMPTS = 20;

/** A folder held by this process until it is disposed. */
export interface FolderLock extends AsyncDisposable {
  /** The lock file. */
  readonly path: string;
}

async function isStillThere(file: Deno.FsFile, path: string): Promise<boolean> {
  const held = await file.stat();
  const named = await Deno.stat(path).catch(() => null);
  return named !== null && held.ino === named.ino && held.dev === named.dev;
}

function isLink(path: string): Promise<boolean> {
  return Deno.lstat(path).then(({ isSymlink }) => isSymlink, () => false);
}

/**
 * Takes the lock of a folder, which is made if it is missing. The system holds the lock on an open
 * file, so it ends with its process however that ends: a lock file left by `kill -9` is simply taken
 * over.
 *
 * @throws {NeuriteError} E-BUSY when another process holds it; E-FILE-PERMISSION, E-FILE-FULL.
 *
 * @example Usage
 * ```ts
 * import { lockFolder } from "neurite/lib/store/run/folder_lock.ts";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   await using _lock = await lockFolder(folder);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const directory = resolve(folder);
  const path = join(directory, LOCK_NAME);
  let file: Deno.FsFile | undefined;
  try {
    await Deno.mkdir(directory, { recursive: true });
    // A folder may come from elsewhere: what a link of that name leads to must not be cut to nothing.
    if (await isLink(path)) await Deno.remove(path);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      file = await Deno.open(path, { read: true, write: true, create: true });
      // A file system without locks loses this check, nothing else: files stay whole.
      if (!await file.tryLock(true).catch(() => true)) throw await busy(directory, path);
      // Its last holder may have removed the file between our opening and our locking it.
      if (await isStillThere(file, path)) break;
      file.close();
      file = undefined;
    }
    if (!file) throw await busy(directory, path);
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`process ${Deno.pid}\n`));
  } catch (error) {
    file?.close();
    throw explainSystemError(error, { do: "lock", thing: directory }) ?? error;
  }
  const held = file;
  return {
    path,
    async [Symbol.asyncDispose]() {
      // Removed while still held: nobody can take a lock on a name that is about to go.
      await Deno.remove(path).catch(() => {});
      held.close();
    },
  };
}

async function busy(directory: string, path: string) {
  const holder = (await Deno.readTextFile(path).catch(() => "")).slice(0, 40).trim();
  return cannot("E-BUSY", {
    do: "start a run in",
    thing: directory,
    is: `being written by another run (${holder || "an unknown process"})`,
    expected: "a folder of its own for each run",
    hint: "wait for the other run to end, or choose another folder with --out",
  });
}
