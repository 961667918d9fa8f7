/**
 * Options of scripts that read token rows.
 *
 * @module
 */
import { defineOptions, type NumberOption } from "./options.ts";

/** `--tokens`, `--rows`, `--subset`: which rows a script reads. */
export const TOKEN_OPTIONS = defineOptions({
  tokens: {
    type: "path",
    required: true,
    description: "Safetensors with tokens int32 [rows, ctx], as make_dataset writes.",
  },
  subset: {
    type: "string",
    description: "Only the rows of this subset, where the file names subsets.",
  },
  rows: {
    type: "integer",
    min: 1,
    unit: "rows",
    description: "Only the first rows; all if absent.",
  },
});

/** `--checkpoint-minutes`; `what` is saved: `"the sums are saved"`. */
export function checkpointMinutes(what: string) {
  return {
    type: "number",
    default: 10,
    min: 0,
    affects: "run",
    unit: "minutes",
    description: `How often ${what}; 0 is after every block.`,
  } as const satisfies NumberOption;
}
