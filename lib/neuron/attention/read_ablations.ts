/**
 * Finished runs of attention deactivation, one a head, as the BOS family is drawn from them.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { haveSameInputs, readSourceRun } from "../../store/run/source_run.ts";

/** The script whose runs are read, and its command. */
export const ABLATION_RUN = {
  script: "universal_neurons/attention_deactivation",
  command: "deno task un:attention-deactivation",
} as const;

/** A neuron that turns a head's queries to BOS or away more than any random direction. */
export interface BosNeuron {
  /** `layer.index`, both. */
  readonly head: string;
  readonly neuron: string;
  readonly score: number;
  /** The score of its direction alone. */
  readonly unitScore: number;
  /** Correlations of its activation with what its removal does to |z|; NaN where not measured. */
  readonly pearson: number;
  readonly spearman: number;
}

/** One neuron's measures token by token. */
export interface KeptNeuron {
  /** `A8H3L7N0`. */
  readonly name: string;
  readonly activation: readonly number[];
  readonly bosDiff: readonly number[];
  readonly normDiff: readonly number[];
}

/** What the runs of one model hold. */
export interface ReadAblations {
  readonly runs: readonly FinishedRun[];
  readonly model: string;
  /** Histograms of the scores of all heads, which the runs have in common. */
  readonly scores: Readonly<Record<"edges" | "neurons" | "random", readonly number[]>>;
  /** The random directions' range. */
  readonly random: readonly [low: number, high: number];
  /** Neurons beyond it, of those that the run kept of each head; largest size first. */
  readonly found: readonly BosNeuron[];
  /** The neuron of the largest unit score by size, whether beyond or not. */
  readonly largest: BosNeuron;
  readonly kept: readonly KeptNeuron[];
}

interface Told {
  readonly model: string;
  readonly path:
    & { readonly name: string; readonly head: number }
    & Readonly<
      Record<"attention_layer" | "mlp_layer", number>
    >;
  readonly heuristic: Readonly<Record<"random_min" | "random_max", number>>;
}

const numbers = (values: unknown) => Array.from(values as ArrayLike<number>, Number);

/** Measured correlations by head and neuron. */
async function measured(run: FinishedRun, { path }: Told) {
  const { columns, rows } = await run.table("ranks");
  const head = `${path.attention_layer}.${path.head}`;
  return Array.from({ length: rows }, (_, row) => {
    const neuron = `${path.mlp_layer}.${Number(columns.neuron![row])}`;
    const pair = [Number(columns.pearson![row]), Number(columns.spearman![row])] as const;
    return [`${head} ${neuron}`, pair] as const;
  });
}

async function keptTokens(run: FinishedRun, { path }: Told): Promise<KeptNeuron[]> {
  const pattern = new RegExp(`^tables/(${path.name}N\\d+)\\.parquet$`);
  const names = run.record.outputs.flatMap((output) => pattern.exec(output.path)?.[1] ?? []);
  return await Promise.all(names.map(async (name) => {
    const { columns } = await run.table(name);
    return {
      name,
      activation: numbers(columns["Activation Diff"]),
      bosDiff: numbers(columns["BOS Prob Diff"]),
      normDiff: numbers(columns["Norm Diff"]),
    };
  }));
}

async function strongest(run: FinishedRun, known: ReadonlyMap<string, readonly [number, number]>) {
  const { columns, rows } = await run.table("bos_scores");
  const at = (name: string, row: number) => Number(columns[name]![row]);
  return Array.from({ length: rows }, (_, row): BosNeuron => {
    const head = `${at("attention_layer", row)}.${at("head", row)}`;
    const neuron = `${at("mlp_layer", row)}.${at("neuron", row)}`;
    const [pearson, spearman] = known.get(`${head} ${neuron}`) ?? [NaN, NaN];
    const [score, unitScore] = [at("score", row), at("unit_score", row)];
    return { head, neuron, score, unitScore, pearson, spearman };
  }).sort((a, b) => Math.abs(b.unitScore) - Math.abs(a.unitScore));
}

/**
 * Opens runs of one model, one a head.
 *
 * @throws {NeuriteError} as `readSourceRun`; E-USAGE for runs of several models, and none.
 */
export async function readAblations(directories: readonly string[]): Promise<ReadAblations> {
  const runs = await Promise.all(directories.map((path) => readSourceRun(path, ABLATION_RUN)));
  const [first] = runs;
  const other = runs.find((run) => !haveSameInputs(first!, run, "model/"));
  if (first === undefined || other !== undefined) {
    throw cannot("E-USAGE", {
      do: "draw BOS neurons of",
      thing: other?.directory ?? "--run",
      is: other ? `a run of another model than ${first!.directory}` : "no run",
      expected: "runs of one model, one a head",
      hint: `${ABLATION_RUN.command} with --attention-layer and --head measures a head`,
    });
  }
  const told = await Promise.all(
    runs.map(async (run) => await run.summary() as unknown as Told),
  );
  const pairs = await Promise.all(runs.map((run, i) => measured(run, told[i]!)));
  const kept = await Promise.all(runs.map((run, i) => keptTokens(run, told[i]!)));
  const all = await strongest(first, new Map(pairs.flat()));
  const arrays = await first.arrays();
  const { random_min: low, random_max: high } = told[0]!.heuristic;
  return {
    runs,
    model: basename(told[0]!.model),
    scores: {
      edges: numbers(arrays["bos_score_edges"]!.data),
      neurons: numbers(arrays["bos_score_counts"]!.data),
      random: numbers(arrays["bos_random_counts"]!.data),
    },
    random: [low, high],
    found: all.filter(({ unitScore }) => unitScore < low || unitScore > high),
    largest: all[0]!,
    kept: kept.flat(),
  };
}
