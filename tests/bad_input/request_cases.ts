/** Requests that no model can meet: options, names, hooks, tokens. */
import { join } from "node:path";
import { ROOT } from "../house/tree.ts";
import { type BadInput, forward, GOOD_ROWS, SOUND_MODEL, withFlags } from "./case.ts";
import { integers, writeArrays, writeTokens } from "./damage.ts";

const MODEL = join(ROOT, SOUND_MODEL);

const withRows = (rows: number[][]) => async (folder: string) => {
  await writeTokens(folder, rows);
  return { command: forward(folder, MODEL) };
};

const withArrays = (arrays: Parameters<typeof writeArrays>[1]) => async (folder: string) => {
  await writeArrays(join(folder, "tokens.safetensors"), arrays);
  return { command: forward(folder, MODEL) };
};

/** A command without one of its options. */
const without = (flag: string) => async (folder: string) => {
  const { command } = await withFlags()(folder);
  return { command: command.filter((word) => !word.startsWith(`${flag}=`)) };
};

/** Command lines. */
export const OPTION_CASES: readonly BadInput[] = [
  {
    name: "unknown flag",
    prepare: withFlags("--modle=gpt2"),
    exit: 2,
    code: "E-USAGE",
    message:
      /option "--modle": no option of this script, expected an option such as --model, the ne/,
  },
  {
    name: "unknown device",
    prepare: withFlags("--device=webgpo"),
    exit: 2,
    code: "E-USAGE",
    message: /"--device": "webgpo", expected one of auto, .* \(nearest is "webgpu"\)$/,
  },
  {
    name: "memory that is no size",
    prepare: withFlags("--memory=plenty"),
    exit: 2,
    code: "E-USAGE",
    message: /"--memory": "plenty", expected a size such as 4G or 512M$/,
  },
  {
    name: "memory for less than one row",
    prepare: withFlags("--memory=1K"),
    exit: 5,
    code: "E-DEVICE-MEMORY",
    message: /run a row of "4 tokens": \d+ bytes in all, .+, expected at most 1024 bytes in all/,
  },
  {
    name: "seed below zero",
    prepare: withFlags("--seed=-1"),
    exit: 2,
    code: "E-USAGE",
    message: /"--seed": "-1", expected a whole number from 0 to 4294967295$/,
  },
  {
    name: "argument without a flag",
    prepare: withFlags("gpt2"),
    exit: 2,
    code: "E-USAGE",
    message: /argument "gpt2": 1 given without a flag, expected options only, each with its flag$/,
  },
  {
    name: "no model",
    prepare: without("--model"),
    exit: 2,
    code: "E-USAGE",
    message: /option "--model": not given, expected directory, embedded name/,
  },
  {
    name: "no tokens",
    prepare: without("--tokens"),
    exit: 2,
    code: "E-USAGE",
    message: /run "forward": no --tokens, expected --tokens with a value$/,
  },
  {
    name: "nothing to read",
    prepare: without("--read"),
    exit: 2,
    code: "E-USAGE",
    message: /run "forward": no --read, expected --read with a value$/,
  },
  {
    name: "unknown hook",
    prepare: withFlags("--read=blocks.1.mlp.hook_pots"),
    exit: 2,
    code: "E-HOOK",
    message:
      /hook "blocks\.1\.mlp\.hook_pots": not a hook of this model, .+ "blocks\.1\.mlp\.hook_post"$/,
  },
  {
    name: "hook of a layer that is not there",
    prepare: withFlags("--read=blocks.7.hook_resid_pre"),
    exit: 2,
    code: "E-HOOK",
    message:
      /"blocks\.7\.hook_resid_pre": not a hook .+ nearest is "blocks\.[01]\.hook_resid_pre"$/,
  },
];

/** Models by name and by path. */
export const SOURCE_CASES: readonly BadInput[] = [
  {
    name: "model directory that is not there",
    prepare: async (folder) => {
      await writeTokens(folder, GOOD_ROWS);
      return { command: forward(folder, join(folder, "gpt2")) };
    },
    exit: 4,
    code: "E-FILE-MISSING",
    message: /open model "DIR\/gpt2": no directory with a config\.json/,
  },
  {
    name: "model name that is in no cache",
    prepare: async (folder) => {
      const { command } = await withFlags("--model=tiny-gpt2-z")(folder);
      return { command, env: { HF_HUB_CACHE: join(folder, "hub"), HF_HUB_OFFLINE: "0" } };
    },
    exit: 4,
    code: "E-FILE-MISSING",
    message: /open model "tiny-gpt2-z": no config\.json.*, expected a directory with config\.json/,
  },
  {
    name: "model name that is in no cache when offline",
    prepare: async (folder) => {
      const { command } = await withFlags("--model=gpt2")(folder);
      return { command, env: { HF_HUB_CACHE: join(folder, "hub"), HF_HUB_OFFLINE: "1" } };
    },
    exit: 4,
    code: "E-HUB-OFFLINE",
    message: /open model "gpt2@main": no .+, and HF_HUB_OFFLINE is set, expected a whole/,
  },
  {
    name: "text that is no model name",
    prepare: withFlags("--model=gpt 2"),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /open model ".+gpt 2": no directory with a config\.json/,
  },
];

/** Token files. */
export const TOKEN_CASES: readonly BadInput[] = [
  {
    name: "token id above the vocabulary",
    prepare: withRows([[1, 2, 3, 4], [5, 300, 7, 8]]),
    exit: 4,
    code: "E-TOKENS",
    message:
      /"token 300": an id outside the vocabulary, in row 1 at position 1, expected 0 to 299$/,
  },
  {
    name: "token id below zero",
    prepare: withRows([[1, 2, -1, 4]]),
    exit: 4,
    code: "E-TOKENS",
    message: /"token -1": an id outside the vocabulary, in row 0 at position 2, expected 0 to 299$/,
  },
  {
    name: "token id beyond 32 bits",
    prepare: withArrays({
      "input_ids": { data: BigInt64Array.of(1n, 2n ** 32n + 1n, 3n), shape: [1, 3] },
    }),
    exit: 4,
    code: "E-TOKENS",
    message: /"DIR\/tokens\.safetensors": id 4294967297 at element 1, expected ids below 2³¹$/,
  },
  {
    name: "prompt longer than the context",
    prepare: withRows([Array.from({ length: 49 }, (_, i) => i)]),
    exit: 4,
    code: "E-TOKENS",
    message: /"tokens": 49 positions a row, expected at most 48, the model's context$/,
  },
  {
    name: "tokens without rows",
    prepare: withArrays({ "input_ids": integers([], [0, 4]) }),
    exit: 4,
    code: "E-TOKENS",
    message: /"tokens": shape \[0, 4\], expected \[B, T\] with/,
  },
  {
    name: "tokens without positions",
    prepare: withArrays({ "input_ids": integers([], [4, 0]) }),
    exit: 4,
    code: "E-TOKENS",
    message: /"tokens": shape \[4, 0\], expected \[B, T\] with/,
  },
  {
    name: "tokens in one axis",
    prepare: withArrays({ "input_ids": integers([1, 2, 3]) }),
    exit: 4,
    code: "E-TOKENS",
    message: /"DIR\/tokens\.safetensors": Int32Array \[3\], expected int32 \[B, T\] under the name/,
  },
  {
    name: "tokens that are real numbers",
    prepare: withArrays({ "input_ids": { data: Float32Array.of(1, 2), shape: [1, 2] } }),
    exit: 4,
    code: "E-TOKENS",
    message: /: Float32Array \[1, 2\], expected int32 \[B, T\]/,
  },
  {
    name: "tokens under another name",
    prepare: withArrays({ ids: integers([1, 2], [1, 2]) }),
    exit: 4,
    code: "E-TOKENS",
    message: /: arrays ids, expected int32 \[B, T\] under the name input_ids or tokens$/,
  },
  {
    name: "token file that is text",
    prepare: async (folder) => {
      const { command } = await withFlags()(folder);
      await Deno.writeTextFile(
        join(folder, "tokens.safetensors"),
        "The war lasted from 1732 to 17",
      );
      return { command };
    },
    exit: 4,
    code: "E-SAFETENSORS",
    message: /read "DIR\/tokens\.safetensors": a header of \d+ bytes, expected at most 22$/,
  },
  {
    name: "token file that is not there",
    prepare: withFlags("--tokens=nowhere/tokens.safetensors"),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /read ".+\/nowhere\/tokens\.safetensors": no such file, expected an existing path$/,
  },
  {
    name: "token file that is a folder",
    prepare: (folder) => withFlags(`--tokens=${folder}`)(folder),
    exit: 4,
    code: "E-FILE-MISSING",
    message: /read "DIR": a folder, expected a file$/,
  },
];
