/**
 * The witness: random results of a run, computed again in float64.
 *
 * @module
 */
import { elementCount, type HostArray } from "../array.ts";
import type { GeluForm } from "../device/graph.ts";
import { openReference } from "../device/reference/mod.ts";
import { RandomStream } from "../random.ts";
import { type ForwardOptions, runWithHooks } from "./forward/forward.ts";
import { loadModel } from "./model.ts";
import type { Tokens } from "./tokens.ts";

/** A run as the witness needs it: what went in and what came out. */
export interface ForwardRun {
  readonly tokens: Tokens;
  readonly options: ForwardOptions;
  readonly results: Readonly<Record<string, HostArray>>;
}

/** What the witness saw. */
export interface Testimony {
  /** How many results were recomputed. */
  readonly count: number;
  /** Largest absolute deviation among them. */
  readonly largest: number;
  /** Name and flat index of that result, its value and the float64 one. */
  readonly worst: { name: string; index: number; value: number; reference: number } | null;
}

/** A testimony as one line for people. */
export function reportWitness({ count, largest, worst }: Testimony): string {
  if (!worst) return "witness: nothing to recompute";
  const { name, index, value, reference } = worst;
  return `witness: ${count} results recomputed in float64, largest deviation ` +
    `${largest.toExponential(2)} (${name}[${index}]: ${value} against ${reference})`;
}

interface Pick {
  name: string;
  row: number;
  /** Index within the row. */
  offset: number;
  value: number;
}

/**
 * Recomputes `count` random elements of `results` on the reference device, one row at a time.
 * Every array's first axis must be the run's rows.
 *
 * @throws what {@linkcode runWithHooks} throws.
 */
export async function witnessForward(
  directory: string,
  run: ForwardRun,
  { count, seed = 0, gelu }: { count: number; seed?: number; gelu?: GeluForm | undefined },
): Promise<Testimony> {
  const picks = pickResults(run.results, run.tokens.shape[0]!, { count, seed });
  await using device = openReference();
  await using model = await loadModel(directory, device, { gelu });
  let largest = 0;
  let worst: Testimony["worst"] = null;
  for (const [row, inRow] of Map.groupBy(picks, (pick) => pick.row)) {
    const expected = await runWithHooks(model, rowOf(run.tokens, row) as Tokens, {
      ...optionsOfRow(run.options, row),
      read: [...new Set(inRow.map((pick) => pick.name))],
    });
    for (const { name, offset, value } of inRow) {
      const { data } = expected[name]!;
      const reference = Number(data[offset]);
      const apart = Object.is(value, reference) ? 0 : Math.abs(value - reference);
      if (worst && !(apart > largest) && !Number.isNaN(apart)) continue;
      largest = apart;
      worst = { name, index: row * data.length + offset, value, reference };
    }
  }
  return { count: picks.length, largest, worst };
}

function pickResults(
  results: Readonly<Record<string, HostArray>>,
  rows: number,
  { count, seed }: { count: number; seed: number },
): Pick[] {
  const names = Object.keys(results).filter((name) => results[name]!.data.length > 0);
  if (names.length === 0) return [];
  const stream = new RandomStream(seed, "witness");
  return Array.from({ length: count }, (_, i) => {
    const name = names[stream.integer(2 * i, names.length)]!;
    const { data } = results[name]!;
    const index = stream.integer(2 * i + 1, data.length);
    const perRow = data.length / rows;
    const row = Math.floor(index / perRow);
    return { name, row, offset: index - row * perRow, value: Number(data[index]) };
  });
}

function rowOf({ data, shape }: HostArray, row: number): HostArray {
  const size = elementCount(shape.slice(1));
  return { data: data.slice(row * size, (row + 1) * size), shape: [1, ...shape.slice(1)] };
}

function optionsOfRow(options: ForwardOptions, row: number): ForwardOptions {
  const { residual, writes, signal: _signal, onProgress: _onProgress, ...rest } = options;
  return {
    ...rest,
    ...(residual && { residual: rowOf(residual, row) as HostArray<Float32Array> }),
    writes: writes?.map((write) => {
      const { value } = write;
      const perRow = typeof value === "object" && value.shape.length > 2 &&
        value.shape[0]! > row && value.shape[0]! > 1;
      return perRow ? { ...write, value: rowOf(value, row) as HostArray<Float32Array> } : write;
    }),
  };
}
