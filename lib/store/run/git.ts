/**
 * The commit a run was made from, read from .git without running git.
 *
 * @module
 */
import { join, resolve } from "node:path";

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const MOST_BYTES = 1 << 24; // packed-refs of the largest repositories

async function readSmall(path: string): Promise<string | undefined> {
  try {
    if ((await Deno.stat(path)).size > MOST_BYTES) return undefined;
    return await Deno.readTextFile(path);
  } catch {
    return undefined;
  }
}

/** `.git` itself, or the folder that the `.git` file of a worktree names. */
async function gitFolder(project: string): Promise<string> {
  const path = join(project, ".git");
  const link = /^gitdir: (.+)$/m.exec(await readSmall(path) ?? "")?.[1];
  return link === undefined ? path : resolve(project, link);
}

/**
 * The commit checked out in a project folder, or undefined: no repository, no permission to read
 * it, or nothing committed. Whether files were changed since cannot be told without running git.
 *
 * @returns 40 (or, for sha256 repositories, 64) hexadecimal digits.
 */
export async function readCommit(project: string): Promise<string | undefined> {
  const { state } = await Deno.permissions.query({ name: "read", path: project });
  if (state !== "granted") return undefined;
  const folder = await gitFolder(project);
  const head = (await readSmall(join(folder, "HEAD")))?.trim();
  if (head === undefined || COMMIT.test(head)) return head;
  const ref = /^ref: (refs\/[^\s]+)$/.exec(head)?.[1];
  if (ref === undefined || ref.split("/").includes("..")) return undefined;
  const common = (await readSmall(join(folder, "commondir")))?.trim();
  for (const place of common === undefined ? [folder] : [folder, resolve(folder, common)]) {
    const loose = (await readSmall(join(place, ref)))?.trim();
    if (loose !== undefined && COMMIT.test(loose)) return loose;
    const packed = await readSmall(join(place, "packed-refs"));
    const line = packed?.split("\n").find((entry) => entry.endsWith(` ${ref}`));
    const commit = line?.split(" ")[0];
    if (commit !== undefined && COMMIT.test(commit)) return commit;
  }
  return undefined;
}
