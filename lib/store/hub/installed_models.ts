import { join } from "node:path";
import { findCached, inventory } from "./cache_lookup.ts";
import { EMBEDDED_MODELS, HUB_ALIASES } from "./aliases.ts";
import { parseHubId } from "./id.ts";
import { hubSettings, projectDirectory } from "./settings.ts";

/** A model that can be run without the network. */
export interface InstalledModel {
  /** What `--model` takes. */
  readonly name: string;
  readonly origin: "embedded" | "cache";
  /** Absolute. */
  readonly directory: string;
  /** Bytes of its files. */
  readonly bytes: number;
}

/**
 * The embedded models and those named models that are whole in the Hub's cache.
 *
 * @example Usage
 * ```ts
 * import { installedModels } from "neurite/lib/store/hub/installed_models.ts";
 *
 * const { models } = await installedModels();
 * if (!models.some(({ name }) => name === "tiny-gpt2-a")) throw new Error("unreachable");
 * ```
 */
export async function installedModels(): Promise<{ cacheDir: string; models: InstalledModel[] }> {
  const { cacheDir } = hubSettings();
  const places = [
    ...EMBEDDED_MODELS.map((name) => ({
      name,
      origin: "embedded" as const,
      find: async () => {
        const directory = join(projectDirectory() ?? ".", "cache", "models", name);
        return { directory, ...await inventory(directory) };
      },
    })),
    ...Object.keys(HUB_ALIASES).map((name) => ({
      name,
      origin: "cache" as const,
      find: () => findCached(cacheDir, parseHubId(name)),
    })),
  ];
  const models: InstalledModel[] = [];
  for (const { name, origin, find } of places) {
    const { directory, files, missing } = await find();
    if (missing.length > 0) continue;
    models.push({
      name,
      origin,
      directory,
      bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    });
  }
  return { cacheDir, models };
}
