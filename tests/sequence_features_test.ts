// un:tag-corpus, un:explain by features of sequences, and un:syntax, from the commands to their files.
import assert from "node:assert/strict";
import { join } from "node:path";
import { geluOf } from "../lib/device/reference/gelu.ts";
import { openTokenizer } from "../lib/model/tokenizer.ts";
import { openActivations } from "../lib/neuron/cached/open_activations.ts";
import { plainReduction } from "../lib/neuron/explain/testing.ts";
import { ABSENT_COLUMNS } from "../lib/neuron/sequence/columns.ts";
import { openTags } from "../lib/neuron/sequence/open_tags.ts";
import { ruleTagger } from "../lib/neuron/sequence/rule_tagger.ts";
import { writeAtomic } from "../lib/store/atomic.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { encodeSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const SCRIPTS = "scripts/universal_neurons";
const MODEL = "cache/models/tiny-gpt2-a";
const [B, T] = [24, 64];
const NEURONS = ["0.34", "1.493", "1.264", "2.253"];
const SUBSETS = ["books", "years"];

async function succeed(words: readonly string[]) {
  const ended = await run(words);
  assert.equal(ended.exit, 0, ended.stderr);
  return ended;
}

/** Labelled rows of the embedded corpus. */
async function makeRows(folder: string): Promise<string> {
  const tokenizer = await openTokenizer(MODEL);
  const text = await Deno.readTextFile("cache/text/sample.txt");
  const ids = tokenizer.encode(text.slice(0, 12_000)).slice(0, B * T);
  for (let row = 0; row < B; row++) ids[row * T] = 0;
  const subset = Int32Array.from({ length: B }, (_, row) => row % 3 === 0 ? 1 : 0);
  const arrays = {
    tokens: { data: ids, shape: [B, T] },
    subset: { data: subset, shape: [B] },
  };
  const path = join(folder, "tokens.safetensors");
  const names = { "subset_names": JSON.stringify(SUBSETS) };
  await writeAtomic(path, encodeSafetensors(arrays, names));
  return path;
}

const TAG = [`${SCRIPTS}/tag_corpus.ts`, `--model=${MODEL}`];

/** Whether each feature holds of each position, from a run of tags. */
async function heldBy(tags: string): Promise<Map<string, boolean[]>> {
  const { labelling: { codes, features } } = await openTags(tags);
  return new Map(
    features.map(({ name, holds }) => [name, Array.from(codes, (code) => holds[code] === 1)]),
  );
}

/** Each reduction of a table beside pandas' formula over all positions. */
async function checkTable(
  table: string,
  { activations, holdsAt }: {
    activations: string;
    holdsAt: (feature: string, position: number) => boolean;
  },
): Promise<string[]> {
  const { columns } = await readTable(table);
  const features = Object.keys(columns).filter((name) => name !== "neuron");
  await using cached = await openActivations(activations);
  const places = Array.from({ length: B * T }, (_, i) => i);
  for (const [place, name] of NEURONS.entries()) {
    const values = Array.from(await cached.read(place), (x) => geluOf(x, "tanh"));
    for (const feature of features) {
      const wanted = plainReduction(values, places.map((i) => holdsAt(feature, i)));
      const found = columns[feature]![place] as number;
      assert.ok(Math.abs(found - wanted) < 1e-9, `${name} ${feature}: ${found}, ${wanted}`);
    }
  }
  return features;
}

/** What spaCy would write, had it the tags of our own tagger: other offsets, other names. */
async function asSpacy(documents: string, to: string): Promise<void> {
  const tag = ruleTagger();
  const lines = (await Deno.readTextFile(documents)).trimEnd().split("\n");
  const records = lines.flatMap((line) => {
    const { document, text } = JSON.parse(line);
    return tag(text).map((token) => ({
      document,
      text: text.slice(token.start, token.end),
      start: [...text.slice(0, token.start)].length,
      "pos_": token.pos,
      "tag_": "",
      "dep_": token.pos === "DET" ? "det" : "dep",
      "ent_type_": token.entity,
      morph: token.morph.join("|"),
      "is_stop": token.isStop,
      "is_sent_start": token.startsSentence,
    }));
  });
  await Deno.writeTextFile(to, records.map((one) => JSON.stringify(one) + "\n").join(""));
}

Deno.test("un:explain by sequences writes reductions that a pass over all positions gives too", () =>
  inFolder(async (folder) => {
    const tokens = await makeRows(folder);
    const [tags, activations] = [join(folder, "tags"), join(folder, "activations")];
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${tags}`, "--texts"]);
    await succeed([
      ...[`${SCRIPTS}/activations.ts`, `--model=${MODEL}`, "--device=onnx"],
      ...[`--tokens=${tokens}`, `--neurons=${NEURONS}`, `--out=${activations}`],
    ]);
    const before = await contents(tags);
    const again = await succeed([...TAG, `--tokens=${tokens}`, `--out=${tags}`, "--texts"]);
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(tags), before);

    const held = await heldBy(tags);
    const isSubset = (feature: string, i: number) =>
      feature === `is_subset_${SUBSETS[Math.floor(i / T) % 3 === 0 ? 1 : 0]}`;
    const holdsAt = (feature: string, i: number) =>
      feature.startsWith("is_subset_") ? isSubset(feature, i) : held.get(feature)![i]!;
    const explain = [`${SCRIPTS}/explain.ts`, `--activations=${activations}`, `--tags=${tags}`];
    const out = join(folder, "explain");
    const { stdout } = await succeed([...explain, `--out=${out}`, "--draws=1", "--json"]);
    const { summary } = JSON.parse(stdout);
    assert.match(summary.tagger, /^wink-nlp .* not spaCy$/);
    const table = (name: string) => join(out, "tables", `${name}_variance_reduction.parquet`);
    const features = await checkTable(table("sequence"), { activations, holdsAt });
    assert.ok(features.length > 30 && features.includes("is_subset_books"), features.join());
    assert.ok(!features.some((name) => ABSENT_COLUMNS.includes(name)));
    await checkTable(table("prev_sequence"), {
      activations,
      holdsAt: (feature, i) => i % T > 0 && holdsAt(feature, i - 1),
    });
    const families = (await readTable(join(out, "tables", "features.parquet"))).columns["family"]!;
    assert.ok([...families].includes("entity (compromise)"));

    const original = join(folder, "original");
    const asked = ["--features=prev_sequence", "--original-shift", "--draws=0"];
    await succeed([...explain, `--out=${original}`, ...asked]);
    await checkTable(join(original, "tables", "prev_sequence_variance_reduction.parquet"), {
      activations,
      holdsAt: (feature, i) => holdsAt(feature, (i + B * T - 1) % (B * T)),
    });

    const syntax = join(folder, "syntax");
    const draw = [`${SCRIPTS}/syntax.ts`, `--run=${out}`, `--out=${syntax}`];
    await succeed([...draw, "--neurons=1.493,2.253", "--main=1.264"]);
    const page = await Deno.readTextFile(join(syntax, "report.html"));
    assert.match(page, /by its token alone/);
    assert.match(page, /Neuron 1\.264/);
    const absent = await run([...draw, "--neurons=3.1"]);
    assert.equal(absent.exit, 4);
    assert.match(absent.stderr, /explanations without 3\.1/);
  }));

Deno.test("un:tag-corpus takes spaCy's tags of the documents that it wrote", () =>
  inFolder(async (folder) => {
    const tokens = await makeRows(folder);
    const folders = ["texts", "rules", "spacy"].map((name) => join(folder, name));
    const [texts, rules, spacy] = folders as [string, string, string];
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${texts}`, "--texts-only"]);
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${rules}`]);
    const file = join(folder, "spacy.jsonl");
    await asSpacy(join(texts, "documents.jsonl"), file);
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${spacy}`, `--spacy=${file}`]);
    const [own, theirs] = await Promise.all([heldBy(rules), heldBy(spacy)]);
    // Names of dependencies stand for those, not for parts of speech.
    const shared = [...own.keys()].filter((name) => !/_(punct|aux)$/.test(name));
    for (const name of shared) assert.deepEqual(theirs.get(name), own.get(name), name);
    for (const name of ABSENT_COLUMNS) assert.ok(theirs.has(name), name);
    const [det, dep] = ["is_spacy_det", "is_spacy_dep"].map((name) => theirs.get(name)!);
    assert.ok(det!.includes(true) && dep!.includes(true));
    const { columns } = await readTable(join(spacy, "tables", "features.parquet"));
    assert.deepEqual(new Set(columns["tagger"] as string[]), new Set(["spaCy"]));

    const none = await run([`${SCRIPTS}/explain.ts`, `--activations=${rules}`, `--tags=${texts}`]);
    assert.equal(none.exit, 4, none.stderr);
    const both = await run([...TAG, `--tokens=${tokens}`, `--spacy=${file}`, "--texts-only"]);
    assert.equal(both.exit, 2, both.stderr);
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).slice(0, 5000));
    const cut = await run([...TAG, `--tokens=${tokens}`, `--out=${spacy}`, `--spacy=${file}`]);
    assert.equal(cut.exit, 4, cut.stderr);
    assert.match(cut.stderr, /error\[E-FILE-CORRUPT\].*no JSON/);
    assert.match(cut.stderr, /docs\/sequence_features\.md/);
  }));

Deno.test("un:explain refuses tags of other rows, of texts alone, and none at all, in words", () =>
  inFolder(async (folder) => {
    const tokens = await makeRows(folder);
    const at = (name: string) => join(folder, name);
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${at("few")}`, "--rows=3"]);
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${at("texts")}`, "--texts-only"]);
    await succeed([
      ...[`${SCRIPTS}/activations.ts`, `--model=${MODEL}`, "--device=onnx", "--neurons=0.34"],
      ...[`--tokens=${tokens}`, `--out=${at("acts")}`, "--subset=years"],
    ]);
    const explain = [`${SCRIPTS}/explain.ts`, `--activations=${at("acts")}`, `--out=${at("x")}`];
    const few = await run([...explain, `--tags=${at("few")}`]);
    assert.equal(few.exit, 4);
    assert.match(few.stderr, /error\[E-TOKENS\].*tags of \[3, 64\] tokens, without row 1/);
    const texts = await run([...explain, `--tags=${at("texts")}`]);
    assert.match(texts.stderr, /error\[E-FILE-MISSING\].*a run of --texts-only/);

    // Rows of one subset are found among the tags of all.
    await succeed([...TAG, `--tokens=${tokens}`, `--out=${at("tags")}`]);
    await succeed([...explain, `--tags=${at("tags")}`, "--features=sequence", "--draws=0"]);
    const other = await run([`${SCRIPTS}/syntax.ts`, `--run=${at("x")}`, `--tags=${at("few")}`]);
    assert.equal(other.exit, 4);
    assert.match(other.stderr, /not those of the explanations/);
  }));
