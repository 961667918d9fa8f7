/**
 * The options that every experiment script has.
 *
 * @module
 */
import { type BytesOption, type ChoiceOption, defineOptions, type PathOption } from "./options.ts";

/** The devices a script may be told to use. */
export const DEVICE_CHOICES = ["auto", "webgpu", "onnx", "reference"] as const;

/** `--device`. */
export const DEVICE_OPTION = {
  type: "choice",
  choices: DEVICE_CHOICES,
  default: "auto",
  description: "Where the model runs; auto takes a hardware GPU, else onnx, and says why.",
} as const satisfies ChoiceOption;

/** Bytes for arrays when `--memory` is not given: 2 GiB, for a laptop of 8 GB beside its other work. */
export const DEFAULT_MEMORY = 2 * 2 ** 30;

/** The same where sums of every neuron over a corpus are held: 4 GiB, for less means more passes. */
export const SUMS_MEMORY = 4 * 2 ** 30;

/** `--memory` of the scripts that hold such sums; `source` is what they would read again. */
export function sumsMemory(source: "tokens" | "shards") {
  return {
    type: "bytes",
    affects: "run",
    default: `${SUMS_MEMORY / 2 ** 30}G`,
    description: `Most memory to use; sums that do not fit are had by reading the ${source} again.`,
  } as const satisfies BytesOption;
}

const SHARED = defineOptions({
  device: DEVICE_OPTION,
  seed: {
    type: "integer",
    default: 0,
    min: 0,
    max: 2 ** 32 - 1,
    description: "Seed of every random draw; the same seed gives the same bytes.",
  },
  memory: {
    type: "bytes",
    affects: "run",
    description: "Most memory to use for arrays, e.g. 4G; 2G when absent.",
  },
  threads: {
    type: "integer",
    min: 1,
    max: 1024,
    unit: "threads",
    affects: "run",
    description: "Threads of the onnx device; one a core when absent.",
  },
  witness: {
    type: "integer",
    default: 0,
    min: 0,
    max: 1_000_000,
    unit: "results",
    placeholder: "K",
    affects: "run",
    description: "Recompute K random results in float64 and print the largest deviation.",
  },
  check: {
    type: "boolean",
    affects: "run",
    description: "Exit 3 when a number is outside its stated tolerance of the paper's.",
  },
  force: {
    type: "boolean",
    affects: "run",
    description: "Compute again even when a finished run with the same inputs is there.",
  },
  dryRun: {
    type: "boolean",
    affects: "run",
    description: "Print the plan with its sizes, and touch nothing.",
  },
  json: {
    type: "boolean",
    affects: "run",
    description: "Print one JSON document on stdout instead of a table.",
  },
  quiet: {
    type: "boolean",
    affects: "run",
    description: "No notes and no progress on stderr; warnings and errors stay.",
  },
});

/** What {@linkcode commonOptions} gives. */
export type CommonOptions = typeof SHARED & {
  readonly out: PathOption & { readonly default: string };
};

/**
 * The common options, to be spread among a script's own: `{ ...commonOptions("cache/results/x") }`.
 * A script may override one by naming it after the spread.
 *
 * @param out where results go when `--out` is not given, relative to the current folder.
 */
export function commonOptions(out: string): CommonOptions {
  return {
    out: { type: "path", default: out, description: "Folder of the results." },
    ...SHARED,
  };
}
