/**
 * Which part of a run this process computes, said by options or by the cluster that started it.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { defineOptions } from "./options.ts";
import { environmentValue } from "./parse.ts";

/** Part `index`, from 1, of `count`. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** More parts than any cluster's array has. */
const MOST_SHARDS = 100_000;

/** `--shard`, `--shard-index`, `--shard-count`. */
export const SHARD_OPTIONS = defineOptions({
  shard: {
    type: "string",
    pattern: /^\d{1,6}\/\d{1,6}$/,
    placeholder: "i/n",
    affects: "run",
    description: "Compute part i of n alone, from 1; a merge makes the run of all parts.",
  },
  shardIndex: {
    type: "integer",
    min: 1,
    max: MOST_SHARDS,
    affects: "run",
    description: "The i of --shard; read from Slurm's or Kubernetes' variables when absent.",
  },
  shardCount: {
    type: "integer",
    min: 1,
    max: MOST_SHARDS,
    affects: "run",
    description: "The n of --shard; the size of Slurm's array when absent.",
  },
});

/** The values of {@linkcode SHARD_OPTIONS}. */
export interface ShardChoice {
  readonly shard?: string | undefined;
  readonly shardIndex?: number | undefined;
  readonly shardCount?: number | undefined;
}

type ReadVariable = (name: string) => string | undefined;

/**
 * The part to compute, or undefined for all of the run. Options come first; then a Slurm array
 * (`SLURM_ARRAY_TASK_ID` counted from `_MIN` among `_COUNT`, or from 1 among `--shard-count`); then a
 * Kubernetes Indexed Job (`JOB_COMPLETION_INDEX` counted from 0 among `--shard-count`).
 *
 * @throws {NeuriteError} E-USAGE when the parts do not fit together, or the array has holes.
 *
 * @example Usage
 * ```ts
 * import { chooseShard } from "neurite/lib/cli/shard_options.ts";
 *
 * const shard = chooseShard({ shard: "3/8" });
 * if (shard?.index !== 3 || shard.count !== 8) throw new Error("unreachable");
 * ```
 */
export function chooseShard(
  { shard, shardIndex, shardCount }: ShardChoice,
  variable: ReadVariable = environmentValue,
): Shard | undefined {
  if (shard !== undefined) {
    if (shardIndex !== undefined || shardCount !== undefined) {
      throw refuse("--shard", "given beside --shard-index or --shard-count", "one or the other");
    }
    const [index, count] = shard.split("/").map(Number) as [number, number];
    return checked("--shard", { index, count });
  }
  if (shardIndex !== undefined) {
    if (shardCount === undefined) {
      throw refuse("--shard-index", "given without --shard-count", "both");
    }
    return checked("--shard-index", { index: shardIndex, count: shardCount });
  }
  const ofCluster = slurmShard(shardCount, variable) ?? kubernetesShard(shardCount, variable);
  if (ofCluster || shardCount === undefined) return ofCluster;
  throw refuse(
    "--shard-count",
    "given without an index",
    "--shard-index, SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX",
  );
}

function slurmShard(given: number | undefined, variable: ReadVariable): Shard | undefined {
  const id = wholeNumber("SLURM_ARRAY_TASK_ID", variable);
  if (id === undefined) return undefined;
  // A task that runs again alone is an array of one, so an explicit count means indices from 1.
  if (given !== undefined) return checked("SLURM_ARRAY_TASK_ID", { index: id, count: given });
  const count = wholeNumber("SLURM_ARRAY_TASK_COUNT", variable);
  const least = wholeNumber("SLURM_ARRAY_TASK_MIN", variable);
  const most = wholeNumber("SLURM_ARRAY_TASK_MAX", variable) ?? (least ?? 0) + (count ?? 0) - 1;
  if (count === undefined || least === undefined) {
    throw refuse("SLURM_ARRAY_TASK_ID", "set without its COUNT and MIN", "--shard-count beside it");
  }
  if (most - least + 1 !== count) {
    throw refuse(
      "SLURM_ARRAY_TASK_COUNT",
      `${count} tasks from ${least} to ${most}`,
      "an array without holes, or --shard-count and indices from 1",
    );
  }
  return checked("SLURM_ARRAY_TASK_ID", { index: id - least + 1, count });
}

function kubernetesShard(count: number | undefined, variable: ReadVariable): Shard | undefined {
  const index = wholeNumber("JOB_COMPLETION_INDEX", variable);
  if (index === undefined) return undefined;
  if (count !== undefined) return checked("JOB_COMPLETION_INDEX", { index: index + 1, count });
  throw refuse(
    "JOB_COMPLETION_INDEX",
    "set without --shard-count",
    "--shard-count with the job's completions",
  );
}

function wholeNumber(name: string, variable: ReadVariable): number | undefined {
  const text = variable(name);
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw refuse(name, JSON.stringify(text), "a whole number");
}

function checked(name: string, shard: Shard): Shard {
  const { index, count } = shard;
  if (index >= 1 && index <= count && count <= MOST_SHARDS) return shard;
  throw refuse(name, `part ${index} of ${count}`, `1 to n of at most ${MOST_SHARDS} parts`);
}

function refuse(thing: string, is: string, expected: string) {
  return cannot("E-USAGE", {
    do: "read option",
    thing,
    is,
    expected,
    hint: "--shard i/n says it in one, the first part being 1/n",
  });
}
