/**
 * One bad input: what is wrong, and what the command must say to it.
 *
 * @module
 */
import { join } from "node:path";
import type { ErrorCode } from "../../lib/error_codes.ts";
import { ROOT } from "../house/tree.ts";
import type { CommandOptions } from "./command.ts";
import { copyModel, writeTokens } from "./damage.ts";

/** A command ready to run. */
export interface Prepared extends CommandOptions {
  /** The script and its arguments. */
  readonly command: readonly string[];
  /** Undoes what a removed folder does not, such as a mount. */
  readonly release?: () => Promise<void>;
}

/** A row of the tables. In `message` the folder of the case is written `DIR`. */
export interface BadInput {
  readonly name: string;
  /** Makes the input in an empty folder; undefined where this machine cannot make it. */
  readonly prepare: (folder: string) => Promise<Prepared | undefined>;
  readonly exit: 2 | 4 | 5;
  readonly code: ErrorCode;
  readonly message: RegExp;
}

/** Token rows that every fixture can read. */
export const GOOD_ROWS = [[1, 2, 3, 4], [5, 6, 7, 8]];

/** A model with a tokenizer that has two-digit tokens. */
export const YEAR_MODEL = join(ROOT, "tests/fixtures/gpt2-mini");

/** `forward` on a model and `tokens.safetensors`, over the output file that is already there. */
export function forward(folder: string, model: string, ...more: string[]): string[] {
  const path = (name: string) => join(folder, name);
  return [
    "scripts/forward.ts",
    "--device=reference",
    `--model=${model}`,
    `--tokens=${path("tokens.safetensors")}`,
    "--read=logits",
    `--out=${path("out.safetensors")}`,
    ...more,
  ];
}

/** `circuit_discovery` on a model, over the folder `out` that is already there. */
export function discovery(folder: string, model: string, ...more: string[]): string[] {
  return [
    "scripts/greater_than/circuit_discovery.ts",
    "--device=reference",
    `--model=${model}`,
    `--out=${join(folder, "out")}`,
    ...more,
  ];
}

/** Prepares `forward` on a damaged copy of a checkpoint. */
export function onDamaged(fixture: string, damage: (model: string) => Promise<void>) {
  return async (folder: string): Promise<Prepared> => {
    const model = await copyModel(folder, fixture);
    await damage(model);
    await writeTokens(folder, GOOD_ROWS);
    return { command: forward(folder, model) };
  };
}

/** Prepares `forward` on a sound model, with good tokens and the flags given. */
export function withFlags(...flags: string[]) {
  return async (folder: string): Promise<Prepared> => {
    await writeTokens(folder, GOOD_ROWS);
    return { command: forward(folder, join(ROOT, SOUND_MODEL), ...flags) };
  };
}

/** A sound checkpoint: 300 tokens, 48 positions, 2 layers. */
export const SOUND_MODEL = "tests/fixtures/checkpoints/gpt2-hub-style";
