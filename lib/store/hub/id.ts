/**
 * What a person may write for a model: an alias, a Hub id, either with `@revision`.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { HUB_ALIASES } from "./aliases.ts";

/** A model on the Hub. */
export interface HubId {
  /** What was asked for, without the revision. */
  name: string;
  /** The repository, `org/name` or a bare legacy name. */
  repo: string;
  /** Branch, tag or commit. */
  revision: string;
}

/** A full commit, as the Hub and the cache's folders write it. */
export const COMMIT = /^[0-9a-f]{40}$/;

const SEGMENT = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?$/;
const MAX_ID_LENGTH = 96;

/** Whether `text` is a relative path of plain segments: safe to join to a directory. */
export function isPlainPath(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what it is to keep out
  const strange = /[\u0000-\u001f\u007f\\:*?"<>|]/;
  return text.length > 0 && text.length <= 255 && !strange.test(text) &&
    text.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

/** Whether `text` can be a repository: `name` or `org/name` by the Hub's own rules. */
export function isRepoId(text: string): boolean {
  const parts = text.split("/");
  return text.length <= MAX_ID_LENGTH && parts.length <= 2 &&
    parts.every((part) => SEGMENT.test(part)) &&
    !text.includes("--") && !text.includes("..") && !text.endsWith(".git");
}

/**
 * Reads `alias`, `org/name` or either with `@revision`; aliases become their Hub id.
 *
 * @throws {NeuriteError} `E-USAGE` for anything else, or for two different revisions.
 *
 * @example Usage
 * ```ts
 * import { parseHubId } from "neurite/lib/store/hub/id.ts";
 *
 * const { repo, revision } = parseHubId("pythia-160m-seed1@step1000");
 * if (repo !== "EleutherAI/pythia-160m-seed1") throw new Error("unreachable");
 * if (revision !== "step1000") throw new Error("unreachable");
 * ```
 */
export function parseHubId(text: string, wanted?: string): HubId {
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const written = at < 0 ? undefined : text.slice(at + 1);
  if (written !== undefined && wanted !== undefined && written !== wanted) {
    throw cannot("E-USAGE", {
      do: "choose the revision of",
      thing: text,
      is: `"${written}" in the name and "${wanted}" in the option`,
      expected: "one revision",
      hint: `deno task fetch-model ${name} --revision ${wanted}`,
    });
  }
  const repo = Object.hasOwn(HUB_ALIASES, name) ? HUB_ALIASES[name]! : name;
  const revision = written ?? wanted ?? "main";
  if (!isRepoId(repo)) {
    throw cannot("E-USAGE", {
      do: "read the model name",
      thing: text,
      is: "no directory, alias or Hub id",
      expected: "a directory with config.json, an alias, or org/name[@revision]",
      hint: "deno task fetch-model --list prints the aliases",
    });
  }
  if (!isPlainPath(revision) || /[\s~^]/.test(revision)) {
    throw cannot("E-USAGE", {
      do: "read the revision",
      thing: revision,
      is: "no branch, tag or commit name",
      expected: "a name such as main, step1000 or 40 hexadecimal digits",
      hint: `deno task fetch-model ${name} --revision main`,
    });
  }
  return { name, repo, revision };
}
