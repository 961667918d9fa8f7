/**
 * The suite's scripts run as people run them: in a process of their own, under the permissions of
 * their first line.
 *
 * @module
 */
import { join } from "node:path";
import { readText, ROOT } from "../house/tree.ts";

const SHEBANG = /^#!\/usr\/bin\/env -S deno run((?: -\S+)*)\n/;

/** How a command ended and what it said. */
export interface Ended {
  /** Exit code. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Settings of {@linkcode command}. */
export interface CommandOptions {
  /** Permissions in place of those of the same name, for instance `--allow-write=elsewhere`. */
  readonly permissions?: readonly string[] | undefined;
  /** Variables beside those of the tests. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A script under its shebang's flags; `words` is its path and its arguments. */
export function command(words: readonly string[], options: CommandOptions = {}): Deno.Command {
  const [script, ...args] = words as [string, ...string[]];
  const flags = SHEBANG.exec(readText(script))?.[1]?.trim().split(" ") ?? [];
  const { permissions = [], env = {} } = options;
  const nameOf = (flag: string) => flag.split("=")[0]!;
  const replaced = new Set(permissions.map(nameOf));
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...flags.filter((flag) => !replaced.has(nameOf(flag))),
      ...permissions,
      join(ROOT, script),
      ...args,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1", HF_HUB_DISABLE_PROGRESS_BARS: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs a script to its end. */
export async function run(words: readonly string[], options?: CommandOptions): Promise<Ended> {
  const { code, stdout, stderr } = await command(words, options).output();
  const decoder = new TextDecoder();
  return { exit: code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs jobs two at a time and returns their results in order: each Deno keeps one core busy. */
export async function inPairs<T, R>(items: readonly T[], job: (item: T) => Promise<R>) {
  const results = new Array<R>(items.length);
  let next = 0;
  const work = async () => {
    for (let at = next++; at < items.length; at = next++) results[at] = await job(items[at]!);
  };
  await Promise.all([work(), work()]);
  return results;
}
