/**
 * Disks on which nothing can be written.
 *
 * @module
 */
import { join } from "node:path";

/** A small disk at `<folder>/disk` that already holds `out.safetensors`. */
export interface Disk {
  readonly path: string;
  /** Makes the folder removable again. */
  readonly release: () => Promise<void>;
}

async function mount(args: readonly string[]): Promise<boolean> {
  const command = new Deno.Command("mount", { args: [...args], stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}

/**
 * A read-only or a nearly full disk; a folder without the right to write stands in for the first
 * where nothing can be mounted. Undefined where there is neither (the superuser without mounts,
 * Windows).
 */
export async function mountDisk(
  folder: string,
  kind: "readonly" | "full",
): Promise<Disk | undefined> {
  const path = join(folder, "disk");
  await Deno.mkdir(path);
  const isRoot = Deno.build.os === "linux" && Deno.uid() === 0;
  const isMounted = isRoot && await mount(["-t", "tmpfs", "-o", "size=64k", "tmpfs", path]);
  if (!isMounted && (isRoot || kind === "full" || Deno.build.os === "windows")) return undefined;
  await Deno.writeTextFile(join(path, "out.safetensors"), "what was there before");
  if (!isMounted) {
    await Deno.chmod(path, 0o500);
    return { path, release: () => Deno.chmod(path, 0o700) };
  }
  if (kind === "readonly") await mount(["-o", "remount,ro", path]);
  const release = async () => {
    await new Deno.Command("umount", { args: [path] }).output();
  };
  return { path, release };
}
