/**
 * Finding a whole model in the cache, whoever put it there.
 *
 * @module
 */
import { basename, join } from "node:path";
import { cachedRepo, fileBytes, fileTrouble, isAbsence, readRef, snapshotPath } from "./cache.ts";
import { CANONICAL_IDS } from "./aliases.ts";
import {
  MAX_INDEX_BYTES,
  shardNames,
  TOKENIZER_FORMS,
  WEIGHT_FORMS,
  type WeightFormat,
} from "./choice.ts";
import type { HubId } from "./id.ts";

/** What a directory has of a model. */
export interface ModelInventory {
  /** The model's files that are there, with their sizes. */
  files: { name: string; bytes: number }[];
  /** Files without which it is no model; empty when it is whole. */
  missing: string[];
  /** Whether a tokenizer is there; a model without one still runs on token rows. */
  hasTokenizer: boolean;
  /** The form of the weights, where there are any. */
  format?: WeightFormat;
}

/** A snapshot in the cache, whole or not. */
export interface CachedSnapshot extends ModelInventory {
  /** Absolute path of the snapshot; the repository's folder when there is no snapshot. */
  directory: string;
  /** Its commit, when the revision is known to the cache. */
  commit?: string;
}

/** Looks `id` up in the cache, a legacy name such as `gpt2` also under its full id. */
export async function findCached(cacheDir: string, id: HubId): Promise<CachedSnapshot> {
  const found = await findSnapshot(cacheDir, id.repo, id.revision);
  const canonical = Object.hasOwn(CANONICAL_IDS, id.repo) ? CANONICAL_IDS[id.repo] : undefined;
  if (found.missing.length === 0 || canonical === undefined) return found;
  const other = await findSnapshot(cacheDir, canonical, id.revision);
  return other.missing.length === 0 ? other : found;
}

async function findSnapshot(
  cacheDir: string,
  repoId: string,
  revision: string,
): Promise<CachedSnapshot> {
  const repo = cachedRepo(cacheDir, repoId);
  const commit = await readRef(repo, revision);
  if (commit !== undefined) {
    const directory = snapshotPath(repo, commit);
    return { directory, commit, ...await inventory(directory) };
  }
  const missing = ["config.json", WEIGHT_FORMS[0]!.file];
  return { directory: repo.directory, files: [], missing, hasTokenizer: false };
}

/** What `directory` has and lacks of a model. Links that lead nowhere count as missing. */
export async function inventory(directory: string): Promise<ModelInventory> {
  const result: ModelInventory = { files: [], missing: [], hasTokenizer: false };
  const take = async (name: string) => {
    const bytes = await fileBytes(join(directory, name));
    if (bytes !== undefined) result.files.push({ name, bytes });
    return bytes !== undefined;
  };
  if (!await take("config.json")) result.missing.push("config.json");
  await take("generation_config.json");
  for (const names of TOKENIZER_FORMS) {
    const taken = [];
    for (const name of names) taken.push(await take(name));
    result.hasTokenizer = taken.every(Boolean);
    if (result.hasTokenizer) break;
  }
  for (const form of WEIGHT_FORMS) {
    if (!await take(form.file)) continue;
    result.format = form.format;
    const shards = form.sharded ? await indexedShards(join(directory, form.file)) : [];
    for (const shard of shards) if (!await take(shard)) result.missing.push(shard);
    return result;
  }
  result.missing.push(WEIGHT_FORMS[0]!.file);
  return result;
}

/** The shards an index names; a damaged index is itself what is missing. */
async function indexedShards(path: string): Promise<string[]> {
  const damaged = `a sound ${basename(path)}`;
  if ((await fileBytes(path) ?? 0) > MAX_INDEX_BYTES) return [damaged];
  try {
    const text = await Deno.readTextFile(path);
    return shardNames(text, (what) => new DamagedIndex(what));
  } catch (error) {
    if (error instanceof DamagedIndex || isAbsence(error)) return [damaged];
    throw fileTrouble(error, { do: "read", path });
  }
}

class DamagedIndex extends Error {}
