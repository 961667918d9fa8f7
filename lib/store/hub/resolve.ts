/**
 * From what a person wrote after `--model` to a directory with a model in it.
 *
 * @module
 */
import { isAbsolute, join, resolve } from "node:path";
import { cannot, NeuriteError } from "../../errors.ts";
import { fileBytes } from "./cache.ts";
import { findCached } from "./cache_lookup.ts";
import { EMBEDDED_MODELS, nearestModel } from "./aliases.ts";
import { fetchModel, offlineError } from "./fetch.ts";
import { isRepoId, parseHubId } from "./id.ts";
import { connectionOf, type FetchOptions } from "./options.ts";
import { projectDirectory } from "./settings.ts";

/** Options of {@linkcode resolveModel}. */
export interface ResolveOptions extends FetchOptions {
  /** Root of the project, whose `cache/models` holds the embedded models. */
  projectDir?: string;
  /** Whether a missing model may be fetched. @default {the permission for the endpoint's host} */
  network?: boolean;
}

/** Where a model is and how it was found. */
export interface ResolvedModel {
  /** Directory with config.json and the weights: as given, else absolute. */
  directory: string;
  /** How it was found. */
  origin: "directory" | "embedded" | "cache" | "hub";
  /** The Hub repository, for `cache` and `hub`. */
  repo?: string;
  /** The commit, for `cache` and `hub`. */
  commit?: string;
}

/**
 * Finds the model `source` names: a directory with config.json, an embedded model (`tiny-gpt2-a`
 * to `e`), or an alias or Hub id in the cache; what the cache lacks is fetched where the network is
 * permitted. A revision in the cache is used as it stands, without asking the Hub for a newer one.
 *
 * @throws {NeuriteError} `E-FILE-MISSING` (no such directory, or not in the cache without network
 * permission), `E-HUB-OFFLINE` (not in the cache and offline), else as `fetchModel`.
 *
 * @example Usage
 * ```ts
 * import { resolveModel } from "neurite/lib/store/hub/mod.ts";
 *
 * const { directory, origin } = await resolveModel("tiny-gpt2-a");
 * if (origin !== "embedded" || !directory.endsWith("tiny-gpt2-a")) throw new Error("unreachable");
 * ```
 */
export async function resolveModel(
  source: string,
  options: ResolveOptions = {},
): Promise<ResolvedModel> {
  // An empty name would be the current folder.
  if (source === "" || source.includes("\0")) parseHubId(source);
  if (await holdsConfig(source)) return { directory: source, origin: "directory" };
  const embedded = EMBEDDED_MODELS.includes(source)
    ? embeddedDirectory(source, options)
    : undefined;
  if (embedded !== undefined && await holdsConfig(embedded)) {
    return { directory: embedded, origin: "embedded" };
  }
  if (embedded !== undefined || isPath(source)) throw noDirectory(embedded ?? resolve(source));
  return await fromHub(source, options);
}

async function fromHub(source: string, options: ResolveOptions): Promise<ResolvedModel> {
  const id = parseHubId(source, options.revision);
  const connection = connectionOf(options);
  const found = await findCached(connection.cacheDir, id);
  const { directory, commit, missing } = found;
  const isWhole = commit !== undefined && missing.length === 0;
  const cached = {
    directory,
    origin: "cache",
    repo: id.repo,
    ...(commit ? { commit } : {}),
  } as const;
  if (isWhole && found.hasTokenizer) return cached;
  const network = options.network ?? await mayConnect(connection.endpoint);
  if (connection.offline || !network) {
    if (isWhole) return cached;
    if (connection.offline) throw offlineError(id, directory, missing);
    throw cannot("E-FILE-MISSING", {
      do: "open model",
      thing: source,
      is: `no ${missing.join(", ")} in ${directory}`,
      expected: "a directory with config.json, or a model in the cache",
      hint: `deno task fetch-model ${source}${nearestModel(id.name)}`,
    });
  }
  try {
    const fetched = await fetchModel(source, options);
    return { directory: fetched.directory, origin: "hub", repo: id.repo, commit: fetched.commit };
  } catch (error) {
    // All that was to be had is a tokenizer, which the run may not need.
    if (isWhole && error instanceof NeuriteError && error.code === "E-HUB") return cached;
    throw error;
  }
}

function embeddedDirectory(name: string, options: ResolveOptions): string {
  return join(options.projectDir ?? projectDirectory() ?? ".", "cache", "models", name);
}

async function holdsConfig(directory: string): Promise<boolean> {
  return await fileBytes(join(directory, "config.json")) !== undefined;
}

function isPath(source: string): boolean {
  return isAbsolute(source) || /^[.~]|[\\]|[/]$/.test(source) || !isRepoId(source.split("@")[0]!);
}

function noDirectory(directory: string): NeuriteError {
  return cannot("E-FILE-MISSING", {
    do: "open model",
    thing: directory,
    is: "no directory with a config.json",
    expected: "config.json with the weights beside it, an alias, or a Hub id",
    hint: "deno task fetch-model --list prints the aliases; " +
      `${EMBEDDED_MODELS.join(", ")} need no download`,
  });
}

async function mayConnect(endpoint: string): Promise<boolean> {
  const { host, hostname } = new URL(endpoint);
  const states = await Promise.all(
    [host, hostname].map((name) => Deno.permissions.query({ name: "net", host: name })),
  );
  return states.some(({ state }) => state === "granted");
}
