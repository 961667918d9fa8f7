// random_years and topk_years from the command to their files, on an embedded model.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors } from "../lib/store/format/safetensors.ts";
import { openReference } from "../lib/device/reference/mod.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel } from "../lib/model/model.ts";
import { openTokenizer } from "../lib/model/tokenizer.ts";
import { run } from "./bad_input/command.ts";
import { contents, inFolder } from "./folders.ts";

const MODEL = "cache/models/tiny-gpt2-a";
const COUNT = 6;

interface Means {
  readonly mean: number;
  readonly sd: number;
  readonly ci: readonly [number, number];
}

interface Printed {
  readonly directory: string;
  readonly summary: Readonly<Record<string, Means>>;
}

function command(script: string, out: string, ...more: string[]): string[] {
  const path = `scripts/greater_than/${script}.ts`;
  return [
    path,
    `--model=${MODEL}`,
    "--device=reference",
    `--count=${COUNT}`,
    `--out=${out}`,
    ...more,
  ];
}

/** Float64 probabilities of the whole vocabulary after each row of tokens. */
async function softmaxRows(tokens: Int32Array, T: number): Promise<Float64Array[]> {
  await using device = openReference();
  await using model = await loadModel(MODEL, device);
  const shape = [tokens.length / T, T];
  const read = { read: ["logits"], positions: "last" } as const;
  const { logits } = await runWithHooks(model, { data: tokens, shape }, read);
  const V = model.config.vocabSize;
  return Array.from({ length: shape[0]! }, (_, n) => {
    const powers = Float64Array.from(
      (logits!.data as Float64Array).subarray(n * V, (n + 1) * V),
      Math.exp,
    );
    const total = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / total);
  });
}

function assertMean(found: Means | undefined, values: number[], what: string): void {
  const mean = values.reduce((a, b) => a + b) / values.length;
  assert.ok(Math.abs(found!.mean - mean) < 1e-9, `${what}: ${found!.mean} against ${mean}`);
  const [low, high] = found!.ci;
  assert.ok(low <= mean && mean <= high, `${what}: ${low} to ${high}`);
}

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0);

Deno.test("random_years measures what the model says after five years", async () => {
  await inFolder(async (out) => {
    const { exit, stdout, stderr } = await run(command("random_years", out, "--json"));
    assert.equal(exit, 0, stderr);
    const { directory, summary } = JSON.parse(stdout) as Printed;
    assert.equal(directory, out);
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const [tokens, YY, ids] = ["tokens", "YY", "year_token_ids"]
      .map((name) => arrays[name]!.data as Int32Array) as [Int32Array, Int32Array, Int32Array];
    const rows = await softmaxRows(tokens, 16);
    const years = rows.map((row) => Array.from(ids, (id) => row[id]!));
    const part = (from: (yy: number) => number, to: (yy: number) => number) =>
      years.map((row, n) => sum(row.slice(from(YY[n]!), to(YY[n]!))));
    assertMean(summary.next_year, part((yy) => yy + 1, (yy) => yy + 2), "next");
    assertMean(summary.later_years, part((yy) => yy + 1, () => 100), "later");
    assertMean(summary.other_years, part(() => 0, (yy) => yy + 1), "other");
    const before = await contents(out);
    const again = await run(command("random_years", out));
    assert.equal(again.exit, 0, again.stderr);
    assert.match(again.stderr, /kept .+: finished before with the same options and inputs/);
    assert.match(again.stdout, /p\(all years after Y5\)/);
    assert.deepEqual(await contents(out), before);
  });
});

Deno.test("topk_years measures which of the most probable tokens fit", async () => {
  await inFolder(async (out) => {
    const { exit, stdout, stderr } = await run(command("topk_years", out, "--json"));
    assert.equal(exit, 0, stderr);
    const { summary } = JSON.parse(stdout) as Printed;
    const arrays = await readSafetensors(join(out, "arrays.safetensors"));
    const good = arrays.good_tokens!.data as Int32Array;
    const [XX, YY] = [arrays.XX!.data as Int32Array, arrays.YY!.data as Int32Array];
    const tokenizer = await openTokenizer(MODEL);
    const top = (row: Float64Array, k: number) =>
      Array.from(row, (p, id) => ({ p, text: tokenizer.decode([id]) }))
        .sort((a, b) => b.p - a.p).slice(0, k);
    const number = (text: string) => /^\d+$/.test(text) ? Number(text) : 0;
    const century = (await softmaxRows(good.filter((_, i) => i % 13 !== 12), 12))
      .map((row) => top(row, 100));
    const year = (await softmaxRows(good, 13)).map((row) => top(row, 5));
    const mass = (
      rows: typeof century,
      fits: (text: string, row: number) => boolean,
    ) => rows.map((row, n) => sum(row.filter(({ text }) => fits(text, n)).map(({ p }) => p)));
    const count = (fits: (text: string, row: number) => boolean) =>
      year.map((row, n) => row.filter(({ text }) => fits(text, n)).length);
    const expected = {
      "century_at_least": mass(century, (text, n) => number(text.slice(1)) >= XX[n]!),
      "century_equal": mass(century, (text, n) => number(text.slice(1)) === XX[n]),
      "century_top": mass(century, () => true),
      "year_at_least": mass(year, (text, n) => number(text) >= YY[n]!),
      "year_above": mass(year, (text, n) => number(text) > YY[n]!),
      "year_top": mass(year, () => true),
      "year_count_at_least": count((text, n) => number(text) >= YY[n]!),
      "year_count_above": count((text, n) => number(text) > YY[n]!),
    };
    for (const [name, values] of Object.entries(expected)) assertMean(summary[name], values, name);
  });
});

for (const script of ["random_years", "topk_years"]) {
  Deno.test(`${script} has nothing to check, and a dry run touches nothing`, async () => {
    await inFolder(async (folder) => {
      const out = join(folder, "out");
      const checked = await run(command(script, out, "--check"));
      assert.equal(checked.exit, 2);
      assert.match(
        checked.stderr,
        /error\[E-USAGE\] Cannot check "greater_than\/.+: an experiment/,
      );
      const dry = await run(command(script, out, "--dry-run"));
      assert.deepEqual([dry.exit, dry.stdout.startsWith(`would run ${COUNT} `)], [0, true]);
      assert.deepEqual(await contents(folder), {});
    });
  });
}
