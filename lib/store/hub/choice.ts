/**
 * Which files of a repository make a model: settings, tokenizer and one form of the weights.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { type HubFile, type ListedFile, strangeAnswer } from "./api.ts";
import { type HubId, isPlainPath } from "./id.ts";

/** The formats of weights the suite reads. */
export type WeightFormat = "safetensors" | "pytorch";

/** One way in which weights may lie in a repository or a directory. */
export interface WeightForm {
  /** The single file, or the index of the shards. */
  file: string;
  /** Whether `file` is an index. */
  sharded: boolean;
  /** How the tensors are stored. */
  format: WeightFormat;
}

/** All forms, the preferred one first. */
export const WEIGHT_FORMS: readonly WeightForm[] = [
  { file: "model.safetensors", sharded: false, format: "safetensors" },
  { file: "model.safetensors.index.json", sharded: true, format: "safetensors" },
  { file: "pytorch_model.bin", sharded: false, format: "pytorch" },
  { file: "pytorch_model.bin.index.json", sharded: true, format: "pytorch" },
];

/** The sets of files a tokenizer can be read from, the preferred one first. */
export const TOKENIZER_FORMS: readonly (readonly string[])[] = [
  ["tokenizer.json"],
  ["vocab.json", "merges.txt"],
];

/** Largest index read: 1,000 layers of 100 tensors are about 8 MB. */
export const MAX_INDEX_BYTES = 32 << 20;
const MAX_SHARDS = 1_000;
const OTHER_WEIGHTS = /\.(h5|msgpack|onnx|gguf|ot|bin|safetensors|pt|ckpt)$/;

/** The choice made by {@linkcode chooseFiles}. */
export interface ModelFiles {
  /** What to fetch, small files first. */
  files: HubFile[];
  /** How the tensors are stored. */
  format: WeightFormat;
}

/**
 * Chooses `config.json`, `generation_config.json`, a tokenizer and the weights from a listing.
 * Small files come first, so that a wrong model shows before its weights are fetched.
 *
 * @param readIndex gives the text of a shard index, checked against its hash.
 * @throws {NeuriteError} `E-HUB` when config or weights are missing or the listing is not sound.
 */
export async function chooseFiles(
  id: HubId,
  listing: ReadonlyMap<string, ListedFile>,
  readIndex: (file: HubFile) => Promise<string>,
): Promise<ModelFiles> {
  const form = WEIGHT_FORMS.find(({ file }) => listing.has(file));
  if (!listing.has("config.json") || form === undefined) throw notAModel(id, listing);
  const tokenizer = TOKENIZER_FORMS.find((names) => names.every((name) => listing.has(name))) ?? [];
  const small = ["config.json", "generation_config.json", ...tokenizer]
    .filter((name) => listing.has(name))
    .map((name) => checkedFile(id, name, listing.get(name)!));
  const first = checkedFile(id, form.file, listing.get(form.file)!);
  if (!form.sharded) return { files: [...small, first], format: form.format };
  const shards = shardNames(await readIndex(first), (what) => strangeAnswer(id, what));
  const files = shards.map((name) => {
    const entry = listing.get(name);
    if (entry) return checkedFile(id, name, entry);
    throw strangeAnswer(id, `${form.file} names "${name}", which the repository lacks`);
  });
  return { files: [...small, first, ...files], format: form.format };
}

/**
 * The shards an index names, each once, in the order of their names. Names are refused unless they
 * are plain relative paths, since they become paths here.
 */
export function shardNames(index: string, complain: (what: string) => Error): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(index);
  } catch {
    throw complain("a shard index that is no JSON");
  }
  const map = (parsed as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null || Array.isArray(map)) {
    throw complain("a shard index without weight_map");
  }
  const names = [...new Set(Object.values(map))];
  if (names.length === 0 || names.length > MAX_SHARDS) {
    throw complain(`a shard index of ${names.length.toLocaleString("en")} shards`);
  }
  for (const name of names) {
    if (typeof name !== "string" || !isPlainPath(name)) {
      throw complain(`a shard named ${JSON.stringify(name).slice(0, 200)}`);
    }
  }
  return (names as string[]).sort();
}

function checkedFile(id: HubId, name: string, entry: ListedFile): HubFile {
  const bytes = entry.lfs?.size ?? entry.size;
  const hash = entry.lfs?.oid ?? entry.oid;
  const wanted = entry.lfs ? /^[0-9a-f]{64}$/ : /^[0-9a-f]{40}$/;
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw strangeAnswer(id, `${name} without a size`);
  // The hash becomes the name of a file, so its form is a matter of safety.
  if (typeof hash !== "string" || !wanted.test(hash)) {
    throw strangeAnswer(id, `${name} without a ${entry.lfs ? "sha256" : "git sha1"}`);
  }
  return { name, bytes, hash, algorithm: entry.lfs ? "sha256" : "git-sha1" };
}

function notAModel(id: HubId, listing: ReadonlyMap<string, ListedFile>): Error {
  const weights = [...listing.keys()].filter((name) => OTHER_WEIGHTS.test(name)).slice(0, 5);
  const lacks = listing.has("config.json")
    ? `no weights in a form read here (it has ${weights.join(", ") || "none at all"})`
    : "no config.json";
  return cannot("E-HUB", {
    do: "fetch model",
    thing: `${id.repo}@${id.revision}`,
    is: lacks,
    expected: "config.json with model.safetensors or pytorch_model.bin, whole or in shards",
    hint: "choose another revision, or convert the weights to safetensors first",
  });
}
