import { equal, ok, throws } from "node:assert/strict";
import fc from "fast-check";
import { HUB_ALIASES } from "./aliases.ts";
import { isPlainPath, isRepoId, parseHubId } from "./id.ts";

Deno.test("parseHubId() reads aliases, ids, legacy names and revisions", () => {
  const cases = [
    ["stanford-gpt2-small-e", undefined, "stanford-crfm/expanse-gpt2-small-x777", "main"],
    [
      "stanford-gpt2-medium-c",
      "checkpoint-9",
      "stanford-crfm/celebrimbor-gpt2-medium-x81",
      "checkpoint-9",
    ],
    ["pythia-160m-seed2@step143000", undefined, "EleutherAI/pythia-160m-seed2", "step143000"],
    ["gpt2", undefined, "gpt2", "main"],
    ["distilgpt2@refs/pr/1", undefined, "distilgpt2", "refs/pr/1"],
    ["org/name.v1_x", "a".repeat(40), "org/name.v1_x", "a".repeat(40)],
  ] as const;
  for (const [text, wanted, repo, revision] of cases) {
    const id = parseHubId(text, wanted);
    equal(id.repo, repo);
    equal(id.revision, revision);
    equal(id.name, text.split("@")[0]);
  }
});

Deno.test("parseHubId() takes no property of Object for an alias", () => {
  equal(parseHubId("constructor").repo, "constructor");
  throws(() => parseHubId("__proto__@"), { code: "E-USAGE" });
});

Deno.test("HUB_ALIASES has every model of the papers, each a name the Hub allows", () => {
  equal(Object.keys(HUB_ALIASES).length, 4 + 10 + 10);
  ok(Object.values(HUB_ALIASES).every(isRepoId));
});

Deno.test("isRepoId() refuses what the Hub refuses", () => {
  const refused = [
    "",
    "a/",
    "/a",
    "a/b/c",
    "a--b/c",
    "a/b..c",
    "-a/b",
    "a/b-",
    "a/b.git",
    ".a",
    "a b",
  ];
  for (const text of [...refused, "a".repeat(97), "org/\u00e9"]) ok(!isRepoId(text), text);
});

Deno.test("isPlainPath() never lets a path leave its directory", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."./\\a:\0"), maxLength: 8 }), (text) => {
      if (!isPlainPath(text)) return;
      const path = new URL(text, "file:///base/directory/").pathname;
      ok(path.startsWith("/base/directory/") && path.length > "/base/directory/".length, text);
    }),
  );
});
