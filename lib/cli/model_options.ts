/**
 * Options of scripts that run a model.
 *
 * @module
 */
import type { ChoiceOption, StringOption } from "./options.ts";

/** `--model`, GPT-2 small when absent, as in the paper. */
export const MODEL_OPTION = {
  type: "string",
  default: "gpt2" as string,
  paper: "gpt2",
  affects: "run",
  description: "Directory, embedded name (tiny-gpt2-a), alias or Hub id.",
} as const satisfies StringOption;

/** `--gelu`: which GELU the model computes with. */
export const GELU_OPTION = {
  type: "choice",
  choices: ["tanh", "erf"],
  description: "The model's own GELU when absent; erf is what the paper's code computed with.",
} as const satisfies ChoiceOption;
