/**
 * Finished runs of a model that does not exist, as large as asked for: what a viewer is built from.
 *
 * @module
 */
import { join } from "node:path";
import type { StreamedArray } from "../../lib/store/format/safetensors_stream.ts";
import { streamSafetensors } from "../../lib/store/format/safetensors_stream.ts";
import { type FinishedRun, readRun } from "../../lib/store/run/read_run.ts";
import { openRun, type RunFolder } from "../../lib/store/run/run_folder.ts";
import type { ViewerRuns } from "../../lib/viewer/build/sources.ts";

/** Sizes of the made model and of its corpus. */
export interface MadeSizes {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocab: number;
  readonly subsets: number;
  /** B and T of the rows. */
  readonly rows: number;
  readonly ctx: number;
}

/** A xorshift stream: hundreds of millions of numbers are drawn. */
export function draws(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b9) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A token id as frequent as text has them. */
export function drawToken(draw: () => number, vocab: number): number {
  return Math.min(vocab - 1, Math.floor(Math.exp(draw() * Math.log(vocab + 1))) - 1);
}

/** Fills a neuron's row. */
type FillRow = (row: Float32Array | Int32Array, draw: () => number) => void;

function array(
  neurons: number,
  width: number,
  { type, seed, fill }: { type: "F32" | "I32"; seed: number; fill: FillRow },
): StreamedArray {
  const BLOCK = 1024;
  function* chunks() {
    const draw = draws(seed);
    for (let first = 0; first < neurons; first += BLOCK) {
      const count = Math.min(BLOCK, neurons - first);
      const data = new (type === "F32" ? Float32Array : Int32Array)(count * width);
      for (let i = 0; i < count; i++) fill(data.subarray(i * width, (i + 1) * width), draw);
      yield new Uint8Array(data.buffer);
    }
  }
  return { type, shape: width === 1 ? [neurons] : [neurons, width], chunks };
}

/** Activations around examples: most a little below 0, few far above it. */
function contexts(neurons: number, examples: number, seed: number): StreamedArray {
  const width = 41;
  function* chunks() {
    const draw = draws(seed * 10 + 8);
    for (let neuron = 0; neuron < neurons; neuron++) {
      const row = Float16Array.from({ length: examples * width }, (_, i) => {
        if (i % width === 20) return 4 + draw();
        return draw() < 0.9 ? -0.17 * draw() : 2 * draw();
      });
      yield new Uint8Array(row.buffer);
    }
  }
  return { type: "F16", shape: [neurons, examples, width], chunks };
}

/** A bell over the bins with the noise of its counts. */
function bell(total: number, spread: number): FillRow {
  return (row, draw) => {
    const middle = row.length * (0.35 + 0.1 * draw());
    const sd = row.length * spread * (0.5 + draw());
    const peak = total / (sd * Math.sqrt(2 * Math.PI));
    for (let k = 0; k < row.length; k++) {
      const mean = peak * Math.exp(-(((k - middle) / sd) ** 2) / 2);
      row[k] = Math.round(mean + Math.sqrt(mean) * (draw() - 0.5) * 3);
    }
  };
}

const falling = (top: number): FillRow => (row, draw) => {
  let value = top * (0.5 + draw());
  for (let k = 0; k < row.length; k++) row[k] = value *= 1 - draw() / 40;
};
const ids = (below: number): FillRow => (row, draw) => {
  for (let k = 0; k < row.length; k++) row[k] = Math.floor(draw() * below);
};
const tokenIds = (vocab: number): FillRow => (row, draw) => {
  for (let k = 0; k < row.length; k++) row[k] = drawToken(draw, vocab);
};

function activityArrays(sizes: MadeSizes, seed: number, share: number) {
  const { layers, width, vocab, rows, ctx } = sizes;
  const n = layers * width;
  const tokens = rows * ctx;
  const make = (type: "F32" | "I32", columns: number, fill: FillRow, own: number) =>
    array(n, columns, { type, seed: seed * 10 + own, fill });
  const edges = Float32Array.from({ length: 256 }, (_, k) => (25 * k - 2550) / 255);
  return {
    "neuron_bin_edges": {
      type: "F32",
      shape: [256],
      chunks: () => [new Uint8Array(edges.buffer)],
    } satisfies StreamedArray,
    "neuron_bin_counts": make("I32", 257, bell(tokens * share, 0.06), 1),
    "max_activating_value": make("F32", 50, falling(8), 2),
    "max_activating_index": make("I32", 50, ids(tokens), 3),
    "max_activating_context": contexts(n, share === 1 ? 20 : 5, seed),
    "vocab_max": make("F32", 100, falling(6), 4),
    "vocab_max_ix": make("I32", 100, tokenIds(vocab), 5),
    "vocab_mean": make("F32", 100, falling(3), 6),
    "vocab_mean_ix": make("I32", 100, tokenIds(vocab), 7),
  };
}

function weightArrays({ layers, width, heads, vocab }: MadeSizes) {
  const n = layers * width;
  const kinds = [
    ...["E_in", "U_in", "E_out", "U_out"].map((name) => [name, 100, vocab] as const),
    ...["in_in", "in_out", "out_in", "out_out"].map((name) => [name, 20, n] as const),
  ];
  const compositions = kinds.flatMap(([name, k, below], i) =>
    [
      [`${name}_hist`, array(n, 101, { type: "I32", seed: 500 + i, fill: bell(below, 0.03) })],
      ...["top", "bottom"].flatMap((end, j) =>
        [
          [
            `${name}_${end}`,
            array(n, k, { type: "F32", seed: 600 + 2 * i + j, fill: falling(0.4) }),
          ],
          [
            `${name}_${end}_ix`,
            array(n, k, { type: "I32", seed: 700 + 2 * i + j, fill: ids(below) }),
          ],
        ] as const
      ),
    ] as const
  );
  const ofHeads = ["v", "o", "query_side", "key_side"].map((name, i) =>
    [
      `comp_${name}`,
      array(n, layers * heads, {
        type: "F32",
        seed: 800 + i,
        fill: (row, draw) => row.forEach((_, k) => row[k] = draw() / 4),
      }),
    ] as const
  );
  const norm = array(n, 1, { type: "F32", seed: 900, fill: falling(2) });
  return { ...Object.fromEntries([...compositions, ...ofHeads]), "w_in_norm": norm };
}

/** Numbers of the neuron table. */
const COLUMNS = ["excess_corr", "mean_corr", "sparsity", "mean", "skew", "kurt", "vocab_kurt"];

async function finished(
  directory: string,
  script: string,
  write: (run: RunFolder) => Promise<void>,
): Promise<FinishedRun> {
  await using run = await openRun(directory, { script, options: {}, inputs: [] });
  await write(run);
  await run.finish({ argv: [], options: {}, seeds: {} });
  return await readRun(directory);
}

/** Writes runs of summary (with subsets), weights, correlations and neuron_df. */
export async function madeRuns(folder: string, sizes: MadeSizes): Promise<ViewerRuns> {
  const n = sizes.layers * sizes.width;
  const model = "made";
  const summary = await finished(
    join(folder, "summary"),
    "universal_neurons/summary",
    async (run) => {
      const names = Array.from({ length: sizes.subsets }, (_, i) => `part ${i + 1}`);
      await run.writeFile("arrays.safetensors", streamSafetensors(activityArrays(sizes, 0, 1)));
      for (const [i] of names.entries()) {
        const arrays = activityArrays(sizes, i + 1, 1 / sizes.subsets);
        await run.writeFile(`subset_${i}.safetensors`, streamSafetensors(arrays));
      }
      await run.writeTable("neurons", [{
        name: "layer",
        type: "int32",
        values: new Int32Array(n),
      }]);
      const subsets = Object.fromEntries(names.map((name, i) => [name, { file: `subset_${i}` }]));
      await run.writeSummary({ model, layers: sizes.layers, subsets });
    },
  );
  const weights = await finished(
    join(folder, "weights"),
    "universal_neurons/weights",
    async (run) => {
      await run.writeFile("arrays.safetensors", streamSafetensors(weightArrays(sizes)));
      await run.writeTable("neurons", [{
        name: "layer",
        type: "int32",
        values: new Int32Array(n),
      }]);
      await run.writeSummary({ model, layers: sizes.layers });
    },
  );
  const partners = ["b", "c", "d", "e"];
  const correlations = await finished(
    join(folder, "correlations"),
    "universal_neurons/correlations",
    async (run) => {
      for (const [i, name] of partners.entries()) {
        const file = streamSafetensors({
          "max_corr": array(n, 1, { type: "F32", seed: 40 + i, fill: falling(0.6) }),
          "max_corr_ix": array(n, 1, { type: "I32", seed: 50 + i, fill: ids(n) }),
        });
        await run.writeFile(`pair_made-${name}.safetensors`, file);
      }
      const mean = array(n, 1, { type: "F32", seed: 60, fill: falling(0.6) });
      await run.writeFile("arrays.safetensors", streamSafetensors({ "pairs_mean_corr": mean }));
      const pairs = Object.fromEntries(partners.map((name) => [`made-${name}`, {}]));
      await run.writeSummary({ "model_1": model, layers: sizes.layers, pairs });
    },
  );
  const neuronDf = await finished(
    join(folder, "table"),
    "universal_neurons/neuron_df",
    async (run) => {
      const draw = draws(70);
      await run.writeTable(
        "neuron_df",
        COLUMNS.map((name) => ({
          name,
          type: "float64",
          values: Float64Array.from({ length: n }, () => (draw() + draw() + draw() - 1) * 2),
        })),
      );
      await run.writeSummary({ model, layers: sizes.layers });
    },
  );
  return { summary, weights, correlations, neuronDf };
}
