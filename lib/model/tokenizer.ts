/**
 * A model's own tokenizer, from `tokenizer.json`, or GPT-2's `vocab.json` and `merges.txt`.
 *
 * @module
 */
import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { join, resolve } from "node:path";
import { cannot, NeuriteError } from "../errors.ts";
import { quote } from "../store/format/quote.ts";
import { explainSystemError } from "../system_errors.ts";

/** The largest honest tokenizer.json (GPT-NeoX) is 2 MB, the largest known 17 MB. */
const MOST_BYTES = 64 * 2 ** 20;

/** Text to token ids and back. No token is ever added: BOS is written out where it is wanted. */
export interface TextTokenizer {
  /** Files it was read from, absolute. */
  readonly files: readonly string[];
  /** Token ids of a text; `<|endoftext|>` in it is the special token. */
  encode(text: string): Int32Array;
  /** Token strings of a text, in the tokenizer's own alphabet. */
  tokens(text: string): string[];
  /** The text of token ids, special tokens included. */
  decode(ids: Iterable<number>): string;
  /** The id of a token string, or undefined. */
  idOf(token: string): number | undefined;
}

function complain(path: string, is: string, cause?: unknown) {
  return cannot("E-TOKENIZER", {
    do: "read tokenizer",
    thing: path,
    is,
    expected: "a tokenizer.json, or vocab.json with merges.txt, of a BPE tokenizer",
    hint: "fetch the model again with: deno task fetch-model <id>",
    cause,
  });
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MOST_BYTES) throw complain(path, `${size} bytes, over ${MOST_BYTES}`);
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw explainSystemError(error, { do: "read", thing: path }) ?? error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseObject(path: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw complain(path, "not JSON", error);
  }
  if (isObject(value)) return value;
  throw complain(path, "no JSON object");
}

/** GPT-2's tokenizer.json, as `vocab.json` and `merges.txt` imply it. */
function fromVocabulary(vocab: Record<string, unknown>, merges: string): Record<string, unknown> {
  const lines = merges.split(/\r?\n/)
    .filter((line) => line !== "" && !line.startsWith("#version"));
  const special = "<|endoftext|>";
  return {
    version: "1.0",
    added_tokens: special in vocab
      ? [{ id: vocab[special], content: special, special: true, normalized: false }]
      : [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: lines },
  };
}

/**
 * The BPE model of a definition. GPT-2's own tokenizer.json is older than the field `type`: what has
 * a vocabulary and merges is BPE.
 */
function bpeModel(path: string, definition: Record<string, unknown>): Record<string, unknown> {
  const { model, added_tokens: added } = definition;
  if (!isObject(model)) throw complain(path, "without a model");
  const { type, vocab, merges } = model;
  if (type !== "BPE" && (type !== undefined || !Array.isArray(merges))) {
    throw complain(path, `of model type ${quote(String(type))}`);
  }
  if (!isObject(vocab) || !Array.isArray(added) || !added.every(isObject)) {
    throw complain(path, "without vocab or added_tokens");
  }
  const extra = added.map(({ content, id }) => [String(content), id] as const);
  for (const [token, id] of [...Object.entries(vocab), ...extra]) {
    if (!Number.isInteger(id) || Number(id) < 0 || Number(id) >= 2 ** 31) {
      throw complain(path, `the id of token ${quote(token)} no integer from 0 to 2³¹ − 1`);
    }
  }
  return { ...model, type: "BPE" };
}

class LoadedTokenizer implements TextTokenizer {
  readonly #inner: HubTokenizer;

  constructor(readonly files: readonly string[], definition: Record<string, unknown>) {
    const model = bpeModel(files[0]!, definition);
    try {
      this.#inner = new HubTokenizer(
        { ...definition, model },
        { clean_up_tokenization_spaces: false },
      );
    } catch (error) {
      throw complain(files[0]!, "not a tokenizer definition", error);
    }
  }

  encode(text: string): Int32Array {
    return Int32Array.from(this.#inner.encode(text, { add_special_tokens: false }).ids);
  }

  tokens(text: string): string[] {
    return this.#inner.tokenize(text, { add_special_tokens: false });
  }

  decode(ids: Iterable<number>): string {
    const given = [...ids];
    // The library refuses an empty list.
    return given.length === 0 ? "" : this.#inner.decode(given, { skip_special_tokens: false });
  }

  idOf(token: string): number | undefined {
    return this.#inner.token_to_id(token);
  }
}

/**
 * Opens the tokenizer of a model directory.
 *
 * @throws {NeuriteError} E-TOKENIZER when the files are absent or not a BPE tokenizer.
 *
 * @example Usage
 * ```ts
 * import { openTokenizer } from "neurite/lib/model/tokenizer.ts";
 *
 * const tokenizer = await openTokenizer("cache/models/tiny-gpt2-a");
 * const ids = tokenizer.encode("<|endoftext|> The war lasted from the year 1732 to the year 17");
 * if (ids.length !== 13) throw new Error("unreachable");
 * ```
 */
export async function openTokenizer(directory: string): Promise<TextTokenizer> {
  const path = (name: string) => resolve(join(directory, name));
  const definition = await readText(path("tokenizer.json"));
  if (definition !== undefined) {
    const file = path("tokenizer.json");
    return new LoadedTokenizer([file], parseObject(file, definition));
  }
  const [vocab, merges] = await Promise.all([
    readText(path("vocab.json")),
    readText(path("merges.txt")),
  ]);
  if (vocab === undefined || merges === undefined) {
    throw complain(path("tokenizer.json"), "absent, and so is vocab.json or merges.txt");
  }
  const files = [path("vocab.json"), path("merges.txt")];
  return new LoadedTokenizer(files, fromVocabulary(parseObject(files[0]!, vocab), merges));
}

/** The tokenizer of a model directory, or undefined where there is none that can be read. */
export async function findTokenizer(directory: string): Promise<TextTokenizer | undefined> {
  try {
    return await openTokenizer(directory);
  } catch (error) {
    // A model computes without one; what is shown of its tokens is only plainer.
    if (error instanceof NeuriteError && error.code === "E-TOKENIZER") return undefined;
    throw error;
  }
}
