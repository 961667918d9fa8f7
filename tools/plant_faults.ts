#!/usr/bin/env -S deno run --allow-read --allow-write --allow-run --allow-env
// deno-lint-ignore-file no-console -- a tool that speaks to a terminal
/**
 * Plants each fault of tests/faults/faults.ts in a copy of the tree, one at a time, and runs the
 * tests that should notice. A fault that no test notices is a hole in the suite: exit code 1.
 *
 *     deno task faults [--only TEXT] [--json FILE]
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** One wrong constant or operator, and the tests that must turn red. */
export interface Fault {
  /** The file it is planted in, relative to the project root. */
  file: string;
  /** Text that stands exactly once in the file. */
  find: string;
  /** What stands there instead. */
  replace: string;
  /** What is wrong now, in words. */
  why: string;
  /** Test files to run. */
  tests: string[];
  /** Runs only tests whose name contains this. */
  filter?: string;
}

/** What became of a fault. */
export interface Outcome {
  fault: Fault;
  /** `caught` is the only good one. */
  verdict: "caught" | "survived" | "stale" | "broken";
  /** The first test that failed, or why the fault could not be judged. */
  detail: string;
  seconds: number;
}

const SKIPPED = new Set([".git", "node_modules", ".venv", "coverage", "results", "__pycache__"]);

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (SKIPPED.has(entry.name)) continue;
    if (entry.isDirectory) await copyTree(join(from, entry.name), join(to, entry.name));
    else if (entry.isFile) await Deno.copyFile(join(from, entry.name), join(to, entry.name));
  }
}

interface Report {
  passed: number;
  failed: string[];
  tail: string;
}

async function runTests(root: string, tests: string[], filter?: string): Promise<Report> {
  const options = filter === undefined ? [] : ["--filter", filter];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", "--no-prompt", ...options, ...tests],
    cwd: root,
    stdin: "null",
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout);
  const passed = Number(/\| (\d+) passed/.exec(text)?.[1] ?? 0);
  // A module that does not load is no test that noticed: those lines carry no test name.
  const failed = [...text.matchAll(/^(.+) => \.\/\S+:\d+:\d+$/gm)].map((match) => match[1]!);
  return { passed, failed, tail: (text + decoder.decode(stderr)).trimEnd().slice(-600) };
}

/** How often a text stands in another. */
export function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** Plants faults in a copy of `root`, yielding each outcome as it is known. */
export async function* plantFaults(root: string, faults: Iterable<Fault>): AsyncGenerator<Outcome> {
  const copy = await Deno.makeTempDir({ prefix: "neurite_faults_" });
  const sound = new Map<string, Report>();
  try {
    await copyTree(root, copy);
    for (const fault of faults) {
      const start = performance.now();
      const judged = await judge(copy, fault, sound);
      yield { fault, ...judged, seconds: (performance.now() - start) / 1000 };
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

async function judge(
  copy: string,
  fault: Fault,
  sound: Map<string, Report>,
): Promise<Pick<Outcome, "verdict" | "detail">> {
  const path = join(copy, fault.file);
  const text = await Deno.readTextFile(path).catch(() => "");
  const count = countOf(text, fault.find);
  if (count !== 1) return { verdict: "stale", detail: `"${fault.find}" stands there ${count}×` };

  const key = JSON.stringify([fault.tests, fault.filter]);
  const before = sound.get(key) ?? await runTests(copy, fault.tests, fault.filter);
  sound.set(key, before);
  if (before.failed.length > 0 || before.passed === 0) {
    const detail = before.failed[0] ?? before.tail;
    return { verdict: "broken", detail: `without the fault: ${detail}` };
  }
  await Deno.writeTextFile(path, text.replace(fault.find, () => fault.replace));
  try {
    const after = await runTests(copy, fault.tests, fault.filter);
    if (after.failed.length > 0) return { verdict: "caught", detail: after.failed[0]! };
    if (after.passed < before.passed) return { verdict: "broken", detail: after.tail };
    return { verdict: "survived", detail: `${after.passed} tests passed` };
  } finally {
    await Deno.writeTextFile(path, text);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { only: { type: "string" }, json: { type: "string" } },
  });
  const { FAULTS } = await import("../tests/faults/faults.ts");
  const chosen = FAULTS.filter(({ file, why }) => `${file} ${why}`.includes(values.only ?? ""));
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const outcomes: Outcome[] = [];
  for await (const outcome of plantFaults(root, chosen)) {
    outcomes.push(outcome);
    const { fault, verdict, detail, seconds } = outcome;
    const time = `${seconds.toFixed(1)} s`.padStart(7);
    console.log(
      `${verdict.padEnd(8)} ${time}  ${fault.file}: ${fault.why}\n${" ".repeat(18)}${detail}`,
    );
  }
  if (values.json) await Deno.writeTextFile(values.json, JSON.stringify(outcomes, null, 2) + "\n");
  const caught = outcomes.filter(({ verdict }) => verdict === "caught").length;
  console.log(`${caught} of ${outcomes.length} faults caught`);
  return caught === outcomes.length && caught > 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main());
