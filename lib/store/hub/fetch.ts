/**
 * Fetching a model: plan from the Hub's listing, blobs into the cache, then the snapshot.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { blobPath, type CachedRepo, cachedRepo, linkIntoSnapshot, writeRef } from "./cache.ts";
import { findCached } from "./cache_lookup.ts";
import { fileUrl } from "./api.ts";
import type { WeightFormat } from "./choice.ts";
import { downloadBlob } from "./download.ts";
import type { HubConnection } from "./connection.ts";
import { type HubId, parseHubId } from "./id.ts";
import { connectionOf, type FetchOptions } from "./options.ts";
import { type ModelPlan, planId } from "./plan.ts";

/** A model in the cache, whole. */
export interface FetchedModel extends HubId {
  /** The commit behind the revision. */
  commit: string;
  /** The snapshot: absolute path of the model's directory. */
  directory: string;
  /** The form of the weights. */
  format: WeightFormat;
  /** The files in it, with their sizes. */
  files: { name: string; bytes: number }[];
  /** Bytes that came over the network. */
  receivedBytes: number;
}

/**
 * Brings a model into the cache that Python's huggingface_hub shares: config.json,
 * generation_config.json, the tokenizer and one form of the weights, safetensors preferred.
 * Content is kept only when its size and hash are right; a cut download goes on where it stopped.
 * Offline, the cached snapshot is returned without any request.
 *
 * @param source an alias, `org/name` or a legacy name, each with or without `@revision`.
 * @throws {NeuriteError} `E-USAGE` (no such form of name), `E-HUB` (unknown, gated or private
 * repository, unknown revision, no answer), `E-HUB-SHA` (wrong bytes), `E-HUB-OFFLINE` (offline and
 * not whole in the cache), `E-FILE-FULL`, `E-FILE-PERMISSION`.
 *
 * @example Usage
 * ```ts
 * import { fetchModel } from "neurite/lib/store/hub/mod.ts";
 *
 * async function stanford(seed: "a" | "b" | "c" | "d" | "e"): Promise<string> {
 *   const { directory } = await fetchModel(`stanford-gpt2-small-${seed}`);
 *   return directory;
 * }
 * if (typeof stanford !== "function") throw new Error("unreachable");
 * ```
 */
export async function fetchModel(
  source: string,
  options: FetchOptions = {},
): Promise<FetchedModel> {
  const id = parseHubId(source, options.revision);
  const connection = connectionOf(options);
  if (connection.offline) return await offlineModel(id, connection);
  const model = await planId(id, connection);
  const repo = cachedRepo(connection.cacheDir, id.repo);
  const receivedBytes = await downloadAll(model, repo, { ...options, connection });
  await linkAll(model, repo, connection);
  // Last, so that a revision never leads to a snapshot with holes.
  await writeRef(repo, id.revision, model.commit);
  const files = model.files.map(({ name, bytes }) => ({ name, bytes }));
  return { ...model, files, receivedBytes };
}

async function downloadAll(
  model: ModelPlan,
  repo: CachedRepo,
  options: FetchOptions & { connection: HubConnection },
): Promise<number> {
  const { connection, concurrency = 2, onProgress } = options;
  // Two files of one content are one blob.
  const files = [...new Map(model.files.map((file) => [file.hash, file])).values()];
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const onDisk = new Map(files.map(({ name, bytes, cached }) => [name, cached ? bytes : 0]));
  const report = (file: string, bytes: number) => {
    onDisk.set(file, bytes);
    const doneBytes = onDisk.values().reduce((sum, count) => sum + count, 0);
    onProgress?.({ doneBytes, totalBytes, file });
  };
  // The first failure stops the others; their partial files stay.
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const waiting = files.values();
  let received = 0;
  const worker = async () => {
    for (const file of waiting) {
      const request = {
        file,
        url: fileUrl(connection.endpoint, { ...model, name: file.name }),
        commit: model.commit,
        blob: blobPath(repo, file.hash),
        subject: { repo: model.repo, revision: model.revision, file: file.name },
        onBytes: (bytes: number) => report(file.name, bytes),
      };
      const came = await downloadBlob(request, { ...connection, signal });
      received += came;
      report(file.name, file.bytes);
    }
  };
  const workers = Array.from({ length: Math.max(1, concurrency) }, async () => {
    try {
      await worker();
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  });
  const ends = await Promise.allSettled(workers);
  if (ends.some((end) => end.status === "rejected")) throw signal.reason;
  return received;
}

async function linkAll(model: ModelPlan, repo: CachedRepo, connection: HubConnection) {
  let copies = 0;
  for (const { name, hash } of model.files) {
    const entry = { commit: model.commit, name, hash };
    if (await linkIntoSnapshot(repo, entry, connection)) copies++;
  }
  if (copies > 0) {
    connection.onNote(
      `${copies} files of ${model.directory} are copies: no symbolic links can be made here, ` +
        "so the model takes its size twice",
    );
  }
}

async function offlineModel(id: HubId, connection: HubConnection): Promise<FetchedModel> {
  const { directory, commit, format, files, missing } = await findCached(connection.cacheDir, id);
  if (commit === undefined || format === undefined || missing.length > 0) {
    throw offlineError(id, directory, missing);
  }
  return { ...id, commit, directory, format, files, receivedBytes: 0 };
}

/** The error for a model that is not whole in the cache while no request may be made. */
export function offlineError(id: HubId, directory: string, missing: readonly string[]): Error {
  const shown = missing.slice(0, 5).join(", ");
  const more = missing.length > 5 ? ` and ${missing.length - 5} more` : "";
  return cannot("E-HUB-OFFLINE", {
    do: "open model",
    thing: `${id.name}@${id.revision}`,
    is: `no ${shown}${more} in ${directory}, and HF_HUB_OFFLINE is set`,
    expected: "a whole snapshot in the cache",
    hint: `HF_HUB_OFFLINE=0 deno task fetch-model ${id.name} --revision ${id.revision}`,
  });
}
