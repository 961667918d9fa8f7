/** Disks and permissions that refuse. */
import { join } from "node:path";
import { ROOT } from "../house/tree.ts";
import { type BadInput, forward, SOUND_MODEL, withFlags } from "./case.ts";
import { writeTokens } from "./damage.ts";
import { type Disk, lockedFolder, mountDisk } from "./disk.ts";

const MODEL = join(ROOT, SOUND_MODEL);

/** Prepares `forward` with its output on a disk; enough tokens that a small one is too full. */
const onDisk = (make: (folder: string) => Promise<Disk | undefined>) => async (folder: string) => {
  const disk = await make(folder);
  if (!disk) return undefined;
  await writeTokens(folder, Array(16).fill(Array(32).fill(1)));
  const out = join(disk.path, "out.safetensors");
  return { command: forward(folder, MODEL, `--out=${out}`), release: disk.release };
};

/** Where results cannot go, and inputs that may not be read. */
export const PLACE_CASES: readonly BadInput[] = [
  {
    name: "output on a read-only disk",
    prepare: onDisk((folder) => mountDisk(folder, { isReadOnly: true })),
    exit: 4,
    code: "E-FILE-PERMISSION",
    message:
      /write "DIR\/disk\/out\.safetensors": the file system is read-only, expected a writable o/,
  },
  {
    name: "output on a full disk",
    prepare: onDisk((folder) => mountDisk(folder, { isReadOnly: false })),
    exit: 4,
    code: "E-FILE-FULL",
    message: /write "DIR\/disk\/out\.safetensors": the disk is full, expected free space$/,
  },
  {
    name: "output in a folder without the right to write",
    prepare: onDisk(lockedFolder),
    exit: 4,
    code: "E-FILE-PERMISSION",
    message:
      /write "DIR\/disk\/out\.safetensors": the file system refuses this user, expected the r/,
  },
  {
    name: "output where Deno may not write",
    prepare: async (folder) => {
      const permissions = [`--allow-write=${join(folder, "elsewhere")}`];
      return { ...await withFlags()(folder), permissions };
    },
    exit: 4,
    code: "E-FILE-PERMISSION",
    message:
      /write "DIR\/out\.safetensors": needs write access to .+, expected the permission --allow-w/,
  },
  {
    name: "tokens where Deno may not read",
    prepare: async (folder) => {
      return { ...await withFlags()(folder), permissions: [`--allow-read=${MODEL}`] };
    },
    exit: 4,
    code: "E-FILE-PERMISSION",
    message:
      /read "DIR\/tokens\.safetensors": needs read access to .+, expected the permission --allow-r/,
  },
  {
    name: "output that is a folder",
    prepare: (folder) => withFlags(`--out=${folder}`)(folder),
    exit: 4,
    code: "E-FILE-PERMISSION",
    message: /write "DIR": a folder of that name is there, expected a file or nothing$/,
  },
  {
    name: "output below a file",
    prepare: (folder) => withFlags(`--out=${join(folder, "tokens.safetensors/out")}`)(folder),
    exit: 4,
    code: "E-FILE-MISSING",
    message:
      /write "DIR\/tokens\.safetensors\/out": a file stands where a folder should, expected a f/,
  },
];
