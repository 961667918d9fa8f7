import assert from "node:assert/strict";
import { isTest, projectFiles, readText } from "./tree.ts";

const FILES = projectFiles();
const SOURCES = FILES.filter((path) => /\.(ts|wgsl)$/.test(path));
const TEXT =
  /\.(ts|js|json|md|py|sh|txt|wgsl|cff|html|css|yml|yaml|toml|sbatch)$|^\.ci\/|^LICENSE$/;

/** Machine-made or foreign text: vocabularies, corpora, goldens, font licences. */
const FOREIGN = /^(cache|tests\/fixtures|deno\.lock)/;

function lineCount(path: string): number {
  return readText(path).trimEnd().split("\n").length;
}

Deno.test("the house keeps to snake_case when files are named", () => {
  const wrong = SOURCES.filter((path) => !/^[a-z0-9_.]+$/.test(path.split("/").at(-1)!))
    .concat(SOURCES.filter((path) => path.split("/").slice(0, -1).some((d) => /[A-Z-]/.test(d))));
  assert.deepEqual(wrong, []);
});

Deno.test("the house has no file over 500 lines when sources are counted", () => {
  const long = SOURCES.filter((path) => lineCount(path) > 500);
  assert.deepEqual(long, []);
});

Deno.test("the house has a median file of at most 120 lines when tests are left out", () => {
  const counts = SOURCES.filter((path) => !isTest(path)).map(lineCount).sort((a, b) => a - b);
  const median = counts[Math.floor(counts.length / 2)]!;
  assert.ok(median <= 120, `${median} lines over ${counts.length} files`);
});

Deno.test("every exported symbol of the library has a doc comment when it is declared", () => {
  const declaration =
    /^export (?:default )?(?:abstract )?(?:async )?(?:function\*?|class|interface|type|const) (\w+)/;
  const bare: string[] = [];
  for (const path of SOURCES.filter((path) => path.startsWith("lib/") && !isTest(path))) {
    const lines = readText(path).split("\n");
    const seen = new Set<string>();
    lines.forEach((line, index) => {
      const name = declaration.exec(line)?.[1];
      if (!name || seen.has(name)) return;
      seen.add(name);
      if (!lines[index - 1]?.trimEnd().endsWith("*/")) bare.push(`${path}:${index + 1} ${name}`);
    });
  }
  assert.deepEqual(bare, []);
});

Deno.test("every kernel states purpose, shapes, bindings and reference in its header", () => {
  const fields: Record<string, RegExp> = {
    purpose: /^\/\/ .{20,}/,
    shapes: /\[.+\]|shapes?|elementwise/i,
    bindings: /^\/\/.*\bbindings\b/im,
    workgroup: /^\/\/.*\bworkgroup\b/im,
    numerics: /^\/\/.*\bnumerics\b/im,
    reference: /\breference\b/i,
  };
  // Shared parts have no bindings of their own; they are appended to kernels that do.
  const sharedFields = ["purpose", "numerics"];
  const faults: string[] = [];
  for (const path of SOURCES.filter((path) => path.endsWith(".wgsl"))) {
    const header = /^(?:\/\/.*\n)+/.exec(readText(path))?.[0] ?? "";
    const wanted = path.startsWith("kernels/shared/") ? sharedFields : Object.keys(fields);
    for (const field of wanted) if (!fields[field]!.test(header)) faults.push(`${path} ${field}`);
  }
  assert.deepEqual(faults, []);
});

Deno.test("no text names a path of one machine or a package registry's host", () => {
  // Written in pieces, so that this file does not find itself.
  const machine = new RegExp("(?<![\\w.])/(" + ["work", "tmp", "root"].join("|") + ")/\\w");
  const registry = new RegExp(
    ["registry\\.npm" + "js", "pypi" + "\\.org", "jsr" + "\\.io"].join("|"),
  );
  const found: string[] = [];
  for (const path of FILES.filter((path) => TEXT.test(path) && !FOREIGN.test(path))) {
    readText(path).split("\n").forEach((line, index) => {
      if (machine.test(line) || registry.test(line)) found.push(`${path}:${index + 1} ${line}`);
    });
  }
  assert.deepEqual(found, []);
});

Deno.test("comments carry no open ends when they are read", () => {
  const open = new RegExp("\\b(" + ["TO" + "DO", "FIX" + "ME", "XX" + "X"].join("|") + ")\\b");
  const found = SOURCES.filter((path) => open.test(readText(path)));
  assert.deepEqual(found, []);
});

Deno.test("the house holds its papers when the root is listed", () => {
  for (
    const path of [
      ".ci/run",
      "CHANGELOG.md",
      "CITATION.cff",
      "CONTRIBUTING.md",
      "LICENSE",
      "README.md",
      "deno.json",
      "deno.lock",
      "docs/errors.md",
      "mod.ts",
    ]
  ) assert.ok(FILES.includes(path), `${path} is missing`);
  assert.match(readText("LICENSE"), /^MIT License/);
  assert.ok(lineCount("CONTRIBUTING.md") <= 120, "CONTRIBUTING.md is over 120 lines");
  assert.ok(lineCount("README.md") <= 200, "README.md is over 200 lines");
});
