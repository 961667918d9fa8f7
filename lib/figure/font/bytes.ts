/**
 * The bundled font's files. They travel as base64 in a JSON module because an import needs no read
 * permission, which reading the .ttf would.
 *
 * @module
 */
import encoded from "./bytes.json" with { type: "json" };

let decoded: readonly Uint8Array[] | undefined;

/** The regular and the bold face as TrueType files, in this order. */
export function fontBytes(): readonly Uint8Array[] {
  decoded ??= [Uint8Array.fromBase64(encoded.regular), Uint8Array.fromBase64(encoded.bold)];
  return decoded;
}
