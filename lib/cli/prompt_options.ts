/**
 * The option of scripts that can be given prompts.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import type { PathOption } from "./options.ts";
import type { OptionSource } from "./parse.ts";

/** `--prompts`: pairs of one's own. */
export const PROMPTS_OPTION = {
  type: "path",
  description: "Your own pairs (.jsonl or .safetensors, docs/prompts.md) instead of a draw.",
} as const satisfies PathOption;

/**
 * Holds `--count` to draws: other prompts are as many as they are.
 *
 * @param chosenBy the flag that chooses the prompts, where it is given.
 * @throws {NeuriteError} E-USAGE where both are given.
 */
export function checkCount(
  { count }: { readonly count: OptionSource },
  chosenBy: string | false | undefined,
): void {
  if (!chosenBy || count !== "flag") return;
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--count",
    is: `given beside ${chosenBy}`,
    expected: "one of the two",
    hint: `leave out --count; with ${chosenBy} all of its prompts are taken`,
  });
}
