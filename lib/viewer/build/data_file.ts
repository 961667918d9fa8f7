/**
 * Files of data as a page opened from disk can load them: scripts.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { DataName } from "../format.ts";

/** The byte of a gzip header that names the system; RFC 1952, section 2.3.1. */
const SYSTEM_BYTE = 9;
const UNKNOWN_SYSTEM = 255;

/** Where a file of data stands in the folder. */
export function dataPath(name: DataName): string {
  return `data/${name}.js`;
}

/**
 * The script that hands data to the page: `neuriteData("shard-12","H4sI…");`. Its text is a name of ours
 * and base64, so that nothing in the data can be taken for code. Same data, same bytes.
 *
 * @example Usage
 * ```ts
 * import { dataFile } from "neurite/lib/viewer/build/data_file.ts";
 *
 * const script = dataFile("tokens", ["</script>", "\u0000"]);
 * if (!/^neuriteData\("tokens","[A-Za-z0-9+/=]+"\);\n$/.test(script)) throw new Error("unreachable");
 * ```
 */
export function dataFile(name: DataName, data: unknown): string {
  const zipped = gzipSync(JSON.stringify(data), { level: 6 });
  zipped[SYSTEM_BYTE] = UNKNOWN_SYSTEM;
  return `neuriteData(${JSON.stringify(name)},"${Buffer.from(zipped).toString("base64")}");\n`;
}
