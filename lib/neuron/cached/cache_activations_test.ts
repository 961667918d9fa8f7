import assert from "node:assert/strict";
import { join } from "node:path";
import { people } from "../../cli/log.ts";
import { cannot } from "../../errors.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { readSafetensors } from "../../store/format/safetensors.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { cacheActivations } from "./cache_activations.ts";
import { ACTIVATIONS_RUN, openActivations } from "./open_activations.ts";
import { madeTokens, makeCache, openTestModel, TWO_NEURONS } from "./testing.ts";
import { workPlace } from "./write_columns.ts";

const [ROWS, T] = [6, 5];
const TOKENS = madeTokens(ROWS, T);
/** One row a block, saved after each. */
const STEPS = { blockTokens: T, checkpointMinutes: 0 };
const ARRAYS = "arrays.safetensors";

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const { quiet } = people;
  people.quiet = true;
  try {
    await use(folder);
  } finally {
    people.quiet = quiet;
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("cacheActivations() writes what the forward pass gives, neuron by neuron", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    await makeCache(folder, test, { tokens: TOKENS });
    const hooks = TWO_NEURONS.neurons.map(({ layer }) => `blocks.${layer}.mlp.hook_pre`);
    const expected = await runWithHooks(test.model, TOKENS, {
      read: [...hooks, "loss_per_token", "entropy", "rank"],
    });
    await using cached = await openActivations(folder);
    assert.equal(cached.model, "tiny-gpt2-a");
    assert.deepEqual(cached.neurons, TWO_NEURONS.neurons);
    assert.deepEqual(cached.tokens, TOKENS);
    for (const [place, { neuron }] of cached.neurons.entries()) {
      const { data, shape } = expected[hooks[place]!]!;
      const column = Float32Array.from(
        { length: ROWS * T },
        (_, i) => Number(data[i * shape[2]! + neuron]),
      );
      assert.deepEqual(await cached.read(place), column);
    }
    const { data: entropy } = expected.entropy!;
    assert.deepEqual((await cached.entropy()).data, Float32Array.from(entropy as Float64Array));
    for (const [name, output] of [["loss", "loss_per_token"], ["rank", "rank"]] as const) {
      const { data, shape } = await cached[name]();
      assert.deepEqual(shape, [ROWS, T]);
      const rows = Array.from({ length: ROWS }, (_, row) => [
        ...Array.from(
          { length: T - 1 },
          (_, t) => Math.fround(Number(expected[output]!.data[row * (T - 1) + t])),
        ),
        0,
      ]);
      assert.deepEqual([...data], rows.flat());
    }
  }));

Deno.test("cacheActivations() runs no layer past the last that is asked", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    const names: string[] = [];
    const model = new Proxy(test.model, {
      get(target, key) {
        if (key === "tensor") return (name: string) => (names.push(name), target.tensor(name));
        return Reflect.get(target, key);
      },
    });
    await makeCache(folder, { ...test, model }, {
      tokens: TOKENS,
      request: { neurons: [{ layer: 1, neuron: 3 }], outputs: [] },
    });
    assert.ok(names.some((name) => name.startsWith("blocks.1.")));
    assert.ok(!names.some((name) => /^blocks\.[23]|^unembed|^ln_final/.test(name)), names.join());
    await using cached = await openActivations(folder);
    await assert.rejects(cached.loss(), { code: "E-FILE-MISSING", hint: /without --no-loss/ });
  }));

for (const precision of ["8", "16", "32"] as const) {
  Deno.test(`cacheActivations() stopped after any block gives the same bytes in ${precision} bits`, () =>
    inFolder(async (folder) => {
      await using test = await openTestModel();
      const request = { precision };
      const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
      // Columns of several blocks wait here, of one block there.
      await makeCache(whole, test, { tokens: TOKENS, request, options: { blockTokens: T } });
      for (let stop = 0; stop < ROWS; stop++) {
        const stopper = new AbortController();
        const reason = cannot("E-STOPPED", {
          do: "finish",
          thing: "test",
          is: "stopped",
          expected: "time",
          hint: "again",
        });
        const onProgress = (rows: number) => rows === stop && stopper.abort(reason);
        const options = { blockTokens: T, signal: stopper.signal, onProgress };
        const stopped = makeCache(broken, test, { tokens: TOKENS, request, options });
        await assert.rejects(stopped, { code: "E-STOPPED" });
        const { rows } = JSON.parse(await Deno.readTextFile(workPlace(broken).progress));
        assert.equal(rows, stop);
      }
      await makeCache(broken, test, { tokens: TOKENS, request, options: { blockTokens: T } });
      for (const name of [ARRAYS, "tokens.safetensors", "summary.json"]) {
        const [a, b] = await Promise.all(
          [whole, broken].map((out) => Deno.readFile(join(out, name))),
        );
        assert.deepEqual(a, b, name);
      }
    }));
}

Deno.test("cacheActivations() goes on where rows were written that no record names", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    const [whole, broken] = [join(folder, "whole"), join(folder, "broken")];
    await makeCache(whole, test, { tokens: TOKENS });
    const stopper = new AbortController();
    const onProgress = (rows: number) => rows === 2 && stopper.abort(new Error("stop"));
    const options = { ...STEPS, signal: stopper.signal, onProgress };
    await assert.rejects(makeCache(broken, test, { tokens: TOKENS, options }), /stop/);
    // As if killed in the middle of a write of rows 2 to 4.
    const { columns } = workPlace(broken);
    const bytes = await Deno.readFile(columns);
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (const row of [2, 3, 4]) bytes.fill(0xaa, header + 4 * T * row, header + 4 * T * row + 9);
    await Deno.writeFile(columns, bytes);
    let computed = 0;
    const counted = { ...STEPS, onProgress: () => computed++ };
    await makeCache(broken, test, { tokens: TOKENS, options: counted });
    assert.equal(computed - 1, ROWS - 2);
    assert.deepEqual(
      await Deno.readFile(join(broken, ARRAYS)),
      await Deno.readFile(join(whole, ARRAYS)),
    );
  }));

/** A run whose process ends after its columns were renamed, before it is recorded. */
async function killedBeforeRecord(folder: string, test: Awaited<ReturnType<typeof openTestModel>>) {
  const identity = { script: ACTIVATIONS_RUN.script, options: { name: "test" }, inputs: [] };
  await using run = await openRun(folder, identity);
  const setup = { model: test.found, corpus: { tokens: TOKENS }, request: TWO_NEURONS };
  await cacheActivations(run, setup, { model: () => Promise.resolve(test.model) });
}

Deno.test("cacheActivations() computes nothing again when only the record is missing", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    await killedBeforeRecord(folder, test);
    const bytes = await Deno.readFile(join(folder, ARRAYS));
    const model = () => Promise.reject(new Error("computes again"));
    await using run = await openRun(folder, {
      script: ACTIVATIONS_RUN.script,
      options: { name: "test" },
      inputs: [],
    });
    const setup = { model: test.found, corpus: { tokens: TOKENS }, request: TWO_NEURONS };
    await cacheActivations(run, setup, { model });
    await run.finish({ argv: [], options: {}, seeds: {} });
    assert.deepEqual(await Deno.readFile(join(folder, ARRAYS)), bytes);
    await using _cached = await openActivations(folder);
  }));

Deno.test("cacheActivations() begins again for another run, a damaged record, a cut file, --force", async (t) => {
  await using test = await openTestModel();
  const cases: Record<string, (folder: string) => Promise<{ name?: string; force?: boolean }>> = {
    "another run": () => Promise.resolve({ name: "other" }),
    "--force": () => Promise.resolve({ force: true }),
    "a damaged record": async (folder) => {
      await Deno.writeTextFile(workPlace(folder).progress, '{"schema":');
      return {};
    },
    "a record between blocks": async (folder) => {
      const { progress } = workPlace(folder);
      const text = await Deno.readTextFile(progress);
      await Deno.writeTextFile(progress, text.replace('"rows":2', '"rows":700'));
      return {};
    },
    "a cut file": async (folder) => {
      await Deno.truncate(workPlace(folder).columns, 400);
      return {};
    },
    "an absent file": async (folder) => {
      await Deno.remove(workPlace(folder).columns);
      return {};
    },
  };
  for (const [title, damage] of Object.entries(cases)) {
    await t.step(title, () =>
      inFolder(async (folder) => {
        const stopper = new AbortController();
        const onProgress = (rows: number) => rows === 2 && stopper.abort(new Error("stop"));
        const options = { ...STEPS, signal: stopper.signal, onProgress };
        await assert.rejects(makeCache(folder, test, { tokens: TOKENS, options }), /stop/);
        const { name, force } = await damage(folder);
        const rows: number[] = [];
        const again = { ...STEPS, force, onProgress: (done: number) => void rows.push(done) };
        await makeCache(folder, test, { tokens: TOKENS, name, options: again });
        assert.deepEqual(rows, [0, 1, 2, 3, 4, 5, 6]);
      }));
  }
});

Deno.test("cacheActivations() in 8 bits is within half a step of every value, and says so", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    const [full, small] = [join(folder, "32"), join(folder, "8")];
    await makeCache(full, test, { tokens: TOKENS });
    await makeCache(small, test, { tokens: TOKENS, request: { precision: "8" } });
    await using exact = await openActivations(full);
    await using cached = await openActivations(small);
    const { scale } = await readSafetensors(join(small, ARRAYS));
    let largest = 0;
    for (const place of [0, 1]) {
      const [a, b] = [await exact.read(place), await cached.read(place)];
      const apart = Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
      assert.ok(apart > 0 && apart <= Number(scale!.data[place]) * 0.5001);
      largest = Math.max(largest, ...[...a].map((value, i) => Math.abs(value - b[i]!)));
    }
    const summary = await cached.run.summary();
    assert.equal(summary["quantisation_error"], largest);
    assert.ok(Number(summary["quantisation_error_steps"]) <= 0.5001);
    assert.deepEqual(await cached.loss(), await exact.loss());
  }));

Deno.test("cacheActivations() aggregates rows over the positions that count", () =>
  inFolder(async (folder) => {
    await using test = await openTestModel();
    const counted = Uint8Array.from({ length: ROWS * T }, (_, i) => Number(i % T !== i % 4));
    await makeCache(join(folder, "none"), test, { tokens: TOKENS });
    await using plain = await openActivations(join(folder, "none"));
    for (const aggregation of ["mean", "max", "last"] as const) {
      const out = join(folder, aggregation);
      const options = { blockTokens: 4 * T };
      await makeCache(out, test, {
        tokens: TOKENS,
        request: { aggregation },
        setup: { counted },
        options,
      });
      await using cached = await openActivations(out);
      const [values, rows] = [await plain.read(0), await cached.read(0)];
      assert.equal(rows.length, ROWS);
      for (let row = 0; row < ROWS; row++) {
        const kept = [...values.subarray(row * T, (row + 1) * T)]
          .filter((_, t) => counted[row * T + t]);
        const expected = aggregation === "max"
          ? Math.max(...kept)
          : aggregation === "last"
          ? kept.at(-1)!
          : kept.reduce((sum, value) => sum + value, 0) / kept.length;
        assert.ok(Math.abs(rows[row]! - expected) < 1e-6, aggregation);
      }
      const { index_mask: mask } = await readSafetensors(join(out, "tokens.safetensors"));
      assert.deepEqual(mask, { data: counted, shape: [ROWS, T] });
    }
  }));
