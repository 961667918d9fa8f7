/**
 * Folders to try things in.
 *
 * @module
 */
import { join } from "node:path";
import { sha256 } from "../lib/store/hash.ts";

/** Gives a job an empty folder, by its path without links, and removes it afterwards. */
export async function inFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Everything below a folder by its path: the sha256 of a file, `"folder"` for a folder. */
export async function contents(folder: string, under = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(join(folder, under))) {
    const path = join(under, name);
    found[path] = isDirectory ? "folder" : sha256(await Deno.readFile(join(folder, path)));
    if (isDirectory) Object.assign(found, await contents(folder, path));
  }
  return found;
}
