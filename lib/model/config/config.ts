/**
 * What a model's `config.json` says about its computation, under Hugging Face's meanings.
 *
 * @module
 */
import { join, resolve } from "node:path";
import type { GeluForm } from "../../device/graph.ts";
import { cannot } from "../../errors.ts";
import { quote } from "../../store/format/quote.ts";
import { readSmallFile } from "../../store/format/range_file.ts";
import { ConfigFields } from "./fields.ts";
import { gpt2Config } from "./gpt2.ts";
import { neoxConfig } from "./neox.ts";

/** Ordinary ones have 1 kB; those with many labels some 100 kB. */
const MAX_CONFIG_BYTES = 4 << 20;

/** Sizes and switches of a model; letters are the project's shape alphabet. */
export interface ModelConfig {
  /** The architecture, by its Hugging Face name. */
  readonly modelType: "gpt2" | "gpt_neox";
  /** L. */
  readonly nLayer: number;
  /** H. */
  readonly nHead: number;
  /** D. */
  readonly dModel: number;
  /** K = D / H. */
  readonly dHead: number;
  /** F. */
  readonly dMlp: number;
  /** V, the rows of the embedding. */
  readonly vocabSize: number;
  /** Most positions of a row of tokens. */
  readonly nPositions: number;
  /** Added to the variance in every layer norm. */
  readonly layerNormEpsilon: number;
  /** Form of GELU in the MLPs. */
  readonly gelu: GeluForm;
  /** Whether scores are divided by √K. */
  readonly scaleAttnWeights: boolean;
  /** Whether scores are further divided by layer + 1 (the Stanford GPT-2s). */
  readonly scaleAttnByInverseLayerIdx: boolean;
  /** How PyTorch orders the scaling in half precision; no effect on float32 arithmetic. */
  readonly reorderAndUpcastAttn: boolean;
  /** Whether attention and MLP read the same residual (GPT-NeoX). */
  readonly parallelResidual: boolean;
  /** Leading dimensions of each head that turn, θ, and its rounding; null with embedded positions. */
  readonly rotary: {
    readonly dims: number;
    readonly base: number;
    readonly rounding: "none" | "bfloat16";
  } | null;
  /** Whether the unembedding is the embedding. */
  readonly tieWordEmbeddings: boolean;
  /** Token that begins a text. */
  readonly bosTokenId: number | null;
  /** Token that ends a text. */
  readonly eosTokenId: number | null;
}

const READERS = { gpt2: gpt2Config, gpt_neox: neoxConfig } as const;

/**
 * What a layer's `q·k` is multiplied by: `1/√K`, and `1/(layer + 1)` more where the model was
 * trained so (spec: Mistral, Stanford CRFM).
 *
 * @param layer 0-based
 */
export function attentionScale(
  config: Pick<ModelConfig, "dHead" | "scaleAttnWeights" | "scaleAttnByInverseLayerIdx">,
  layer: number,
): number {
  const byWidth = config.scaleAttnWeights ? Math.sqrt(config.dHead) : 1;
  return 1 / (byWidth * (config.scaleAttnByInverseLayerIdx ? layer + 1 : 1));
}

/**
 * Reads `config.json` of a model directory.
 *
 * @throws {NeuriteError} `E-ARCHITECTURE` for another model type, `E-CONFIG` for a setting that is
 * malformed or not computed here, and the `E-FILE-…` codes.
 *
 * @example Usage
 * ```ts
 * import { readConfig } from "neurite/lib/model/config/config.ts";
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
