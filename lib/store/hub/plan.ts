/**
 * What a fetch would bring: the commit, the files, their sizes, what is in the cache already.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { blobPath, cachedRepo, fileBytes, snapshotPath } from "./cache.ts";
import { contentHash } from "./cache_partial.ts";
import { fileUrl, type HubFile, listRoot, readSmall, resolveCommit } from "./api.ts";
import { chooseFiles, MAX_INDEX_BYTES, type WeightFormat } from "./choice.ts";
import type { HubConnection } from "./connection.ts";
import { type HubId, parseHubId } from "./id.ts";
import { connectionOf, type FetchOptions } from "./options.ts";

/** One file of a plan. */
export interface PlannedFile extends HubFile {
  /** Whether its content is in the cache already. */
  cached: boolean;
}

/** What a fetch would do, or did. */
export interface ModelPlan extends HubId {
  /** The commit behind the revision. */
  commit: string;
  /** The snapshot: absolute path of the model's directory. */
  directory: string;
  /** The form of the weights. */
  format: WeightFormat;
  /** The files, small ones first. */
  files: PlannedFile[];
}

/**
 * What `fetchModel` would fetch, by asking the Hub; nothing is written.
 *
 * @throws {NeuriteError} as `fetchModel`, and `E-HUB-OFFLINE` when offline.
 */
export async function planModel(source: string, options: FetchOptions = {}): Promise<ModelPlan> {
  const id = parseHubId(source, options.revision);
  const connection = connectionOf(options);
  if (connection.offline) {
    throw cannot("E-HUB-OFFLINE", {
      do: "plan the fetch of",
      thing: `${id.name}@${id.revision}`,
      is: "HF_HUB_OFFLINE is set",
      expected: "leave to ask the Hub",
      hint: `unset HF_HUB_OFFLINE and TRANSFORMERS_OFFLINE, then deno task fetch-model ${id.name}`,
    });
  }
  return await planId(id, connection);
}

/** {@linkcode planModel} for an id and a connection already read. */
export async function planId(id: HubId, connection: HubConnection): Promise<ModelPlan> {
  const commit = await resolveCommit(id, connection);
  const listing = await listRoot(id, commit, connection);
  const repo = cachedRepo(connection.cacheDir, id.repo);
  const readIndex = async (file: HubFile) => {
    if (file.bytes > MAX_INDEX_BYTES) throw indexFault(id, file, "too large");
    const blob = blobPath(repo, file.hash);
    if (await fileBytes(blob) === file.bytes) return await Deno.readTextFile(blob);
    const url = fileUrl(connection.endpoint, { repo: id.repo, commit, name: file.name });
    const subject = { ...id, file: file.name };
    const { bytes } = await readSmall(url, { connection, subject }, file.bytes);
    if (contentHash(file, bytes) !== file.hash) throw indexFault(id, file, "other content");
    return new TextDecoder().decode(bytes);
  };
  const { files, format } = await chooseFiles(id, listing, readIndex);
  const planned = files.map(async (file) => ({
    ...file,
    cached: await fileBytes(blobPath(repo, file.hash)) === file.bytes,
  }));
  return {
    ...id,
    commit,
    directory: snapshotPath(repo, commit),
    format,
    files: await Promise.all(planned),
  };
}

function indexFault(id: HubId, file: HubFile, is: string): Error {
  return cannot("E-HUB-SHA", {
    do: `read ${file.name} of`,
    thing: id.repo,
    is,
    expected: `${file.bytes.toLocaleString("en")} bytes of ${file.algorithm} ${file.hash}`,
    hint: "run the same command again, and if it repeats check HF_ENDPOINT and proxies",
  });
}
