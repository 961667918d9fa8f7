/**
 * Where the Hub and its cache are: the environment variables that Python's huggingface_hub reads,
 * with the same precedence, read in one place.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cannot } from "../../errors.ts";

/**
 * The variables read here. A script grants them with `--allow-env=`, those of the Hub as `HF_*`: Linux
 * reads 255 characters of a script's first line.
 */
export const HUB_ENVIRONMENT = [
  "HF_ENDPOINT",
  "HF_TOKEN",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HUGGINGFACE_HUB_CACHE",
  "XDG_CACHE_HOME",
  "HF_HUB_OFFLINE",
  "TRANSFORMERS_OFFLINE",
  "HF_HUB_DISABLE_PROGRESS_BARS",
  "HF_HUB_DISABLE_SYMLINKS",
  "HOME",
  "USERPROFILE",
] as const;

/** A member of {@linkcode HUB_ENVIRONMENT}. */
export type HubVariable = typeof HUB_ENVIRONMENT[number];

/** Resolved settings; every field can be overridden by the caller. */
export interface HubSettings {
  /** Origin (and path) of the Hub, without a trailing slash. @default {"https://huggingface.co"} */
  endpoint: string;
  /** Sent to the endpoint's own origin only; `""` sends none. */
  token?: string | undefined;
  /** Absolute directory that holds the `models--*` folders. */
  cacheDir: string;
  /** No HTTP at all. @default {false} */
  offline: boolean;
  /** Whether progress may be drawn. @default {true} */
  progressBars: boolean;
  /** Whether snapshots link to blobs; false copies them. @default {true} */
  symlinks: boolean;
}

/** The root of the checkout, `undefined` when the modules do not come from files. */
export function projectDirectory(): string | undefined {
  const root = new URL("../../../", import.meta.url);
  return root.protocol === "file:" ? fileURLToPath(root) : undefined;
}

/** The variables of {@linkcode HUB_ENVIRONMENT} that may be read and are set; never prompts. */
export function readHubEnvironment(): Partial<Record<HubVariable, string>> {
  const found: Partial<Record<HubVariable, string>> = {};
  for (const variable of HUB_ENVIRONMENT) {
    if (Deno.permissions.querySync({ name: "env", variable }).state !== "granted") continue;
    const value = Deno.env.get(variable);
    if (value !== undefined && value.trim() !== "") found[variable] = value.trim();
  }
  return found;
}

/**
 * Settings from the environment, then from `overrides` where those are given.
 *
 * @throws {NeuriteError} `E-USAGE` when HF_ENDPOINT is no http address or HF_TOKEN no header value.
 *
 * @example Usage
 * ```ts
 * import { hubSettings } from "neurite/lib/store/hub/settings.ts";
 *
 * const { cacheDir, endpoint } = hubSettings({}, { HF_HOME: "/data/hf" });
 * if (!cacheDir.endsWith("hub")) throw new Error("unreachable");
 * if (endpoint !== "https://huggingface.co") throw new Error("unreachable");
 * ```
 */
export function hubSettings(
  overrides: Partial<HubSettings> = {},
  environment: Partial<Record<HubVariable, string>> = readHubEnvironment(),
): HubSettings {
  const token = overrides.token ?? environment.HF_TOKEN;
  return {
    endpoint: checkedEndpoint(overrides.endpoint ?? environment.HF_ENDPOINT),
    ...(token ? { token: checkedToken(token) } : {}),
    cacheDir: resolve(overrides.cacheDir ?? cacheDirectory(environment)),
    offline: overrides.offline ??
      isTrue(environment.HF_HUB_OFFLINE ?? environment.TRANSFORMERS_OFFLINE),
    progressBars: overrides.progressBars ?? !isTrue(environment.HF_HUB_DISABLE_PROGRESS_BARS),
    symlinks: overrides.symlinks ?? !isTrue(environment.HF_HUB_DISABLE_SYMLINKS),
  };
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ["1", "ON", "YES", "TRUE"].includes(value.toUpperCase());
}

function cacheDirectory(environment: Partial<Record<HubVariable, string>>): string {
  const home = environment.HOME ?? environment.USERPROFILE;
  const expand = (path: string) =>
    home !== undefined && /^~(?=$|[/\\])/.test(path) ? join(home, path.slice(1)) : path;
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment;
  const direct = HF_HUB_CACHE ?? HUGGINGFACE_HUB_CACHE;
  if (direct !== undefined) return expand(direct);
  if (HF_HOME !== undefined) return join(expand(HF_HOME), "hub");
  if (XDG_CACHE_HOME !== undefined) return join(expand(XDG_CACHE_HOME), "huggingface", "hub");
  if (home !== undefined) return join(home, ".cache", "huggingface", "hub");
  // Without leave to read HOME the one place known to be ours is the ignored results folder.
  return join(projectDirectory() ?? ".", "cache", "results", "huggingface", "hub");
}

function checkedEndpoint(text = "https://huggingface.co"): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) {
    return text.replace(/\/+$/, "");
  }
  throw cannot("E-USAGE", {
    do: "use HF_ENDPOINT",
    thing: text,
    is: "no web address",
    expected: "an http or https address such as https://huggingface.co",
    hint: "unset HF_ENDPOINT",
  });
}

function checkedToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw cannot("E-USAGE", {
    do: "use",
    thing: "HF_TOKEN",
    is: `${token.length} characters with blanks or control characters among them`,
    expected: "one token of printable characters",
    hint: "copy the token again from the settings page of the Hub",
  });
}
