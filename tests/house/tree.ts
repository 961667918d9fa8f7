/**
 * The project's files as the house tests see them.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project root, with a final slash. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const SKIPPED = new Set([".git", "node_modules", ".venv", "coverage", "__pycache__"]);

/** Paths of all files, relative to the root, without what .gitignore leaves out. */
export function projectFiles(under = ""): string[] {
  const files: string[] = [];
  for (const entry of Deno.readDirSync(join(ROOT, under))) {
    const path = under === "" ? entry.name : `${under}/${entry.name}`;
    if (SKIPPED.has(entry.name) || path === "cache/results" || path.endsWith(".tmp")) continue;
    if (entry.isDirectory) files.push(...projectFiles(path));
    else files.push(path);
  }
  return files.sort();
}

/** The text of a file of the project. */
export function readText(path: string): string {
  return Deno.readTextFileSync(join(ROOT, path));
}

/** Whether a path is a test, a benchmark or their material. */
export function isTest(path: string): boolean {
  return path.startsWith("tests/") || /_(test|bench)\.ts$/.test(path);
}

/** The parsed deno.json. */
export function denoConfig(): {
  version: string;
  imports: Record<string, string>;
  tasks: Record<string, string | { command?: string; description?: string }>;
} {
  return JSON.parse(readText("deno.json"));
}
