/**
 * What a script says about itself.
 *
 * @module
 */
import type { Positionals } from "./parse.ts";

/** What a script says about itself: for `--help`, the script list, the README table, run.json. */
export interface ScriptMeta {
  /** Path under scripts/ without its ending: `"greater_than/circuit_discovery"`. */
  readonly id: string;
  /** The deno task: `"gt:circuit-discovery"`. */
  readonly task?: string;
  /** The paper: `"Hanna et al. 2023"`. */
  readonly paper?: string;
  /** Its figure or table: `"figure 5"`. */
  readonly figure?: string;
  /** A short title. */
  readonly title: string;
  /** The question it answers, in one sentence. */
  readonly question: string;
  /** How long it takes, with the machine and the model: `"2 min, gpt2 on a laptop"`. */
  readonly minutes?: string | number;
  /** The files it writes below `--out`, each with a word of what is in it. */
  readonly outputs?: readonly string[];
  /** The permission flags it needs. */
  readonly permissions?: readonly string[];
  /** The arguments without a flag that it takes; none when absent. */
  readonly positionals?: Positionals;
  /** A whole command line. */
  readonly example?: string;
}

/** The command a person types to run the script. */
export function commandOf(meta: ScriptMeta): string {
  return meta.task ? `deno task ${meta.task}` : `scripts/${meta.id}.ts`;
}

/** A word as a POSIX shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w./:=@,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The whole command, as a person would type it again. */
export function commandLine(meta: ScriptMeta, argv: readonly string[]): string {
  return [commandOf(meta), ...argv.map(shellWord)].join(" ");
}
