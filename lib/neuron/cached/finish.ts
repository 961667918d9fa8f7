/**
 * The files of a finished cache.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../../array.ts";
import { warn } from "../../cli/log.ts";
import { formatCount } from "../../cli/sizes.ts";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import type { PlacedLayout } from "../../store/format/placed_safetensors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { readProgress, type RunSums } from "./progress.ts";
import { type QuantisationError, quantiseFile } from "./quantised_file.ts";
import type { ActivationSetup } from "./setup.ts";
import { WORK, WORK_COLUMNS, workPlace } from "./write_columns.ts";

/** The file of the arrays. */
export const ARRAYS_FILE = "arrays.safetensors";

/**
 * Writes the tokens, gives the columns their name, and sums up. The work stays until the run is
 * recorded: see {@linkcode clearWork}.
 */
export async function finishActivations(
  run: RunFolder,
  setup: ActivationSetup,
  { layout, sums }: { layout: PlacedLayout; sums: RunSums },
): Promise<void> {
  await writeTokens(run, setup, layout);
  let error: QuantisationError | undefined;
  if (setup.request.precision === "8") {
    const file = await quantiseFile(workPlace(run.directory).columns, layout);
    await run.writeFile(ARRAYS_FILE, file.chunks);
    error = file.error;
  } else {
    await run.adoptFile(ARRAYS_FILE, `${WORK}/${WORK_COLUMNS}`);
  }
  if (sums.overflowed > 0) {
    const count = formatCount(sums.overflowed);
    warn(`${count} activations are infinite in float16; --precision 32 holds them`);
  }
  if (sums.nonFinite > 0) warn(`${formatCount(sums.nonFinite)} activations are NaN or infinite`);
  await run.writeSummary(summaryOf(setup, sums, error));
}

/** In the form of `make_dataset`, so that other scripts can read them too. */
async function writeTokens(
  run: RunFolder,
  { corpus: { tokens, subsets }, counted }: ActivationSetup,
  { metadata }: PlacedLayout,
): Promise<void> {
  const arrays: Record<string, HostArray> = { tokens };
  if (subsets) arrays.subset = { data: subsets.ofRow, shape: [subsets.ofRow.length] };
  if (counted) arrays["index_mask"] = { data: counted, shape: tokens.shape };
  const names = subsets && { "subset_names": JSON.stringify(subsets.names) };
  await run.writeFile("tokens.safetensors", encodeSafetensors(arrays, { ...metadata, ...names }));
}

function summaryOf(
  { model, corpus: { tokens }, request }: ActivationSetup,
  sums: RunSums,
  error: QuantisationError | undefined,
): SummaryNumbers {
  const [B, T] = tokens.shape as [number, number];
  const { neurons, location, aggregation, precision, outputs } = request;
  const means = outputs.map((name) => {
    const mean = sums[name] / (B * (name === "entropy" ? T : T - 1));
    return [`mean_${name}`, finite(mean)];
  });
  return {
    model: model.label,
    location,
    aggregation,
    "precision_bits": Number(precision),
    neurons: neurons.length,
    layers: new Set(neurons.map(({ layer }) => layer)).size,
    rows: B,
    "positions_a_row": T,
    tokens: B * T,
    ...Object.fromEntries(means),
    "float16_overflows": sums.overflowed,
    "non_finite": sums.nonFinite,
    ...(error && {
      "quantisation_error": finite(error.largest),
      "quantisation_error_steps": finite(error.steps),
    }),
  };
}

/** JSON has no NaN. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** Removes what a finished run went on from; that of another run, not finished yet, stays. */
export async function clearWork({ directory, record }: FinishedRun): Promise<void> {
  const work = workPlace(directory);
  const written = await readProgress(work.progress);
  if (written?.identity !== record.identity) return;
  // The record goes first: without it the columns are worth nothing.
  for (const path of [work.progress, work.columns]) await Deno.remove(path).catch(() => {});
  await Deno.remove(join(directory, WORK)).catch(() => {});
}
