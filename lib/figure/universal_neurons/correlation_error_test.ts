import assert from "node:assert/strict";
import { normal } from "../../../tests/random.ts";
import { NeuriteError } from "../../errors.ts";
import { renderSvg } from "../render.ts";
import { correlationErrors, errorFigures, errorNumbers } from "./correlation_error.ts";
import { subsetFigures } from "./correlation_by_subset.ts";
import { checkComparable, type CorrelationRun } from "./correlation_runs.ts";

const N = 200;
const TRUE = normal([N], 1, 0.1).data.map((x) => 0.4 + Math.abs(x));

/** A run whose largest correlations are off by noise that falls with the tokens. */
function made(tokens: number, more: Partial<CorrelationRun> = {}): CorrelationRun {
  const noise = normal([N], tokens, 3 / Math.sqrt(tokens)).data;
  const maximum = TRUE.map((x, i) => x + Math.abs(noise[i]!));
  const at = Int32Array.from({ length: N }, (_, i) => Math.abs(noise[i]!) > 0.05 ? -1 : i);
  const baseline = new Float32Array(N).fill(0.1);
  return {
    directory: `run of ${tokens}`,
    model: "a",
    partners: ["b", "c"],
    tokens,
    subset: undefined,
    settings: "drop newline",
    pairs: [{ maximum, at }, { maximum, at }],
    mean: maximum,
    baseline,
    excess: maximum.map((x, i) => x - baseline[i]!),
    share: { mean: 0.02, sd: 0.001 },
    ...more,
  };
}

Deno.test("correlationErrors() hold each run against that of most tokens", () => {
  const errors = correlationErrors([made(10_000), made(100), made(1000)], 0.5);
  assert.deepEqual(errors.map(({ tokens }) => tokens), [100, 1000, 10_000]);
  const last = errors.at(-1)!;
  assert.deepEqual(last.difference, [0, 0, 0]);
  assert.deepEqual([last.sameNeuron, last.rank, last.kept, last.confirmed], [1, 1, 1, 1]);
  const [first, second] = errors as [typeof last, typeof last];
  assert.ok(first.difference[1] > second.difference[1] && second.difference[1] > 0);
  assert.ok(first.rank < second.rank && second.rank < 1);
  assert.ok(first.confirmed! < second.confirmed!);
  assert.ok(first.universal! > second.universal!);
});

Deno.test("correlationErrors() know the median of a shift, and the sets by hand", () => {
  const whole = made(1000, { excess: Float32Array.from({ length: N }, (_, i) => i < 4 ? 0.6 : 0) });
  const shifted = made(10, {
    pairs: whole.pairs.map(({ maximum, at }) => ({ maximum: maximum.map((x) => x + 0.25), at })),
    mean: whole.mean,
    excess: Float32Array.from({ length: N }, (_, i) => i > 1 && i < 9 ? 0.6 : 0.5),
  });
  const [error] = correlationErrors([shifted, whole], 0.5);
  for (const value of error!.difference) assert.ok(Math.abs(value - 0.25) < 1e-6);
  assert.deepEqual([error!.sameNeuron, error!.rank, error!.universal], [1, 1, 7]);
  assert.deepEqual([error!.kept, error!.confirmed], [2 / 4, 2 / 7]);
});

Deno.test("errorFigures() draw both, and without a baseline what there is", async () => {
  const runs = [made(10_000), made(100), made(1000)];
  const titles = { model: "a", border: 0.5 };
  const bare = runs.map((run) => ({ ...run, excess: undefined }));
  for (const [given, lines] of [[runs, 4], [bare, 2]] as const) {
    const errors = correlationErrors(given, 0.5);
    const [error, agreement] = errorFigures(errors, titles);
    assert.match(await renderSvg(error!.spec), />10k<\/text>/);
    const svg = await renderSvg(agreement!.spec);
    assert.equal(svg.match(/mark-line role-mark/g)!.length, lines);
    assert.equal(errorNumbers(errors).length, 2);
  }
});

Deno.test("subsetFigures() draw a box a subset, and the share where there is a baseline", async () => {
  const runs = [made(500), made(600, { subset: "arxiv" })];
  const titles = { model: "a", border: 0.5 };
  const figures = subsetFigures(runs, titles);
  assert.deepEqual(figures.map(({ name }) => name), [
    "correlation-by-subset",
    "universal-by-subset",
  ]);
  for (const { spec } of figures) {
    const svg = await renderSvg(spec);
    for (const text of ["all rows", "arxiv"]) assert.match(svg, new RegExp(`>${text}</text>`));
  }
  assert.deepEqual(figures[1]!.table!.rows[1], ["arxiv", 600, "2.000 %", "0.100 %"]);
  const bare = runs.map((run) => ({ ...run, baseline: undefined, share: undefined }));
  const [only, ...none] = subsetFigures(bare, titles);
  assert.equal(none.length, 0);
  assert.doesNotMatch(await renderSvg(only!.spec), />baseline<\/text>/);
  const many = Array.from({ length: 22 }, (_, i) => made(500, { subset: `pile_subset_${i}` }));
  assert.match(await renderSvg(subsetFigures(many, titles)[0]!.spec), />pile_subset_21<\/text>/);
});

Deno.test("checkComparable() refuses runs of other models, partners or settings", () => {
  const refuse = (other: Partial<CorrelationRun>, words: RegExp) =>
    assert.throws(
      () => checkComparable([made(10), made(20, other)]),
      (error) =>
        error instanceof NeuriteError && error.code === "E-USAGE" && words.test(error.message),
    );
  checkComparable([made(10), made(20)]);
  refuse({ model: "z" }, /a run of z/);
  refuse({ partners: ["b"] }, /against b,/);
  refuse({ settings: "drop none" }, /with drop none/);
});
