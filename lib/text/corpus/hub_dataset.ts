/**
 * Datasets of the Hugging Face Hub, streamed: nothing is kept but the rows.
 *
 * @module
 */
import { datasetInfo, listFiles } from "@huggingface/hub";
import { cannot, type NeuriteError } from "../../errors.ts";
import { type HubSettings, hubSettings } from "../../store/hub/mod.ts";
import { COMMIT, isPlainPath, isRepoId } from "../../store/hub/id.ts";
import { finalRefusal } from "../../store/hub/refusal.ts";
import { quote } from "../../store/format/quote.ts";
import { type HttpOptions, httpSource } from "./http_source.ts";
import type { OpenedCorpus } from "./open_corpus.ts";

/** Which files of a dataset, and where from. */
export interface HubDatasetOptions extends HttpOptions {
  /** A word of the files' paths, such as `train`; all files when absent. */
  readonly split?: string | undefined;
  /** Where the Hub is; from the environment when absent. */
  readonly settings?: Partial<HubSettings>;
}

const READABLE = /\.(parquet|(jsonl|ndjson|txt)(\.gz|\.zst)?)$/i;
const MOST_FILES = 20_000;

function complain(id: string, is: string, expected: string, cause?: unknown): NeuriteError {
  return cannot("E-CORPUS", {
    do: "read dataset",
    thing: id,
    is,
    expected,
    hint: "look at its files on the Hub, and name a word of their paths by --split",
    cause,
  });
}

/** Whether a path has a word, such as `test` in `data/test-00000-of-00001.parquet`. */
function hasWord(path: string, word: string): boolean {
  return path.toLowerCase().split(/[^a-z0-9_]+/).includes(word.toLowerCase());
}

/**
 * The files of a Hub dataset that can be read (Parquet, JSON lines, text), sorted by path, at the
 * commit that the revision stands at. `HF_ENDPOINT`, `HF_TOKEN` and `HF_HUB_OFFLINE` count.
 *
 * @param id `owner/name` or `owner/name@revision`.
 * @throws {NeuriteError} E-USAGE for another form of name; E-HUB when the Hub refuses, E-HUB-OFFLINE;
 * E-CORPUS when no file can be read.
 */
export async function openHubDataset(
  id: string,
  { split, settings: overrides, ...http }: HubDatasetOptions = {},
): Promise<OpenedCorpus> {
  const [repo = "", revision = "main"] = id.split("@", 2);
  if (!isRepoId(repo) || !isPlainPath(revision)) {
    throw cannot("E-USAGE", {
      do: "read the dataset name",
      thing: id,
      is: "no Hub id",
      expected: "owner/name or owner/name@revision",
      hint: "files on disk are given by --text",
    });
  }
  const settings = hubSettings(overrides);
  if (settings.offline) {
    throw cannot("E-HUB-OFFLINE", {
      do: "open dataset",
      thing: id,
      is: "HF_HUB_OFFLINE is set",
      expected: "leave to ask the Hub: datasets are streamed and never cached",
      hint: "unset HF_HUB_OFFLINE, or fetch the files and give them by --text",
    });
  }
  const { endpoint, token } = settings;
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const { signal: stop, stallMs = 60_000 } = http;
  const ask: typeof fetch = async (input) => {
    const silence = AbortSignal.timeout(stallMs);
    const signal = stop ? AbortSignal.any([stop, silence]) : silence;
    const response = await fetch(String(input), { headers, signal });
    if (response.ok) return response;
    await response.body?.cancel();
    throw finalRefusal(response, { repo: `datasets/${repo}`, revision }, settings);
  };
  const at = { hubUrl: endpoint, fetch: ask };
  let commit = revision;
  const files: { path: string; bytes: number; hash: string }[] = [];
  try {
    if (!COMMIT.test(revision)) {
      const info = await datasetInfo({ name: repo, revision, additionalFields: ["sha"], ...at });
      commit = String(info.sha);
    }
    if (!COMMIT.test(commit)) throw complain(id, "no commit in the Hub's answer", "a commit");
    const listing = listFiles({
      repo: { type: "dataset", name: repo },
      revision: commit,
      recursive: true,
      ...at,
    });
    for await (const { type, path, size, oid, lfs } of listing) {
      if (type !== "file" || !READABLE.test(path) || !isPlainPath(path)) continue;
      if (split !== undefined && !hasWord(path, split)) continue;
      files.push({ path, bytes: lfs?.size ?? size, hash: String(lfs?.oid ?? oid) });
      if (files.length > MOST_FILES) throw complain(id, `over ${MOST_FILES} files`, "fewer");
    }
  } catch (error) {
    stop?.throwIfAborted();
    const isSilence = error instanceof DOMException && error.name === "TimeoutError";
    if (!isSilence && !(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
    const is = isSilence ? `silence for ${stallMs / 1000} s` : error.message;
    throw complain(id, is, `an answer from ${endpoint}`, error);
  }
  if (files.length === 0) {
    const which = split === undefined ? "" : ` with ${quote(split)} in its path`;
    throw complain(id, `no file${which}`, "Parquet, JSON lines or text files");
  }
  files.sort((a, b) => a.path < b.path ? -1 : 1);
  const remote = files.map(({ path, bytes, hash }) => {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    const url = `${endpoint}/datasets/${repo}/resolve/${commit}/${encoded}`;
    return { url, bytes, etag: hash };
  });
  const sources = remote.map(({ url, bytes }) => httpSource(url, bytes, { ...http, headers }));
  return { sources, inputs: [], remote };
}
