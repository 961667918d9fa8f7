import { basename } from "node:path";
import { resolveModel } from "../store/hub/mod.ts";
import type { ModelConfig } from "./config/config.ts";
import { readConfig } from "./config/read_config.ts";
import { weightBytes } from "./weight_bytes.ts";

/** A model that was found. */
export interface FoundModel {
  /** As results name it: its alias or Hub id, or the name of its directory. */
  readonly label: string;
  readonly directory: string;
  readonly config: ModelConfig;
  readonly weightBytes: number;
}

/**
 * Finds a model and reads its sizes.
 *
 * @throws {NeuriteError} as `resolveModel` and `readConfig`.
 */
export async function findModel(source: string): Promise<FoundModel> {
  const { directory, origin } = await resolveModel(source);
  const config = await readConfig(directory);
  const label = origin === "directory" ? basename(directory) : source;
  return { label, directory, config, weightBytes: weightBytes(config) };
}
