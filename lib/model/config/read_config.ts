/**
 * Reading `config.json`, foreign input, for the two architectures computed here.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { cannot } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";
import { readSmallFile } from "../../store/format/range_file.ts";
import type { ModelConfig } from "./config.ts";
import { ConfigFields } from "./fields.ts";
import { gpt2Config } from "./gpt2.ts";
import { neoxConfig } from "./neox.ts";

/** Ordinary ones have 1 kB; those with many labels some 100 kB. */
const MAX_CONFIG_BYTES = 4 << 20;

const READERS = { gpt2: gpt2Config, gpt_neox: neoxConfig } as const;

/**
 * Reads `config.json` of a model directory.
 *
 * @throws {NeuriteError} `E-ARCHITECTURE` for another model type, `E-CONFIG` for a setting that is
 * malformed or not computed here, and the `E-FILE-…` codes.
 *
 * @example Usage
 * ```ts
 * import { readConfig } from "neurite/lib/model/config/read_config.ts";
 *
 * const config = await readConfig("cache/models/tiny-gpt2-a");
 * if (config.dModel !== config.nHead * config.dHead) throw new Error("unreachable");
 * ```
 */
export async function readConfig(directory: string): Promise<ModelConfig> {
  const path = join(resolve(directory), "config.json");
  return parseConfig(parseJson(await readSmallFile(path, MAX_CONFIG_BYTES), path), path);
}

/** The configuration that parsed JSON describes; `path` is for messages. */
export function parseConfig(json: unknown, path: string): ModelConfig {
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw notConfig(path, "not an object");
  }
  const fields = new ConfigFields(path, json as Record<string, unknown>);
  const modelType = fields.get("model_type");
  if (typeof modelType === "string" && Object.hasOwn(READERS, modelType)) {
    return READERS[modelType as keyof typeof READERS](fields);
  }
  throw cannot("E-ARCHITECTURE", {
    do: "use",
    thing: path,
    is: typeof modelType === "string" ? `model_type ${quote(modelType)}` : "without model_type",
    expected: Object.keys(READERS).map(quote).join(" or "),
    hint: "choose a GPT-2 or GPT-NeoX (Pythia) model",
  });
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw notConfig(path, `${bytes.length} bytes that are not JSON`);
  }
}

function notConfig(path: string, is: string) {
  return cannot("E-CONFIG", {
    do: "read",
    thing: path,
    is,
    expected: "a JSON object in UTF-8",
    hint: "fetch the model's config.json again",
  });
}
