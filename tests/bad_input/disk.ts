/**
 * Places on which nothing can be written.
 *
 * @module
 */
import { join } from "node:path";

/** A folder that already holds `out.safetensors`. */
export interface Disk {
  readonly path: string;
  /** Makes the folder removable again. */
  readonly release: () => Promise<void>;
}

const isSuperuser = Deno.build.os === "linux" && Deno.uid() === 0;

async function system(command: string, args: readonly string[]): Promise<boolean> {
  const asked = new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" });
  return await asked.output().then(({ success }) => success, () => false);
}

/** A disk of 64 KiB at `<folder>/disk`; undefined where nothing can be mounted. */
export async function mountDisk(
  folder: string,
  { isReadOnly }: { isReadOnly: boolean },
): Promise<Disk | undefined> {
  const path = join(folder, "disk");
  await Deno.mkdir(path);
  if (!isSuperuser || !await system("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", path])) {
    return undefined;
  }
  await Deno.writeTextFile(join(path, "out.safetensors"), "what was there before");
  if (isReadOnly) await system("mount", ["-o", "remount,ro", path]);
  return { path, release: async () => void await system("umount", [path]) };
}

/**
 * A folder `<folder>/disk` without the right to write; undefined where there is no such thing: the
 * superuser writes anywhere, and Windows has no such modes.
 */
export async function lockedFolder(folder: string): Promise<Disk | undefined> {
  if (isSuperuser || Deno.build.os === "windows") return undefined;
  const path = join(folder, "disk");
  await Deno.mkdir(path);
  await Deno.writeTextFile(join(path, "out.safetensors"), "what was there before");
  await Deno.chmod(path, 0o500);
  return { path, release: () => Deno.chmod(path, 0o700) };
}
