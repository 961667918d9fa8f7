/** What `circuit_discovery` cannot work with: prompts, tokenizers, folders. */
import { join } from "node:path";
import type { HostArray } from "../../lib/array.ts";
import { type BadInput, discovery, type Prepared, YEAR_MODEL } from "./case.ts";
import { copyModel, cut, integers, overwrite, writeArrays } from "./damage.ts";
import { mountDisk } from "./disk.ts";

/** Arrays of a prompt file. */
export type Arrays = Record<string, HostArray>;

/** Two sound prompts of three tokens: their start years, 17 and 32, are tokens 117 and 132. */
export function soundPrompts(): Arrays {
  return {
    "good_tokens": integers([1, 117, 3, 4, 132, 6], [2, 3]),
    "bad_tokens": integers([1, 7, 3, 4, 7, 6], [2, 3]),
    YY: integers([17, 32]),
    "year_token_ids": integers(Array.from({ length: 100 }, (_, i) => 100 + i)),
  };
}

/** `circuit_discovery` on a prompt file of the arrays. */
export async function withPrompts(folder: string, arrays: Arrays): Promise<Prepared> {
  const path = await writeArrays(join(folder, "prompts.safetensors"), arrays);
  return { command: discovery(folder, YEAR_MODEL, `--prompts=${path}`) };
}

const replacing = (arrays: Arrays) => (folder: string) =>
  withPrompts(folder, { ...soundPrompts(), ...arrays });

const without = (name: string) => (folder: string) => {
  const { [name]: _, ...arrays } = soundPrompts();
  return withPrompts(folder, arrays);
};

const withFlags = (...flags: string[]) => (folder: string) =>
  Promise.resolve({ command: discovery(folder, YEAR_MODEL, ...flags) });

/** A model whose tokenizer.json is the text; without one when undefined. */
const withTokenizer = (text?: string) => async (folder: string) => {
  const model = await copyModel(folder, "gpt2-hub-style");
  if (text !== undefined) await Deno.writeTextFile(join(model, "tokenizer.json"), text);
  return { command: discovery(folder, model) };
};

/** A byte-level BPE of single characters: every year is four tokens. */
function characterTokenizer(): string {
  const characters = ["<|endoftext|>", ..."0123456789abcdefghijklmnopqrstuvwxyzTĠ"];
  return JSON.stringify({
    version: "1.0",
    added_tokens: [{ id: 0, content: "<|endoftext|>", special: true, normalized: false }],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      vocab: Object.fromEntries(characters.map((text, id) => [text, id])),
      merges: [],
    },
  });
}

/** Prompt files. */
export const PROMPT_CASES: readonly BadInput[] = [
  ...["good_tokens", "bad_tokens", "YY", "year_token_ids"].map((name): BadInput => ({
    name: `prompts without ${name}`,
    prepare: without(name),
    exit: 4,
    code: "E-PROMPTS",
    message: new RegExp(
      `use ${name} of "DIR/prompts.safetensors": absent, expected an int32 array`,
    ),
  })),
  {
    name: "good and bad prompts of unequal shapes",
    prepare: replacing({ "bad_tokens": integers([1, 7, 4, 7], [2, 2]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use bad_tokens of "DIR\/prompts\.safetensors": \[2, 2\], expected \[2, 3\]$/,
  },
  {
    name: "good prompts equal to bad ones",
    prepare: replacing({ "bad_tokens": integers([1, 7, 3, 4, 132, 6], [2, 3]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use row 1 of ".+": good_tokens equal to bad_tokens, expected prompts that differ$/,
  },
  ...[0, 99].map((yy): BadInput => ({
    name: `start year ${yy}`,
    prepare: replacing({ YY: integers([17, yy]) }),
    exit: 4,
    code: "E-PROMPTS",
    message: new RegExp(`use YY of ".+": ${yy}, expected start years from 1 to 98`),
  })),
  {
    name: "empty prompts",
    prepare: replacing({
      "good_tokens": integers([], [0, 3]),
      "bad_tokens": integers([], [0, 3]),
      YY: integers([]),
    }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use good_tokens of ".+": \[0, 3\], expected prompts$/,
  },
  {
    name: "prompts that are real numbers",
    prepare: replacing({ "good_tokens": { data: new Float32Array(6), shape: [2, 3] } }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use good_tokens of ".+": Float32Array \[2, 3\], expected an int32 array of 2 axes$/,
  },
  {
    name: "prompts with 99 years",
    prepare: replacing({ "year_token_ids": integers(Array.from({ length: 99 }, (_, i) => i)) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use year_token_ids of ".+": \[99\], expected \[100\]$/,
  },
  {
    name: "one token for all years",
    prepare: replacing({ "year_token_ids": integers(Array(100).fill(17)) }),
    exit: 4,
    code: "E-PROMPTS",
    message: /use year_token_ids of ".+": token 17 twice, expected different tokens$/,
  },
  {
    name: "prompt with a token above the vocabulary",
    prepare: replacing({ "good_tokens": integers([1, 117, 3, 4096, 132, 6], [2, 3]) }),
    exit: 4,
    code: "E-TOKENS",
    message:
      /"token 4096": an id outside the vocabulary, in row 1 at position 0, expected 0 to 4095$/,
  },
  {
    name: "year token above the vocabulary",
    prepare: replacing({
      "year_token_ids": integers(
        Array.from({ length: 100 }, (_, i) => i === 50 ? 50_000 : 100 + i),
      ),
    }),
    exit: 4,
    code: "E-TOKENS",
    message: /column "token 50000": an id outside the vocabulary, expected 0 to 4095$/,
  },
  {
    name: "prompt file cut short",
    prepare: async (folder) => {
      const prepared = await withPrompts(folder, soundPrompts());
      await cut(join(folder, "prompts.safetensors"), 600);
      return prepared;
    },
    exit: 4,
    code: "E-SAFETENSORS",
    message: /read "DIR\/prompts\.safetensors": 600 bytes, expected \d+ bytes by its header$/,
  },
  {
    name: "prompt file that is not there",
    prepare: withFlags("--prompts=nowhere.safetensors"),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /read ".+\/nowhere\.safetensors": no such file, expected an existing path$/,
  },
];

/** Tokenizers, numbers and folders. */
export const DISCOVERY_CASES: readonly BadInput[] = [
  {
    name: "model without a tokenizer",
    prepare: withTokenizer(),
    exit: 4,
    code: "E-TOKENIZER",
    message:
      /tokenizer "DIR\/model\/tokenizer\.json": absent, and so is vocab\.json or merges\.txt/,
  },
  {
    name: "tokenizer that is not JSON",
    prepare: withTokenizer('{"model":'),
    exit: 4,
    code: "E-TOKENIZER",
    message: /tokenizer "DIR\/model\/tokenizer\.json": not JSON, expected a tokenizer\.json/,
  },
  {
    name: "tokenizer of another kind",
    prepare: withTokenizer('{"model":{"type":"WordPiece","vocab":{}}}'),
    exit: 4,
    code: "E-TOKENIZER",
    message: /tokenizer\.json": of model type "WordPiece", expected a tokenizer\.json/,
  },
  {
    name: "tokenizer without two-digit tokens",
    prepare: withTokenizer(characterTokenizer()),
    exit: 4,
    code: "E-TOKENIZER",
    message: /ask for year "00": 2 tokens, expected one token$/,
  },
  {
    name: "a number of prompts beside prompts of one's own",
    prepare: withFlags("--prompts=own.jsonl", "--count=50"),
    exit: 2,
    code: "E-USAGE",
    message: /read option "--count": given beside --prompts, expected one of the two$/,
  },
  {
    name: "no prompts at all",
    prepare: withFlags("--count=0"),
    exit: 2,
    code: "E-USAGE",
    message: /"--count": "0", expected a whole number from 1 to 1000000$/,
  },
  {
    name: "unknown flag of the experiment",
    prepare: withFlags("--prompt=x.safetensors"),
    exit: 2,
    code: "E-USAGE",
    message: /option "--prompt": no option .+, expected an option such as --prompts, the nearest$/,
  },
  {
    name: "results folder that is a file",
    prepare: async (folder) => {
      const out = join(folder, "notes.txt");
      await Deno.writeTextFile(out, "precious");
      return { command: discovery(folder, YEAR_MODEL, `--out=${out}`, "--count=2") };
    },
    exit: 4,
    code: "E-FILE-MISSING",
    message: /"DIR\/notes\.txt.*": a file stands where a folder should, expected a folder$/,
  },
  {
    name: "results folder on a read-only disk",
    prepare: async (folder) => {
      const disk = await mountDisk(folder, { isReadOnly: true });
      if (!disk) return undefined;
      const out = join(disk.path, "run");
      return {
        command: discovery(folder, YEAR_MODEL, `--out=${out}`, "--count=2"),
        release: disk.release,
      };
    },
    exit: 4,
    code: "E-FILE-PERMISSION",
    message: /"DIR\/disk\/run": the file system is read-only, expected/,
  },
  {
    name: "results folder where Deno may not write",
    prepare: (folder) =>
      Promise.resolve({
        command: discovery(folder, YEAR_MODEL, "--count=2"),
        permissions: [`--allow-write=${join(folder, "elsewhere")}`],
      }),
    exit: 4,
    code: "E-FILE-PERMISSION",
    message: /"DIR\/out": needs write access to .+, expected the permission --allow-write$/,
  },
  {
    name: "weights with NaN in the measures",
    prepare: async (folder) => {
      const { command } = await replacing({})(folder);
      const model = await copyModel(folder, "gpt2-hub-style");
      await overwrite(join(model, "model.safetensors"), "wpe.weight", [NaN]);
      return { command: [...command, `--model=${model}`] };
    },
    exit: 4,
    code: "E-CHECKPOINT",
    message:
      /measure "DIR\/model": 2 of 2 prompts with probabilities that are NaN, expected numbers$/,
  },
];
