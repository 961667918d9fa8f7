import assert from "node:assert/strict";
import { ERROR_CODES } from "../../lib/error_codes.ts";
import { isTest, projectFiles, readText } from "./tree.ts";

/** The sections of docs/errors.md: heading code to text below it. */
function sections(): Map<string, string> {
  const parts = readText("docs/errors.md").split(/^## /m).slice(1);
  return new Map(parts.map((part) => [/^`?([A-Z0-9-]+)/.exec(part)![1]!, part]));
}

Deno.test("docs/errors.md and the table of codes list the same codes", () => {
  const documented = [...sections().keys()].filter((code) => code.startsWith("E-")).sort();
  assert.deepEqual(documented, Object.keys(ERROR_CODES).sort());
});

Deno.test("docs/errors.md gives exit code, sample and remedy when a code is looked up", () => {
  for (const [code, exit] of Object.entries(ERROR_CODES)) {
    const text = sections().get(code) ?? "";
    assert.match(text, new RegExp(`\\(exit\\s${exit}\\)`), `${code} lacks "(exit ${exit})"`);
    assert.match(text, /Cannot [a-z][^"]* ".+": .+, expected .+\nHint: \S/, `${code} sample`);
    assert.match(text, /^\*\*Do\*\* /m, `${code} lacks a paragraph "**Do** …"`);
  }
});

Deno.test("docs/errors.md quotes hints that the code gives when messages change", () => {
  const sources = projectFiles()
    .filter((path) => /^(lib|scripts)\/.*\.ts$/.test(path) && !isTest(path))
    .map(readText);
  const stale = Object.keys(ERROR_CODES).filter((code) => {
    const hint = /^Hint: (.+)$/m.exec(sections().get(code) ?? "")?.[1] ?? "";
    // Three words: what follows may be filled in at run time.
    const start = hint.split(" ").slice(0, 3).join(" ");
    return !sources.some((source) => source.includes(`"${code}"`) && source.includes(start));
  });
  assert.deepEqual(stale, []);
});

Deno.test("every code of the table is reported somewhere when the product is read", () => {
  const sources = projectFiles()
    .filter((path) => /^(lib|scripts)\/.*\.ts$/.test(path) && !isTest(path))
    .filter((path) => path !== "lib/error_codes.ts")
    .map((path) => readText(path).replace(/\/\*[\s\S]*?\*\//g, ""));
  const unused = Object.keys(ERROR_CODES).filter((code) =>
    !sources.some((source) => source.includes(`"${code}"`))
  );
  assert.deepEqual(unused, []);
});
