/**
 * The checks that a finished measurement can be put to, and how its progress is shown.
 *
 * @module
 */
import { note, warn } from "../../cli/log.ts";
import { startProgress } from "../../cli/progress.ts";
import type { Model } from "../../model/model.ts";
import type { Session } from "../../model/session.ts";
import { reportWitness } from "../../model/witness.ts";
import { bosToken } from "./bos_directions.ts";
import { ablateQueryByQuery, largestGap, witnessAblation } from "./check_queries.ts";
import type { ChosenPath, Measured } from "./experiment.ts";
import { pathName } from "./head_path.ts";
import type { AblationSetup } from "./setup.ts";

/** What is asked of the checks, and of the script's options. */
export interface AskedChecks {
  /** Random results recomputed in float64. */
  readonly witness: number;
  /** A rank ablated query by query. */
  readonly queryPosition?: number | undefined;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs a job under a progress bar that appears when there is something to show. */
export async function withProgress<T>(
  [label, unit]: readonly [label: string, unit: string],
  job: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  let progress: ReturnType<typeof startProgress> | undefined;
  try {
    return await job((done, total) =>
      (progress ??= startProgress({ label, total, unit })).set(done)
    );
  } finally {
    progress?.[Symbol.dispose]();
  }
}

/** Warns where position 0 is not what the heuristic is about. */
export function warnOfRowsWithoutBos(
  model: Model,
  { tokens: { data, shape } }: AblationSetup,
): void {
  const bos = bosToken(model);
  const [B, T] = shape as [number, number];
  const others = Array.from({ length: B }, (_, row) => data[row * T]!).filter((id) => id !== bos);
  if (others.length === 0) return;
  warn(`${others.length} of ${B} rows do not begin with BOS (${bos}); position 0 is taken for it`);
}

/**
 * What `--query-position` and `--witness` say of a finished measurement, to people; the former also
 * for the summary.
 */
export async function checkMeasurement(
  session: Session,
  { setup, chosen, measured }: {
    readonly setup: AblationSetup;
    readonly chosen: ChosenPath;
    readonly measured: Measured;
  },
  { queryPosition: rank, witness: count, seed, signal }: AskedChecks,
): Promise<Record<string, { rank: number; "largest_difference": number }>> {
  const { path, ranked } = chosen;
  const { tokens, measure: { afterPos } } = setup;
  if (count > 0) {
    const neurons = [...measured.kept].map(([rank, { values }]) => ({
      name: `${pathName(path)}N${rank}`,
      neuron: ranked.neurons[rank]!,
      ...values,
    }));
    const asked = { tokens, path, afterPos, neurons };
    note(reportWitness(await witnessAblation(session.directory, asked, { count, seed })));
  }
  if (rank === undefined) return {};
  const model = await session.model();
  const slow = await withProgress(
    ["one by one", "queries"],
    (onProgress) =>
      ablateQueryByQuery(model, tokens, {
        path,
        neuron: ranked.neurons[rank]!,
        afterPos,
        signal,
        onProgress,
      }),
  );
  const apart = largestGap(slow.normDiff, measured.kept.get(rank)!.values.normDiff);
  note(`query by query: rank ${rank}, largest difference of |z| ${apart.toExponential(2)}`);
  return { "query_by_query": { rank, "largest_difference": apart } };
}
