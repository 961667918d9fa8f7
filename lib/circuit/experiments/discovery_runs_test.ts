import assert from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/folders.ts";
import { hostArray } from "../../array.ts";
import { type FinishedRun, readRun } from "../../store/run/read_run.ts";
import { openRun } from "../../store/run/run_folder.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { type PromptMeasures, summarizeTests } from "../task/measures.ts";
import { commandFor, joinRuns, largeSample } from "./discovery_runs.ts";

/** What a made run differs in. */
interface Made {
  readonly script?: string;
  readonly count: number;
  readonly model?: string;
  readonly edges?: readonly string[];
  readonly arrays: Readonly<Record<string, number>>;
}

const measures = (value: number): PromptMeasures => ({
  probDiff: Float64Array.of(value, value / 2),
  sharpness: Float64Array.of(value / 4, value / 8),
});

async function makeRun(folder: string, made: Made): Promise<FinishedRun> {
  const { script = "circuit_discovery", model = "a", edges, count, arrays } = made;
  {
    const sha256 = model.repeat(64);
    await using run = await openRun(folder, {
      script: `greater_than/${script}`,
      options: {},
      inputs: [{ name: "model/config.json", path: "config.json", bytes: 1, sha256 }],
    });
    await run.writeArrays(Object.fromEntries(
      Object.entries(arrays).map(([name, value]) => [
        name,
        hostArray(Float32Array.of(value), [1]),
      ]),
    ));
    if (edges) {
      const text = JSON.stringify({ edges: edges.map((edge) => ({ edge })) });
      await run.writeText("circuit.json", text);
    }
    const baseline = measures(count / 100);
    const all: Record<string, PromptMeasures> = {
      baseline,
      ...(edges && { ms: measures(count / 200) }),
    };
    const summaries = summarizeTests(baseline, all, 0);
    await run.writeSummary({ model, count, ...summaries } as unknown as SummaryNumbers);
    const given = { value: model, source: "flag" } as const;
    await run.finish({ argv: [], options: { model: given }, seeds: {} });
  }
  return await readRun(folder);
}

const DISCOVERY: Made = { count: 6, edges: ["x", "y"], arrays: { probs: 1, "probs_ms": 2 } };
const LARGE: Made = {
  script: "big_ds_experiments",
  count: 50,
  edges: ["y", "x"],
  arrays: { probs: 3, "patched_probs": 4 },
};

Deno.test("joinRuns() takes a large sample's answers, and its tests where the circuit is the same", () =>
  inFolder(async (folder) => {
    const discovery = await makeRun(join(folder, "discovery"), DISCOVERY);
    const values = async (sample?: FinishedRun) => {
      const { arrays, counts, numbers } = await joinRuns(discovery, sample);
      const shown = ["probs", "probs_ms"].map((name) => [arrays[name]!.data[0], counts[name]]);
      return [shown, numbers.map(({ value }) => value.toFixed(4))];
    };
    const alone = await values();
    assert.deepEqual(alone[0], [[1, 6], [2, 6]]);
    const same = await makeRun(join(folder, "same"), LARGE);
    const both = await values(same);
    assert.deepEqual(both[0], [[3, 50], [4, 50]]);
    const other = await makeRun(join(folder, "other"), { ...LARGE, edges: ["x"] });
    const mixed = await values(other);
    assert.deepEqual(mixed[0], [[3, 50], [2, 6]]);
    // Model: difference and sharpness; circuit: both again and its share.
    assert.equal(mixed[1]!.length, 5);
    assert.deepEqual(mixed[1], [...both[1]!.slice(0, 2), ...alone[1]!.slice(2)]);
  }));

Deno.test("largeSample() does without a run that nobody asked for, and refuses one of another model", () =>
  inFolder(async (folder) => {
    const discovery = await makeRun(join(folder, "discovery"), DISCOVERY);
    const directory = join(folder, "large");
    assert.equal(await largeSample(discovery, { directory, isAsked: false }), undefined);
    await assert.rejects(largeSample(discovery, { directory, isAsked: true }), {
      code: "E-FILE-MISSING",
    });
    await makeRun(directory, { ...LARGE, model: "b" });
    assert.equal(await largeSample(discovery, { directory, isAsked: false }), undefined);
    await assert.rejects(largeSample(discovery, { directory, isAsked: true }), {
      code: "E-USAGE",
      message: /a run of another model/,
    });
    const own = join(folder, "own");
    await makeRun(own, LARGE);
    assert.equal(
      (await largeSample(discovery, { directory: own, isAsked: false }))?.directory,
      own,
    );
  }));

Deno.test("commandFor() names the model of a run", () =>
  inFolder(async (folder) => {
    const run = await makeRun(folder, DISCOVERY);
    assert.equal(
      commandFor("gt:big-ds-experiments", run),
      "deno task gt:big-ds-experiments --model a",
    );
  }));
