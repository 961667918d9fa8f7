// un:explain from the commands to its files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { geluOf } from "../lib/device/reference/gelu.ts";
import { openActivations } from "../lib/neuron/cached/open_activations.ts";
import { plainReduction } from "../lib/neuron/explain/testing.ts";
import { openTokenizer } from "../lib/model/tokenizer.ts";
import { writeAtomic } from "../lib/store/atomic.ts";
import { type ReadTable, readTable } from "../lib/store/format/read_table.ts";
import { encodeSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const SCRIPT = "scripts/universal_neurons/explain.ts";
const MODEL = "cache/models/tiny-gpt2-a";
const [B, T] = [24, 64];
const NEURONS = ["0.34", "0.79", "2.478", "1.238", "2.107"];

/** Rows of the embedded corpus, and the activations of a few neurons on them. */
async function makeActivations(folder: string): Promise<string> {
  const tokenizer = await openTokenizer(MODEL);
  const text = await Deno.readTextFile("cache/text/sample.txt");
  const ids = tokenizer.encode(text.slice(0, 12_000)).subarray(0, B * T);
  const tokens = join(folder, "tokens.safetensors");
  await writeAtomic(tokens, encodeSafetensors({ tokens: { data: ids.slice(), shape: [B, T] } }));
  const out = join(folder, "activations");
  const words = ["scripts/universal_neurons/activations.ts", `--model=${MODEL}`, "--device=onnx"];
  const asked = [`--tokens=${tokens}`, `--neurons=${NEURONS}`, `--out=${out}`];
  const { exit, stderr } = await run([...words, ...asked]);
  assert.equal(exit, 0, stderr);
  return out;
}

/** Each reduction of a neuron in a table, beside a pass over all positions for its feature. */
async function checkAgainstPlain(
  activations: string,
  { vocabulary, tables }: { vocabulary: ReadTable; tables: Record<string, ReadTable> },
): Promise<void> {
  await using cached = await openActivations(activations);
  const tokens = cached.tokens.data;
  for (const [place, name] of NEURONS.entries()) {
    const values = Array.from(await cached.read(place), (x) => geluOf(x, "tanh"));
    for (const [kind, { columns }] of Object.entries(tables)) {
      const features = Object.keys(columns).filter((column) => column !== "neuron");
      assert.ok(features.length > 100, kind);
      for (const feature of features) {
        const holds = vocabulary.columns[feature]!;
        const positions = Array.from(tokens, (id, i) => {
          if (kind === "token") return holds[id] === true;
          return i % T > 0 && holds[tokens[i - 1]!] === true;
        });
        const found = columns[feature]![place] as number;
        const wanted = plainReduction(values, positions);
        assert.ok(Math.abs(found - wanted) < 1e-9, `${name} ${kind} ${feature}: ${found}`);
      }
    }
  }
}

Deno.test("un:explain writes reductions that a pass over all positions gives too", () =>
  inFolder(async (folder) => {
    const activations = await makeActivations(folder);
    const out = join(folder, "explain");
    const words = [SCRIPT, `--activations=${activations}`, `--out=${out}`, "--draws=3", "--csv"];
    const { exit, stdout, stderr } = await run([...words, "--json"]);
    assert.equal(exit, 0, stderr);
    const { summary } = JSON.parse(stdout);
    assert.equal(summary.neurons, NEURONS.length);
    assert.equal(summary.gelu, "tanh");
    assert.equal(summary.unigram_count, 20);
    assert.equal(
      summary.token.features,
      summary.token.features_judged + summary.token.features_never +
        summary.token.features_always + summary.token.features_once,
    );

    const table = (name: string) => readTable(join(out, "tables", `${name}.parquet`));
    const tables = {
      token: await table("token_variance_reduction"),
      "prev_token": await table("prev_token_variance_reduction"),
    };
    const vocabulary = await table("vocabulary");
    assert.equal(vocabulary.rows, 4096);
    assert.deepEqual(tables.token.columns.neuron, NEURONS);
    await checkAgainstPlain(activations, { vocabulary, tables });

    const best = await table("best_features");
    const largest = Object.entries(tables.token.columns)
      .filter(([name]) => name !== "neuron")
      .reduce((a, b) => (b[1][2] as number) > (a[1][2] as number) ? b : a);
    assert.equal(best.columns.token_feature![2], largest[0]);
    assert.equal(best.columns.token_variance_reduction![2], largest[1][2]);
    assert.ok(Number(best.columns.token_chance_max![2]) > 0);
    const csv = await Deno.readTextFile(join(out, "tables", "token_variance_reduction.csv"));
    assert.match(csv, /^neuron,.*\n0\.34,/);
    const page = await Deno.readTextFile(join(out, "report.html"));
    assert.match(page, /Best explained neurons/);

    const before = await contents(out);
    const again = await run([...words, "--check"]);
    assert.equal(again.exit, 2, "nothing was published of this model");
    assert.match(again.stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);

    const layer = join(folder, "layer");
    const part = await run([
      ...[SCRIPT, `--activations=${activations}`, `--out=${layer}`, "--draws=3", "--layers=2"],
      "--features=token",
    ]);
    assert.equal(part.exit, 0, part.stderr);
    const shard = await readTable(join(layer, "tables", "token_variance_reduction.parquet"));
    assert.deepEqual(shard.columns.neuron, ["2.478", "2.107"]);
    for (const [name, values] of Object.entries(shard.columns).slice(1)) {
      const whole = tables.token.columns[name]!;
      assert.deepEqual([...values as Float64Array], [whole[2], whole[4]], name);
    }
  }));

Deno.test("un:explain refuses another model, absent layers and absent activations in words", () =>
  inFolder(async (folder) => {
    const activations = await makeActivations(folder);
    const words = [SCRIPT, `--activations=${activations}`, `--out=${join(folder, "x")}`];
    const other = await run([...words, "--model=cache/models/tiny-gpt2-b"]);
    assert.equal(other.exit, 4, other.stderr);
    assert.match(other.stderr, /error\[E-CHECKPOINT\].*model\.safetensors differs/);
    const layer = await run([...words, "--layers=3"]);
    assert.equal(layer.exit, 2, layer.stderr);
    assert.match(layer.stderr, /none of the activations' in .*, expected some of 0, 2, 1/);
    const absent = await run([SCRIPT, `--activations=${join(folder, "nowhere")}`]);
    assert.equal(absent.exit, 4, absent.stderr);
    assert.match(absent.stderr, /deno task un:activations/);
    const dry = await run([...words, "--dry-run"]);
    assert.equal(dry.exit, 0, dry.stderr);
    assert.match(
      dry.stdout,
      /would explain 5 neurons by features of token and prev_token over 1,536/,
    );
    assert.deepEqual(
      Object.keys(await contents(folder)).filter((path) => path.startsWith("x")),
      [],
    );
  }));
