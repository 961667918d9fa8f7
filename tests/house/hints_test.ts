import assert from "node:assert/strict";
import { isTest, projectFiles, readText, ROOT } from "./tree.ts";

/** Options that a hint may name besides those of the scripts: Deno's, Slurm's, and a script's form. */
const OTHERS = /^--(allow-\w+|help|array|no)$/;

async function scriptOptions(): Promise<Set<string>> {
  const scripts = projectFiles("scripts").filter((path) => path.endsWith(".ts") && !isTest(path));
  const modules = await Promise.all(scripts.map((path) => import(`file://${ROOT}${path}`)));
  const names = modules.flatMap(({ options = {} }) => Object.keys(options));
  return new Set(names.map((name) => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`));
}

Deno.test("a hint names options that a script has", async () => {
  const known = await scriptOptions();
  assert.ok(known.has("--memory") && known.has("--dry-run"));
  const unknown = projectFiles("lib").filter((path) => path.endsWith(".ts") && !isTest(path))
    .flatMap((path) =>
      // Up to the next key of the error, or its end.
      [...readText(path).matchAll(/\bhint: ([^]*?)(?:,\n *\w+[:,]|\}\))/g)]
        .flatMap(([, hint]) =>
          hint!.match(/(?<![\w-])--[a-z][a-z0-9]*(-[a-z0-9]+)*(?![\w-]*_)/g) ?? []
        )
        .filter((option) => !known.has(option) && !OTHERS.test(option))
        .map((option) => `${path}: ${option}`)
    );
  assert.deepEqual(unknown, []);
});
