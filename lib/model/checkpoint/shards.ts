/**
 * Checkpoints in several files, with an index that says which tensor is where.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";
import { readSmallFile } from "../../store/format/range_file.ts";

/** An index of 1,000 tensors has 100 kB. */
const MAX_INDEX_BYTES = 16 << 20;
/** Each shard stays open; the largest honest checkpoints have some hundred. */
const MAX_SHARDS = 512;

/**
 * The shards of an index: absolute path of each file to the tensors it should have.
 *
 * @throws {NeuriteError} `E-CHECKPOINT` for a malformed index, or one whose file names are more than
 * names: an index may not point outside its own directory.
 */
export async function readShardIndex(path: string): Promise<Map<string, string[]>> {
  const map = parseWeightMap(await readSmallFile(path, MAX_INDEX_BYTES), path);
  const shards = new Map<string, string[]>();
  for (const [tensor, file] of Object.entries(map)) {
    if (typeof file !== "string" || !isBaseName(file)) {
      const found = quote(String(file));
      throw badIndex(
        path,
        `${quote(tensor)} in file ${found}`,
        "a plain file name beside the index",
      );
    }
    const shard = join(dirname(path), file);
    const tensors = shards.get(shard) ?? [];
    tensors.push(tensor);
    shards.set(shard, tensors);
  }
  if (shards.size === 0 || shards.size > MAX_SHARDS) {
    throw badIndex(path, `an index of ${shards.size} files`, `1 to ${MAX_SHARDS}`);
  }
  return shards;
}

/** A missing shard, said in terms of its index. */
export function missingShard(path: string, index: string, cause: unknown): unknown {
  if (!(cause instanceof NeuriteError) || cause.code !== "E-FILE-MISSING") return cause;
  return cannot("E-FILE-MISSING", {
    do: "read",
    thing: path,
    is: "no such file",
    expected: `the shard that ${index} names`,
    hint: "the download is incomplete: fetch the model again, which resumes it",
    cause,
  });
}

function isBaseName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,200}\.(safetensors|bin)$/.test(name);
}

function parseWeightMap(bytes: Uint8Array, path: string): Record<string, unknown> {
  let index: unknown;
  try {
    index = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw badIndex(path, `${bytes.length} bytes that are not JSON`, "a JSON index");
  }
  const map = isRecord(index) ? index.weight_map : undefined;
  if (!isRecord(map)) throw badIndex(path, "an index without weight_map", "file names by tensor");
  return map;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badIndex(path: string, is: string, expected: string): NeuriteError {
  return cannot("E-CHECKPOINT", {
    do: "read",
    thing: path,
    is,
    expected,
    hint: "the index is damaged or not from a checkpoint: fetch the model again",
  });
}
