/**
 * Builds the viewer of a made model of GPT-2 small's size with 22 subsets and prints its time, sizes and
 * memory: `deno run -A tests/viewer_measure/measure.ts FOLDER`. The runs are made in a process of their
 * own, so that the memory is the build's. FOLDER keeps runs and viewer, 5 GB.
 */
import { join, resolve } from "node:path";
import type { HostArray } from "../../lib/array.ts";
import { readRun } from "../../lib/store/run/read_run.ts";
import { openRun } from "../../lib/store/run/run_folder.ts";
import { buildViewer } from "../../lib/viewer/build/build_viewer.ts";
import { viewerFiles } from "../../lib/viewer/bundle.ts";
import { gpt2Strings } from "../gpt2_vocabulary.ts";
import { draws, drawToken, madeRuns, type MadeSizes } from "./made_runs.ts";

const SIZES: MadeSizes = {
  layers: 12,
  width: 3072,
  heads: 12,
  vocab: 50_257,
  subsets: 22,
  rows: 19_532, // 10 M tokens
  ctx: 512,
};

function corpusOf({ rows, ctx, vocab }: MadeSizes): HostArray<Int32Array> {
  const draw = draws(99);
  const data = Int32Array.from({ length: rows * ctx }, () => drawToken(draw, vocab));
  return { data, shape: [rows, ctx] };
}

async function peakBytes(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
}

async function build(folder: string, shardNeurons: number) {
  const names = ["summary", "weights", "correlations", "table"];
  const [summary, weights, correlations, neuronDf] = await Promise.all(
    names.map((name) => readRun(join(folder, name))),
  );
  const out = join(folder, `viewer-${shardNeurons}`);
  const corpus = corpusOf(SIZES);
  const before = await peakBytes();
  const start = performance.now();
  await using run = await openRun(out, {
    script: "measure",
    options: { shardNeurons },
    inputs: [],
  });
  await buildViewer(run, {
    runs: {
      summary: summary!,
      weights: weights!,
      correlations: correlations!,
      neuronDf: neuronDf!,
    },
    model: { ...SIZES, name: "made", vocabSize: SIZES.vocab, files: new Map() },
    tokens: gpt2Strings(),
    corpus,
    page: viewerFiles(),
    provenance: {},
    shardNeurons,
    amounts: { examples: 20, subsetExamples: 5, before: 20, after: 10 },
  });
  const { outputs } = await run.finish({ argv: [], options: {}, seeds: {} });
  const bytesOf = (test: RegExp) =>
    outputs.filter(({ path }) => test.test(path)).map(({ bytes }) => bytes);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const shards = bytesOf(/shard-/);
  return {
    shardNeurons,
    seconds: Math.round((performance.now() - start) / 1000),
    "peak_bytes": await peakBytes(),
    "peak_bytes_before_the_build": before,
    files: outputs.length,
    "folder_bytes": sum(bytesOf(/./)),
    "model_bytes": sum(bytesOf(/model/)),
    "token_bytes": sum(bytesOf(/tokens/)),
    "column_bytes": bytesOf(/column-/),
    "shard_bytes_mean": Math.round(sum(shards) / shards.length),
    "shard_bytes_most": Math.max(...shards),
  };
}

const [folder, shard] = Deno.args;
if (folder === undefined) throw new RangeError('Cannot measure in "": no folder, expected one');
const path = resolve(folder);
if (shard === "make") {
  await madeRuns(path, SIZES);
} else {
  const text = JSON.stringify(await build(path, Number(shard ?? 16)), null, 2);
  await Deno.stdout.write(new TextEncoder().encode(`${text}\n`));
}
