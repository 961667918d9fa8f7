/**
 * Faults that the suite must notice: one wrong constant or operator each. `deno task faults` plants
 * them one at a time in a copy of the tree and runs the named tests.
 *
 * @module
 */
import type { Fault } from "../../tools/plant_faults.ts";

/** The list; `find` stands exactly once in its file, which faults_test.ts checks. */
export const FAULTS: Fault[] = [];
