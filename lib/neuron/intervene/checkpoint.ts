/**
 * The sums of a run of interventions as a file: what a stopped or killed run goes on from.
 *
 * @module
 */
import { join } from "node:path";
import { note } from "../../cli/log.ts";
import { NeuriteError } from "../../errors.ts";
import { writeAtomic } from "../../store/atomic.ts";
import { encodeSafetensors, openSafetensors } from "../../store/format/safetensors.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";

/** How far a run came. */
export interface Progress {
  /** Rows that are in the sums. */
  readonly rows: number;
  /** f64, as `MeansCollector.state()` gives them. */
  readonly sums: Float64Array;
}

/** Where a run keeps how far it came. */
export interface Checkpoint {
  /** What to go on from, or undefined. */
  read(): Promise<Progress | undefined>;
  /** Puts a state in place of the one before. */
  write(progress: Progress): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

const FILE = "checkpoint.safetensors";

/** A checkpoint in a run's folder. One of another run, or a damaged one, counts as none. */
export function folderCheckpoint(run: RunFolder): Checkpoint {
  const path = join(run.directory, FILE);
  return {
    async read() {
      try {
        await using file = await openSafetensors(path);
        if (file.metadata["identity"] !== run.identity) return undefined;
        const [rows, sums] = [await file.read("rows"), await file.read("sums")];
        const [done] = rows.data;
        const isWhole = rows.data instanceof Int32Array && Number(done) >= 0;
        if (!(isWhole && sums.data instanceof Float64Array)) return undefined;
        return { rows: Number(done), sums: sums.data };
      } catch (error) {
        const code = error instanceof NeuriteError ? error.code : undefined;
        if (code === "E-FILE-MISSING") return undefined;
        if (code !== "E-SAFETENSORS") throw error;
        note(`checkpoint ${path} is damaged: all rows are computed again`);
        return undefined;
      }
    },
    async write({ rows, sums }) {
      const arrays = {
        rows: { data: Int32Array.of(rows), shape: [1] },
        sums: { data: sums, shape: [sums.length] },
      };
      await writeAtomic(path, encodeSafetensors(arrays, { identity: run.identity }));
    },
    discard: () => run.discard(FILE),
  };
}
