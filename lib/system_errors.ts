/**
 * What the operating system and Deno's permissions say, in the suite's grammar.
 *
 * @module
 */
import { cannot, NeuriteError } from "./errors.ts";

/** What was being done when the system refused. */
export interface Attempt {
  /** The verb: `"write"`. */
  do: string;
  /** The path or address. */
  thing: string;
}

function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : undefined;
}

function isRefusedByDeno(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable;
}

function denoFlag(message: string, thing: string): string {
  const flag = /--allow-[a-z]+/.exec(message)?.[0] ?? "--allow-all";
  return flag === "--allow-read" || flag === "--allow-write" ? `${flag}=${thing}` : flag;
}

/**
 * The {@linkcode NeuriteError} for a refusal by the system: no permission of Deno's (the hint names
 * the flag), no right in the file system, read-only, full, over quota, missing, a name too long,
 * links in a circle, not a folder. An error that is none of these gives undefined; one that is
 * already ours comes back as it is.
 *
 * @example Usage
 * ```ts
 * import { explainSystemError } from "neurite/lib/system_errors.ts";
 *
 * const full = Object.assign(new Error("No space left on device"), { code: "ENOSPC" });
 * const error = explainSystemError(full, { do: "write", thing: "/data/arrays.safetensors" });
 * if (error?.code !== "E-FILE-FULL") throw new Error("unreachable");
 * ```
 */
export function explainSystemError(error: unknown, attempt: Attempt): NeuriteError | undefined {
  if (error instanceof NeuriteError) return error;
  const { do: verb, thing } = attempt;
  const parts = { do: verb, thing, cause: error };
  if (isRefusedByDeno(error)) {
    const quoted = /access to "([^"]+)"/.exec(error.message)?.[1] ?? thing;
    const flag = denoFlag(error.message, quoted);
    // Not even the tasks grant it: Deno guards the system's own folders, such as /proc and /dev.
    const isGuarded = flag === "--allow-all";
    return cannot("E-FILE-PERMISSION", {
      ...parts,
      is: error.message.replace(/,? ?run again with.*$/s, "").replace(/^Requires/, "needs"),
      expected: `the permission ${flag.split("=")[0]}`,
      hint: isGuarded
        ? "choose another path, outside the system's own folders such as /proc and /dev"
        : `run again with ${flag}, or by the deno task, which grants it`,
    });
  }
  switch (systemCode(error)) {
    case "EACCES":
    case "EPERM":
      return cannot("E-FILE-PERMISSION", {
        ...parts,
        is: "the file system refuses this user",
        expected: "the right to do so",
        hint: "check the owner with ls -ld, or choose another folder with --out",
      });
    case "EROFS":
      return cannot("E-FILE-PERMISSION", {
        ...parts,
        is: "the file system is read-only",
        expected: "a writable one",
        hint: "choose another folder with --out",
      });
    case "ENOSPC":
    case "EDQUOT":
      return cannot("E-FILE-FULL", {
        ...parts,
        is: systemCode(error) === "EDQUOT" ? "the disk quota is used up" : "the disk is full",
        expected: "free space",
        hint:
          "free space (df -h), or choose another folder with --out; what was there is untouched",
      });
    case "ENOENT":
      return cannot("E-FILE-MISSING", {
        ...parts,
        is: "no such file",
        expected: "an existing path",
        hint: "check the path for a typing error",
      });
    case "ENAMETOOLONG":
      return cannot("E-FILE-MISSING", {
        ...parts,
        is: "a name longer than the file system takes",
        expected: "at most 255 bytes between two slashes",
        hint: "choose a shorter name",
      });
    case "ELOOP":
      return cannot("E-FILE-MISSING", {
        ...parts,
        is: "symbolic links that lead round in a circle",
        expected: "links that end at a file or a folder",
        hint: "see where they lead with ls -l, or choose another path",
      });
    case "EEXIST":
    case "ENOTDIR":
    case "EISDIR":
      return cannot("E-FILE-MISSING", {
        ...parts,
        is: systemCode(error) === "EISDIR" ? "a folder" : "a file stands where a folder should",
        expected: systemCode(error) === "EISDIR" ? "a file" : "a folder",
        hint: "choose another path",
      });
  }
  return undefined;
}
