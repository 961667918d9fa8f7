/**
 * Finished runs as `un:neuron-df` and `un:weights` write them, with made numbers that are related as a
 * model's are: universal neurons fire rarely, and rare neurons have unlike input and output weights.
 *
 * @module
 */
import { openRun } from "../lib/store/run/run_folder.ts";
import type { TableColumn } from "../lib/store/format/table.ts";
import { normal } from "./random.ts";

/** What a made model is. */
export interface MadeNeurons {
  readonly model: string;
  readonly layers: number;
  /** Neurons of a layer. */
  readonly width: number;
  readonly seed: number;
  /** About this share of neurons is universal. */
  readonly share: number;
}

/** Columns of all neurons by the original's names. */
export function madeColumns({ layers, width, seed, share }: MadeNeurons) {
  const n = layers * width;
  const draw = (stream: number) => normal([n], 1000 * seed + stream).data;
  const [a, b, c, d, e] = [draw(1), draw(2), draw(3), draw(4), draw(5)];
  const order = [...a.keys()].sort((i, j) => a[j]! - a[i]!);
  const universal = new Set(order.slice(0, Math.round(share * n)));
  const column = (value: (i: number, isUniversal: boolean) => number) =>
    Float64Array.from({ length: n }, (_, i) => value(i, universal.has(i)));
  const baseline = column((i) => 0.2 + 0.03 * Math.abs(b[i]!));
  const excess = column((i, is) =>
    is ? 0.52 + 0.06 * Math.abs(b[i]!) : Math.min(0.49, 0.15 + 0.07 * Math.abs(a[i]!))
  );
  const sparsity = column((i, is) => 1 / (1 + Math.exp(2.2 + 0.7 * c[i]! + (is ? 1 : 0))));
  return {
    "max_corr": excess.map((x, i) => x + baseline[i]! + 0.04),
    "mean_corr": excess.map((x, i) => x + baseline[i]!),
    "min_corr": excess.map((x, i) => x + baseline[i]! - 0.05),
    "mean_baseline": baseline,
    "input_bias": column((i, is) => -0.4 + 0.25 * d[i]! - (is ? 0.3 : 0)),
    "in_out_sim": column((i) => 0.12 * d[i]! - 1.5 * (sparsity[i]! - 0.12)),
    "l2_penalty": column((i, is) => 1.2 + 0.15 * e[i]! + (is ? 0.3 : 0)),
    mean: column((i, is) => -0.9 + 0.3 * c[i]! - (is ? 0.2 : 0)),
    skew: column((i, is) => 0.3 + 0.6 * d[i]! + (is ? 1.5 : 0)),
    kurt: column((i, is) => 3 + e[i]! ** 2 + (is ? 6 + b[i]! ** 2 : 0)),
    "vocab_skew": column((i, is) => 0.2 * c[i]! + (is ? 0.4 : 0)),
    "vocab_kurt": column((i, is) => 3 + 0.2 * Math.abs(e[i]!) ** 3 + (is && d[i]! > 0.8 ? 20 : 0)),
    sparsity,
    "excess_corr": excess,
  };
}

/** Names of {@linkcode madeColumns}. */
export type MadeColumn = keyof ReturnType<typeof madeColumns>;

/** Writes a finished run of neuron_df, without the columns of `without`. */
export async function writeNeuronDf(
  directory: string,
  made: MadeNeurons,
  without: readonly MadeColumn[] = [],
): Promise<void> {
  const { model, layers, width } = made;
  const places = Int32Array.from({ length: layers * width }, (_, i) => i);
  const columns = Object.entries(madeColumns(made))
    .filter(([name]) => !without.includes(name as MadeColumn));
  await using run = await openRun(directory, {
    script: "universal_neurons/neuron_df",
    options: { ...made },
    inputs: [],
  });
  await run.writeTable("neuron_df", [
    { name: "layer", type: "int32", values: places.map((i) => Math.floor(i / width)) },
    { name: "neuron", type: "int32", values: places.map((i) => i % width) },
    ...columns.map(([name, values]): TableColumn => ({ name, type: "float64", values })),
  ]);
  await run.writeSummary({ model, layers });
  await run.finish({ argv: [], options: {}, seeds: {} });
}

/** Writes a finished run of weights, with the largest and least cosines alone. */
export async function writeWeights(directory: string, made: MadeNeurons): Promise<void> {
  const n = made.layers * made.width;
  const { excess_corr: excess } = madeColumns(made);
  const tops = (stream: number) => {
    const noise = normal([n], 1000 * made.seed + stream).data;
    const data = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      data[2 * i] = Math.min(0.95, Math.max(0, 0.3 + 0.6 * excess[i]! + 0.08 * noise[i]!));
      data[2 * i + 1] = data[2 * i]! / 2;
    }
    return { data, shape: [n, 2] };
  };
  await using run = await openRun(directory, {
    script: "universal_neurons/weights",
    options: { ...made },
    inputs: [],
  });
  const bottoms = ({ data, shape }: ReturnType<typeof tops>) => ({
    data: data.map((value) => -0.8 * value),
    shape,
  });
  await run.writeArrays({
    ...{ "in_in_top": tops(11), "out_out_top": tops(12) },
    ...{ "in_in_bottom": bottoms(tops(13)), "out_out_bottom": bottoms(tops(14)) },
  });
  await run.writeSummary({ model: made.model, layers: made.layers });
  await run.finish({ argv: [], options: {}, seeds: {} });
}
