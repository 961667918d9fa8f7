// Prediction neurons and the families from the commands to their files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { openTokenizer } from "../lib/model/tokenizer.ts";
import { openActivations } from "../lib/neuron/cached/open_activations.ts";
import { writeAtomic } from "../lib/store/atomic.ts";
import { readTable } from "../lib/store/format/read_table.ts";
import { encodeSafetensors, readSafetensors } from "../lib/store/format/safetensors.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";
import { writeNeuronDf } from "./neuron_df_runs.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const [B, T] = [48, 64];
const NEURONS = ["1.59", "1.65", "2.146", "2.449", "2.478", "0.280", "1.238", "2.309"];

const script = (name: string) => `scripts/universal_neurons/${name}.ts`;

/** The run of a script as JSON; fails with what it told people. */
async function done(words: string[]) {
  const { exit, stdout, stderr } = await run([...words, "--json"]);
  assert.equal(exit, 0, stderr);
  return { data: JSON.parse(stdout), stderr };
}

/** Activations of a few neurons, their explanations, and a summary of all. */
async function makeRuns(folder: string, directory = MODEL) {
  const tokenizer = await openTokenizer(MODEL);
  const text = await Deno.readTextFile("cache/text/sample.txt");
  const ids = tokenizer.encode(text.slice(0, 24_000)).subarray(0, B * T);
  const tokens = join(folder, "tokens.safetensors");
  await writeAtomic(tokens, encodeSafetensors({ tokens: { data: ids.slice(), shape: [B, T] } }));
  const [activations, explain, summary] = ["activations", "explain", "summary"]
    .map((name) => join(folder, name)) as [string, string, string];
  const model = [`--model=${directory}`, "--device=onnx", `--tokens=${tokens}`];
  await done([script("activations"), ...model, `--neurons=${NEURONS}`, `--out=${activations}`]);
  const asked = [`--activations=${activations}`, "--draws=0", `--out=${explain}`];
  await done([script("explain"), ...asked]);
  await done([script("summary"), ...model, `--out=${summary}`]);
  return { activations, explain, summary };
}

async function assertDrawn(out: string, figures: readonly string[]): Promise<void> {
  const page = await Deno.readTextFile(join(out, "report.html"));
  for (const name of figures) {
    assert.ok(page.includes(`figure-${name.replaceAll("_", "-")}-title`), name);
    assert.ok((await Deno.stat(join(out, `figures/${name}.png`))).size > 500, name);
  }
}

Deno.test("the scripts of families draw what passes their filters, and say where nothing does", () =>
  inFolder(async (folder) => {
    const { activations, explain, summary } = await makeRuns(folder);
    const given = [`--activations=${activations}`, `--explain=${explain}`];
    const out = (name: string) => join(folder, name);
    const words = (name: string, ...more: string[]) => [
      ...[script(name), ...given, `--out=${out(name)}`],
      ...more,
    ];

    const alphabet = await done(words("alphabet"));
    assert.deepEqual(alphabet.data.figures, ["alphabet_neurons", "main_a_alphabet"]);
    assert.deepEqual(
      alphabet.data.neurons.map(({ letter, neuron }: Record<string, string>) =>
        `${letter} ${neuron}`
      ),
      ["a 1.59"],
    );
    await assertDrawn(out("alphabet"), alphabet.data.figures);
    const before = await contents(out("alphabet"));
    assert.match((await done(words("alphabet"))).stderr, /^kept/m);
    assert.deepEqual(await contents(out("alphabet")), before);

    const none = await done(words("alphabet", "--least=0.99"));
    assert.deepEqual(none.data.figures, []);
    assert.match(
      none.data.notes[0],
      /reduction above 0\.99: the nearest is 1\.59, a_unigram, 0\.\d/,
    );
    assert.match(none.stderr, /--least sets the border/);
    const page = await Deno.readTextFile(join(out("alphabet"), "report.html"));
    assert.match(page, /no neuron follows a letter/);

    const unigram = await done(words("unigram", "--least=0.3"));
    assert.deepEqual(unigram.data.figures, [
      ...["unigram_duplicate_neurons_a_an", "unigram_duplicate_neurons", "main_on_unigram"],
      ...["unigram_nonduplicate_appendix", "unigram_nonduplicate_log_appendix", "token_families"],
    ]);
    await assertDrawn(out("unigram"), unigram.data.figures);

    const previous = await done(words("previous_token", "--top=4"));
    assert.deepEqual(previous.data.figures, ["prev_token_neurons", "main_b_prev_token"]);
    const table = await readTable(join(explain, "tables/prev_token_variance_reduction.parquet"));
    const [best] = previous.data.neurons;
    const column = table.columns[best.feature] as Float64Array;
    assert.equal(best.reduction, column[NEURONS.indexOf(best.neuron)]);
    const largest = Object.entries(table.columns).filter(([name]) => name !== "neuron")
      .flatMap(([, values]) => Array.from(values as Float64Array)).filter(Number.isFinite);
    assert.equal(best.reduction, Math.max(...largest));
    const only = await done(words("previous_token", "--only-previous"));
    assert.ok(only.data.neurons.length < NEURONS.length);

    const topic = [script("topic"), `--summary=${summary}`, `--explain=${explain}`];
    const empty = await done([...topic, `--out=${out("topic")}`]);
    assert.match(empty.data.notes[0], /no neuron of the explanations has a topic/);
    const named = await done([
      ...[...topic, `--out=${out("topic")}`, "--neurons=2.478,1.65", "--min-count=4", "--top=5"],
    ]);
    assert.deepEqual(named.data.figures, ["topic_neurons"]);
    const first = named.data.neurons.find(({ neuron }: { neuron: string }) => neuron === "1.65");
    assert.match(first.token, /^·?the$/i);
    const arrays = await readSafetensors(join(summary, "arrays.safetensors"));
    const place = (512 + 65) * arrays.vocab_mean!.shape[1]!;
    assert.ok(Number(first.mean) <= Number(arrays.vocab_mean!.data[place]) + 1e-3);
    const places = [script("place"), ...topic.slice(1), `--out=${out("place")}`];
    const nowhere = await done(places);
    assert.match(
      nowhere.data.notes[0],
      /no neuron is explained best by a place .*, and no such feature was judged/,
    );
    const asked = ["--features=is_lt_31,is_state", "--min-count=4"];
    const placed = await done([...places, ...asked]);
    assert.deepEqual(placed.data.figures, ["place_neurons"]);
    await assertDrawn(out("place"), ["place_neurons"]);
    const features = await readTable(join(out("place"), "tables/features.parquet"));
    assert.equal(features.columns.feature![0], "is_lt_31");
    assert.equal(placed.data.neurons[0].neuron, features.columns.neuron![0]);
    const many = Array.from({ length: 15 }, (_, i) => `1.${60 + i}`).join();
    const more = await done([...topic, `--neurons=${many}`, `--out=${out("many")}`]);
    assert.ok(
      more.data.notes.includes(
        "left out of 15 neurons: 3, from 1.72 on; a figure has room for 12",
      ),
      more.data.notes.join(),
    );
    for (
      const [neurons, is] of [
        ["9.1", /layers 0 to 3 with neurons 0 to 511/],
        ["1.65,2.478,1.65", /"1\.65": named twice, expected each neuron once/],
      ] as const
    ) {
      const wrong = await run([...topic, `--neurons=${neurons}`, `--out=${out("x")}`]);
      assert.equal(wrong.exit, 2, wrong.stderr);
      assert.match(wrong.stderr, is);
    }
  }));

Deno.test("un:alphabet shows its best letters where the paper's neurons are not the best", () =>
  inFolder(async (folder) => {
    // The paper's model by its name alone.
    const model = join(folder, "stanford-gpt2-medium-a");
    await Deno.symlink(await Deno.realPath(MODEL), model);
    const { activations, explain } = await makeRuns(folder, model);
    const out = join(folder, "alphabet");
    const words = [`--activations=${activations}`, `--explain=${explain}`, `--out=${out}`];
    const { data } = await done([script("alphabet"), ...words]);
    assert.deepEqual(data.neurons.map(({ neuron }: { neuron: string }) => neuron), ["1.59"]);
    const spec = await Deno.readTextFile(join(out, "figures/main_a_alphabet.vl.json"));
    assert.match(spec, /A 1\.59/);
  }));

Deno.test("un:position measures cached neurons, filtered by a neuron table where there is one", () =>
  inFolder(async (folder) => {
    const { activations } = await makeRuns(folder);
    const out = join(folder, "position");
    const words = [script("position"), `--activations=${activations}`, `--out=${out}`];
    const { data } = await done(words);
    assert.equal(data.neurons.length, NEURONS.length);
    assert.match(data.notes[0], /no --neuron-df: all cached neurons/);
    await assertDrawn(out, ["position_neurons"]);
    await using cached = await openActivations(activations);
    for (const { neuron, information } of data.neurons) {
      const values = await cached.read(NEURONS.indexOf(neuron));
      const isOn = (p: number) => values.filter((x, i) => i % T === p && x > 0).length / B;
      const shares = Array.from({ length: T }, (_, p) => isOn(p));
      const f = shares.reduce((a, b) => a + b, 0) / T;
      const wanted = shares.reduce(
        (sum, own) =>
          sum + own * Math.log(own / f + 1e-9) +
          (1 - own) * Math.log((1 - own) / (1 - f) + 1e-9),
        0,
      ) / T;
      assert.ok(Math.abs(information - wanted) < 1e-12, neuron);
    }

    const neuronDf = join(folder, "neuron_df");
    await writeNeuronDf(neuronDf, {
      ...{ model: "tiny-gpt2-a", layers: 4, width: 512, seed: 3, share: 0.5 },
    });
    const table = await readTable(join(neuronDf, "tables/neuron_df.parquet"));
    const passing = NEURONS.filter((name) => {
      const [layer, neuron] = name.split(".").map(Number) as [number, number];
      const row = layer * 512 + neuron;
      return Number(table.columns.kurt![row]) < 99 && Number(table.columns.excess_corr![row]) > 0.5;
    });
    assert.ok(passing.length > 0 && passing.length < NEURONS.length, passing.join());
    const asked = [`--neuron-df=${neuronDf}`, "--kurt=99"];
    const filtered = await done([...words, ...asked]);
    assert.deepEqual(
      filtered.data.neurons.map(({ neuron }: { neuron: string }) => neuron).sort(),
      passing.sort(),
    );
    const none = await done([...words, `--neuron-df=${neuronDf}`, "--kurt=-99"]);
    assert.deepEqual(none.data.figures, []);
    assert.match(none.data.notes[0], /no neuron has kurtosis below -99/);
  }));

Deno.test("un:prediction names neurons, says where none is kurtotic, and keeps a finished run", () =>
  inFolder(async (folder) => {
    const { activations } = await makeRuns(folder);
    const models = `--models=${MODEL},cache/models/tiny-gpt2-b`;
    const words = [script("prediction"), models, "--device=onnx"];
    const out = join(folder, "prediction");
    const asked = ["--kurt=4", `--activations=${activations}`, `--out=${out}`];
    const { data } = await done([...words, ...asked]);
    assert.ok(data.summary.scored > 5);
    assert.equal(data.summary.above_chance, data.summary.scored);
    const neurons = await readTable(join(out, "tables/neurons.parquet"));
    const features = await readTable(join(out, "tables/features.parquet"));
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const { data: scores, shape } = arrays.variance_reduction!;
    assert.deepEqual(shape, [neurons.rows, features.rows]);
    for (let row = 0; row < neurons.rows; row++) {
      const own = (scores as Float64Array).subarray(row * features.rows, (row + 1) * features.rows);
      const best = own.reduce((at, x, i) => (x > own[at]! ? i : at), 0);
      assert.equal(neurons.columns.feature![row], features.columns.feature![best]);
      assert.ok(Number(neurons.columns.vocab_kurt![row]) > 4);
    }
    const moments = await readTable(join(out, "tables/moments.parquet"));
    assert.equal(moments.rows, 2 * 2048);
    await assertDrawn(out, [
      ...["prediction_neuron_percentiles_main", "prediction_neuron_histograms_main"],
      ...["main_e_suppression", "prediction_neurons_appendix", "prediction_neuron_duplicates"],
    ]);
    const before = await contents(out);
    assert.match((await done([...words, ...asked])).stderr, /^kept/m);
    assert.deepEqual(await contents(out), before);

    const sizes = await done([
      ...words,
      "--layout=sizes",
      "--kurt=10",
      `--out=${join(folder, "s")}`,
    ]);
    assert.equal(sizes.data.summary.scored, 0);
    assert.match(sizes.stderr, /no neuron of tiny-gpt2-a has a vocabulary kurtosis above 10/);
    await assertDrawn(join(folder, "s"), ["prediction_neurons_by_size"]);
    const named = await done([
      ...[script("prediction"), `--models=${MODEL}`, "--device=reference", "--neurons=2.478,0.7"],
      ...["--draws=0", `--out=${join(folder, "n")}`],
    ]);
    assert.equal(named.data.summary.scored, 2);
    const check = await run([...words, ...asked, "--check"]);
    assert.equal(check.exit, 2, "nothing was printed of this model");
  }));

Deno.test("the scripts refuse what does not belong together, in words", () =>
  inFolder(async (folder) => {
    const { activations, explain } = await makeRuns(folder);
    const out = `--out=${join(folder, "x")}`;
    const refuse = async (words: string[], exit: number, message: RegExp) => {
      const ended = await run([...words, out]);
      assert.equal(ended.exit, exit, ended.stderr);
      assert.match(ended.stderr, message);
    };
    const other = join(folder, "other");
    const tokens = join(folder, "tokens.safetensors");
    const made = [`--tokens=${tokens}`, "--neurons=1.59", "--rows=4", `--out=${other}`];
    await done([script("activations"), `--model=${MODEL}`, "--device=onnx", ...made]);
    const pair = [`--activations=${other}`, `--explain=${explain}`];
    for (const name of ["alphabet", "unigram", "previous_token"]) {
      await refuse([script(name), ...pair], 2, /not the activations that .*explain explains/);
    }
    await refuse(
      [script("alphabet"), `--explain=${explain}`, `--activations=${folder}/none`],
      4,
      /deno task un:activations/,
    );
    await refuse(
      [script("alphabet"), `--activations=${activations}`, `--explain=${folder}/none`],
      4,
      /deno task un:explain/,
    );
    const partial = join(folder, "partial");
    const only = [`--activations=${activations}`, "--features=prev_token", "--draws=0"];
    await done([script("explain"), ...only, `--out=${partial}`]);
    await refuse(
      [script("unigram"), `--activations=${activations}`, `--explain=${partial}`],
      4,
      /explanations without features of kind token, expected/,
    );
    const models = "--models=cache/models/tiny-gpt2-b";
    await refuse(
      [script("prediction"), models, `--activations=${activations}`],
      4,
      /E-CHECKPOINT.*those of another model/,
    );
    await refuse(
      [script("prediction"), models, "--neurons=1.x"],
      2,
      /"1\.x", expected names of the form layer\.index/,
    );
    await refuse([script("prediction"), "--models="], 2, /no model, expected one or more/);
    const dry = await run([script("prediction"), models, "--dry-run", out]);
    assert.match(dry.stdout, /would run tiny-gpt2-b: 2,048 neurons against 4,096 tokens/);
    assert.ok(!Object.keys(await contents(folder)).some((path) => path.startsWith("x")));
    const topics = join(folder, "topics.csv");
    await Deno.writeTextFile(topics, "token,is_year\n5,True\n17,False\n");
    await refuse(
      [script("prediction"), models, `--topics=${topics}`, "--device=onnx"],
      4,
      /Cannot take topic "is_year": named as a column of the vocabulary is/,
    );
  }));

Deno.test("un:entropy and un:bos draw what interventions and ablations wrote", () =>
  inFolder(async (folder) => {
    const tokenizer = await openTokenizer(MODEL);
    const text = await Deno.readTextFile("cache/text/sample.txt");
    const ids = tokenizer.encode(text.slice(0, 24_000)).subarray(0, 8 * T);
    const tokens = join(folder, "tokens.safetensors");
    await writeAtomic(tokens, encodeSafetensors({ tokens: { data: ids.slice(), shape: [8, T] } }));
    const out = (name: string) => join(folder, name);
    const model = [`--model=${MODEL}`, "--device=onnx"];
    await done([script("weights"), ...model, `--out=${out("weights")}`]);
    await done([script("neuron_df"), `--weights=${out("weights")}`, `--out=${out("table")}`]);
    const sets = ["--neurons=3.415,2.383", "--controls=3", "--no-frozen"];
    const held = [script("entropy_intervention"), ...model, `--tokens=${tokens}`, ...sets];
    await done([...held, "--values=0,6", `--out=${out("held")}`]);
    const { vocab_cosine_counts: counts } = await readSafetensors(
      join(out("held"), "arrays.safetensors"),
    );
    assert.deepEqual(counts!.shape, [5, 199]);
    const own = counts!.data.subarray(0, 199) as Int32Array;
    assert.equal(own.reduce((a, b) => a + b, 0), 4096, "every token of a chosen neuron");

    const entropy = [script("entropy"), `--neuron-df=${out("table")}`, `--run=${out("held")}`];
    const drawn = await done([...entropy, `--out=${out("entropy")}`]);
    const figures = ["entropy_neuron_weights", "entropy_neuron_intervention", "main_f_entropy"];
    assert.deepEqual(drawn.data.figures, figures);
    await assertDrawn(out("entropy"), figures);
    assert.match(drawn.data.notes[0], /^filter: layer 2 or above, l2_penalty at least /);
    // The table is of weights alone: kurtosis of activations is no filter, and cannot be asked for.
    assert.doesNotMatch(drawn.data.notes[0], /, kurt at most/);
    const kurt = await run([...entropy, "--kurt=5", `--out=${out("kurt")}`]);
    assert.equal(kurt.exit, 4, kurt.stderr);
    assert.match(kurt.stderr, /without kurt, expected a table with/);
    const table = await readTable(join(out("table"), "tables/neuron_df.parquet"));
    const found = await readTable(join(out("entropy"), "tables/neurons.parquet"));
    assert.ok(found.rows > 0 && found.rows === drawn.data.neurons.length);
    for (let row = 0; row < found.rows; row++) {
      const [layer, neuron] = String(found.columns.neuron![row]).split(".").map(Number);
      assert.ok(layer! >= 2);
      assert.equal(
        found.columns.l2_penalty![row],
        table.columns.l2_penalty![layer! * 512 + neuron!],
      );
    }
    const none = await done([...entropy, "--least-penalty=1000", `--out=${out("none")}`]);
    assert.match(none.data.notes[0], /no neuron has layer 2 or above, l2_penalty at least 1000/);
    assert.deepEqual(none.data.figures, figures, "what was held is drawn all the same");
    const single = [...held, "--values=6", `--out=${out("single")}`];
    await done(single);
    const refused = await run([
      ...[...entropy.slice(0, 2), `--run=${out("single")}`, `--out=${out("x")}`],
    ]);
    assert.equal(refused.exit, 4, refused.stderr);
    assert.match(refused.stderr, /at 1 values, expected one with several/);

    const ablated = [script("attention_deactivation"), ...model, `--tokens=${tokens}`];
    const path = ["--context=64", "--after-pos=32", "--max-rank=6"];
    await done([...ablated, ...path, `--out=${out("head")}`]);
    const bos = [script("bos"), `--run=${out("head")}`, `--out=${out("bos")}`];
    const shown = await done(bos);
    assert.deepEqual(shown.data.figures[0], "bos_signal");
    await assertDrawn(out("bos"), shown.data.figures);
    const { heuristic } = JSON.parse(await Deno.readTextFile(join(out("head"), "summary.json")));
    for (const { unit_score: unit } of shown.data.neurons) {
      assert.ok(unit < heuristic.random_min || unit > heuristic.random_max);
    }
    const before = await contents(out("bos"));
    assert.match((await done(bos)).stderr, /^kept/m);
    assert.deepEqual(await contents(out("bos")), before);
    const absent = await run([script("bos"), `--run=${folder}/nothing`, `--out=${out("x")}`]);
    assert.equal(absent.exit, 4, absent.stderr);
    assert.match(absent.stderr, /deno task un:attention-deactivation/);
  }));
