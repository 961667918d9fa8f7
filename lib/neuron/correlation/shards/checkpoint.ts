/**
 * The sums of a pass as a file: what a stopped or killed shard goes on from.
 *
 * @module
 */
import { note } from "../../../cli/log.ts";
import { NeuriteError } from "../../../errors.ts";
import { writeAtomic } from "../../../store/atomic.ts";
import { encodeSafetensors, openSafetensors } from "../../../store/format/safetensors.ts";
import { sha256Json } from "../../../store/hash.ts";
import { ExactSums } from "../exact_sums.ts";
import type { PassArray } from "./pass_arrays.ts";

/** Which sums a checkpoint must hold. */
export interface WantedSums {
  readonly path: string;
  /** Of the run. */
  readonly identity: string;
  readonly arrays: readonly PassArray[];
  readonly range: readonly [start: number, end: number];
}

/** A pass depends on the memory it was planned for, so its arrays are a part of what it is. */
function keyOf({ identity, arrays, range }: WantedSums): string {
  return sha256Json({ identity, range, arrays: arrays.map(({ stored }) => stored) });
}

/** Writes sums, of any part of the range, in place of the checkpoint before. */
export async function writeCheckpoint(wanted: WantedSums, sums: ExactSums): Promise<void> {
  await writeAtomic(wanted.path, encodeSafetensors(sums.toArrays(), { key: keyOf(wanted) }));
}

/**
 * The sums to go on from, or undefined when there are none of this run and pass. A damaged checkpoint
 * counts as none, and is said.
 *
 * @throws {NeuriteError} E-FILE-PERMISSION.
 */
export async function readCheckpoint(wanted: WantedSums): Promise<ExactSums | undefined> {
  try {
    await using file = await openSafetensors(wanted.path);
    if (file.metadata["key"] !== keyOf(wanted)) return undefined;
    const arrays = [];
    for (const name of file.names()) arrays.push([name, await file.read(name)] as const);
    const sums = ExactSums.fromArrays(wanted.identity, Object.fromEntries(arrays));
    return isBeginning(sums.blocks(), wanted.range) ? sums : undefined;
  } catch (error) {
    const code = error instanceof NeuriteError ? error.code : undefined;
    if (code === "E-FILE-MISSING") return undefined;
    if (code !== "E-SAFETENSORS" && code !== "E-SHARD") throw error;
    note(`checkpoint ${wanted.path} is damaged: its part is computed again`);
    return undefined;
  }
}

function isBeginning(blocks: readonly number[], [start, end]: readonly [number, number]): boolean {
  return blocks.length === 0 || blocks.length === 2 && blocks[0] === start && blocks[1]! <= end;
}
