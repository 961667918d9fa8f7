/**
 * The option of scripts that can be given prompts.
 *
 * @module
 */
import type { PathOption } from "./options.ts";

/** `--prompts`: pairs of one's own. */
export const PROMPTS_OPTION = {
  type: "path",
  description: "Your own pairs (.jsonl or .safetensors, docs/prompts.md) instead of a draw.",
} as const satisfies PathOption;
