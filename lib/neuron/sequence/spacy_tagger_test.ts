import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { encodeTable } from "../../store/format/table.ts";
import { SPACY_COLUMNS } from "./columns.ts";
import { labelRows } from "./label_rows.ts";
import { SpacyTagger } from "./spacy_tagger.ts";

/** Ids of pieces; 0 is special. The second document has a character of two UTF-16 units. */
const STRINGS = ["<|endoftext|>", "We", " didn't", " read", " Hamlet", ".", "🦕", " sings", " Go"];
const TEXTS = {
  strings: STRINGS,
  decode: (ids: Iterable<number>) => Array.from(ids, (id) => STRINGS[id]).join(""),
  special: new Set([0]),
};
const TOKENS = {
  data: Int32Array.of(0, 1, 2, 3, 4, 5, 8, 0, 6, 7),
  shape: [1, 10],
};

const [VERB, AUX] = ["Tense=Past|VerbForm=Fin", "Tense=Pres|VerbForm=Fin"];

/** What spaCy could give of "We didn't read Hamlet. Go" and "🦕 sings". */
const ROWS = [
  [0, "We", 0, "PRON", "nsubj", "", "Number=Plur|Person=1|PronType=Prs", true, true],
  [0, "did", 3, "AUX", "aux", "", VERB, true, false],
  [0, "n't", 6, "PART", "neg", "", "", true, false],
  [0, "read", 10, "VERB", "ROOT", "", "VerbForm=Inf", false, false],
  [0, "Hamlet", 15, "PROPN", "npadvmod", "WORK_OF_ART", "Number=Sing", false, false],
  [0, ".", 21, "PUNCT", "punct", "", "", false, false],
  [0, "Go", 23, "VERB", "ROOT", "", "VerbForm=Inf", true, true],
  [1, "🦕", 0, "AUX", "nsubjpass", "", "", false, true],
  [1, "sings", 2, "VERB", "ROOT", "", AUX, false, false],
] as const;

const NAMES = [
  ...["document", "text", "start", "pos_", "dep_", "ent_type_", "morph", "is_stop"],
  "is_sent_start",
];

function jsonLines(rows: readonly (readonly unknown[])[]): string {
  const records = rows.map((row) => Object.fromEntries(NAMES.map((name, i) => [name, row[i]])));
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}

async function labelsOf(path: string) {
  await using spacy = new SpacyTagger(path);
  const labelling = await labelRows(TOKENS, TEXTS, (document, i) => spacy.tag(document, i), {
    columns: SPACY_COLUMNS,
  });
  await spacy.finish();
  return (name: string) => {
    const { holds } = labelling.features.find((feature) => feature.name === name)!;
    return Array.from(labelling.codes, (code) => holds[code]!);
  };
}

Deno.test("SpacyTagger gives the release's columns, of dependencies where names collide", () =>
  inFolder(async (folder) => {
    const path = join(folder, "spacy.jsonl");
    await Deno.writeTextFile(path, jsonLines(ROWS));
    const held = await labelsOf(path);
    const wanted: Record<string, number[]> = {
      // " didn't" stands on two tokens.
      "is_spacy_multi": [0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
      "is_spacy_neg": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      "is_spacy_pron": [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      "is_spacy_nsubj": [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      "is_spacy_ROOT": [0, 0, 0, 1, 0, 0, 1, 0, 0, 1],
      // A part of speech AUX is no dependency aux.
      "is_spacy_aux": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      "is_spacy_nsubjpass": [0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
      "is_spacy_punct": [0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
      "is_WORK_OF_": [0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
      "is_first_person": [0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
      "is_present_tense": [0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      "is_stop": [0, 1, 0, 0, 0, 0, 1, 0, 0, 0],
      "sent_begin": [0, 1, 0, 0, 0, 0, 1, 0, 1, 0],
      // " Go" ends at a special id; the row's last token has no known end.
      "sent_end": [0, 0, 0, 0, 0, 1, 1, 0, 0, 0],
    };
    for (const [name, holds] of Object.entries(wanted)) assert.deepEqual(held(name), holds, name);

    const table = join(folder, "spacy.parquet");
    const types = ["int32", "string", "int32", ...Array(4).fill("string"), "boolean", "boolean"];
    const columns = NAMES.map((name, i) => ({
      name,
      type: types[i],
      values: ROWS.map((r) => r[i]),
    }));
    await Deno.writeFile(table, encodeTable(columns as Parameters<typeof encodeTable>[0]));
    const ofTable = await labelsOf(table);
    for (const name of Object.keys(wanted)) assert.deepEqual(ofTable(name), held(name), name);
  }));

Deno.test("SpacyTagger refuses files that are not of these documents, and says where", () =>
  inFolder(async (folder) => {
    const path = join(folder, "bad.jsonl");
    const other = (at: number, column: number, value: unknown) =>
      jsonLines(ROWS.map((row, i) => i === at ? row.with(column, value as never) : row));
    const cases: [text: string, message: RegExp][] = [
      [other(1, 1, "has"), /record 2, "has", where document 0 has "did" at character 3/],
      [other(8, 2, 1), /record 9, .* has " sing" at character 1/],
      [other(1, 2, 0), /record 2/],
      [other(3, 3, 7), /record 4: pos_ is no text/],
      [other(0, 0, -1), /record 1: document is no count/],
      [other(0, 7, null), /record 1: is_stop is neither/],
      [jsonLines(ROWS.slice(0, 7)), /its end where document 1 should begin/],
      [jsonLines(ROWS.slice(7)), /document 1 where document 0 should begin/],
      [jsonLines([...ROWS, ROWS[8].with(0, 2)]), /document 2, one too many/],
      [jsonLines(Array(99).fill(ROWS[0])), /record 26, past the text of document 0/],
      ["{\n", /line 1 no JSON/],
      ["5\n", /record 1: it is no object/],
    ];
    for (const [text, message] of cases) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(labelsOf(path), (error: Error & { code?: string }) => {
        assert.match(error.message, message);
        return error.code === "E-FILE-CORRUPT";
      });
    }
    await Deno.writeFile(path, Uint8Array.of(0xff, 0xfe));
    await assert.rejects(labelsOf(path), /not UTF-8/);
    await assert.rejects(labelsOf(join(folder, "absent.jsonl")), /absent\.jsonl/);
  }));
