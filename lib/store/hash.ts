/**
 * sha256 of bytes, files and JSON values, in lower-case hexadecimal.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { explainSystemError } from "../system_errors.ts";
import { type Json, stableJson } from "./format/json.ts";

const READ_BYTES = 1 << 20; // 1 MiB, past which larger reads gain nothing

/** The sha256 of bytes, or of text as UTF-8. */
export function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The sha256 of a value's {@linkcode stableJson}: the order of its keys does not matter. */
export function sha256Json(value: Json): string {
  return sha256(stableJson(value));
}

/**
 * The length and sha256 of a file, read in pieces.
 *
 * @throws {NeuriteError} E-FILE-MISSING, E-FILE-PERMISSION.
 *
 * @example Usage
 * ```ts
 * import { sha256File } from "neurite/lib/store/hash.ts";
 *
 * const { bytes, sha256 } = await sha256File("LICENSE");
 * if (bytes === 0 || sha256.length !== 64) throw new Error("unreachable");
 * ```
 */
export async function sha256File(path: string): Promise<{ bytes: number; sha256: string }> {
  try {
    using file = await Deno.open(path);
    const hash = createHash("sha256");
    const buffer = new Uint8Array(READ_BYTES);
    let bytes = 0;
    for (let read = await file.read(buffer); read !== null; read = await file.read(buffer)) {
      hash.update(buffer.subarray(0, read));
      bytes += read;
    }
    return { bytes, sha256: hash.digest("hex") };
  } catch (error) {
    throw explainSystemError(error, { do: "read", thing: resolve(path) }) ?? error;
  }
}
