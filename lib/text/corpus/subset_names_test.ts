import assert from "node:assert/strict";
import { formatOf, stemOf } from "./corpus.ts";
import { subsetAlias, SubsetNames } from "./subset_names.ts";

/** The Pile's `pile_set_name`s and the original's aliases (spec 1.1). */
const PILE = {
  ArXiv: "arxiv",
  BookCorpus2: "bookcorpus2",
  Books3: "books3",
  "DM Mathematics": "dm_mathematics",
  "Enron Emails": "enron_emails",
  EuroParl: "europarl",
  FreeLaw: "freelaw",
  Github: "github",
  "Gutenberg (PG-19)": "gutenberg",
  HackerNews: "hackernews",
  "NIH ExPorter": "nih_exporter",
  OpenSubtitles: "opensubtitles",
  OpenWebText2: "openwebtext2",
  PhilPapers: "philpapers",
  "Pile-CC": "pile_cc",
  "PubMed Abstracts": "pubmed_abstracts",
  "PubMed Central": "pubmed_central",
  StackExchange: "stackexchange",
  "USPTO Backgrounds": "uspto_backgrounds",
  "Ubuntu IRC": "ubuntu_irc",
  "Wikipedia (en)": "wikipedia",
  YoutubeSubtitles: "youtubesubtitles",
};

Deno.test("subsetAlias() gives the original's 22 aliases", () => {
  for (const [label, alias] of Object.entries(PILE)) assert.equal(subsetAlias(label), alias);
  assert.deepEqual(["", "(x)", "\u001b[31m"].map(subsetAlias), ["unnamed", "unnamed", "31m"]);
});

Deno.test("SubsetNames numbers labels as they are met, by alias, and has a limit", () => {
  const subsets = new SubsetNames();
  const found = ["b", undefined, "A", "B ", "a"].map((label) => subsets.indexOf(label));
  assert.deepEqual(found, [0, -1, 1, 0, 1]);
  assert.deepEqual(subsets.names, ["b", "a"]);
  for (let i = 2; i < 10_000; i++) subsets.indexOf(`name ${i}`);
  assert.throws(() => subsets.indexOf("one more"), {
    code: "E-CORPUS",
    message: /^Cannot label rows by "one_more": another name after 10000 subsets, expected/,
  });
});

Deno.test("formatOf() and stemOf() read a file's endings", () => {
  const cases: [string, string, string][] = [
    ["a.txt", "text", "a"],
    ["a", "text", "a"],
    ["pile.test.jsonl.zst", "jsonl", "pile.test"],
    ["A.JSONL.GZ", "jsonl", "A"],
    ["a.ndjson", "jsonl", "a"],
    ["train-00000.parquet", "parquet", "train-00000"],
    ["book.txt.gz", "text", "book"],
  ];
  for (const [name, format, stem] of cases) {
    assert.deepEqual([formatOf(name), stemOf(name)], [format, stem], name);
  }
});
