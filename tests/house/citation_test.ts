import assert from "node:assert/strict";
import { readText } from "./tree.ts";

/** Top-level keys of the Citation File Format 1.2.0. */
const KEYS = new Set([
  ..."abstract authors cff-version commit contact date-released doi identifiers keywords".split(
    " ",
  ),
  ..."license license-url message preferred-citation references repository".split(" "),
  ..."repository-artifact repository-code title type url version".split(" "),
]);

/** Keys of a reference used here; the format has more. */
const REFERENCE_KEYS = new Set([
  ..."type title authors year journal conference identifiers url collection-title notes".split(" "),
]);

const TEXT = readText("CITATION.cff");

Deno.test("CITATION.cff has the required keys and no unknown one when it is read", () => {
  const keys = [...TEXT.matchAll(/^([A-Za-z-]+):/gm)].map((match) => match[1]!);
  assert.deepEqual(keys.filter((key) => !KEYS.has(key)), []);
  assert.equal(new Set(keys).size, keys.length, "a key stands twice");
  for (const key of ["cff-version", "message", "title", "authors"]) assert.ok(keys.includes(key));
  assert.match(TEXT, /^cff-version: 1\.2\.0$/m);
  assert.doesNotMatch(TEXT, /\t/);
});

Deno.test("CITATION.cff refers to both papers with type, title and authors", () => {
  const [, list = ""] = /^references:\n((?: .*\n?)+)/m.exec(TEXT) ?? [];
  const references = list.split(/^ {2}- /m).slice(1);
  assert.equal(references.length, 2);
  for (const reference of references) {
    const keys = [...`    ${reference}`.matchAll(/^ {4}([a-z-]+):/gm)].map((match) => match[1]!);
    assert.deepEqual(keys.filter((key) => !REFERENCE_KEYS.has(key)), []);
    for (const key of ["type", "title", "authors"]) assert.ok(keys.includes(key), reference);
  }
  assert.match(list, /arxiv\.org\/abs\/2305\.00586/);
  assert.match(list, /arxiv\.org\/abs\/2401\.12181/);
});
