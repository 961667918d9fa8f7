/**
 * One walk through the token blocks that writes the columns, saved as they grow.
 *
 * @module
 */
import { join } from "node:path";
import type { HostArray } from "../../array.ts";
import { note } from "../../cli/log.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { Model } from "../../model/model.ts";
import {
  createPlaced,
  type PlacedLayout,
  type PlacedSafetensors,
  reopenPlaced,
} from "../../store/format/placed_safetensors.ts";
import { ColumnBuffer } from "./column_buffer.ts";
import { fillAggregated, fillOutput, fillPositions, type LayerColumns } from "./fill.ts";
import { TOKEN_OUTPUTS } from "./layout.ts";
import type { ActivationPlan } from "./plan.ts";
import { noSums, readProgress, type RunSums, writeProgress } from "./progress.ts";
import type { ActivationSetup } from "./setup.ts";

/** Where the work of a run lies, and how far it is. */
export interface WorkPlace {
  /** The folder, absolute; nothing else is in it. */
  readonly directory: string;
  /** The file that grows. */
  readonly columns: string;
  /** How far it is. */
  readonly progress: string;
}

/** The folder in which a run's work lies. */
export const WORK = "work";
/** The file in it that grows. */
export const WORK_COLUMNS = "columns.part";

/** The work of the run in a folder. */
export function workPlace(directory: string): WorkPlace {
  const work = join(directory, WORK);
  return {
    directory: work,
    columns: join(work, WORK_COLUMNS),
    progress: join(work, "progress.json"),
  };
}

/** What {@linkcode writeColumns} needs. */
export interface ColumnRun {
  readonly setup: ActivationSetup;
  readonly plan: ActivationPlan;
  readonly layout: PlacedLayout;
  readonly identity: string;
  readonly work: WorkPlace;
  /** The file's name once it is whole and renamed, from where a run that was killed then takes it back. */
  readonly result: string;
  /** Loads the model, if a row is left to compute. */
  readonly model: () => Promise<Model>;
  /** Most minutes between two saves; 0 is after every block. */
  readonly checkpointMinutes: number;
  /** Begins again whatever is there. */
  readonly force: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called with rows done in all, first with those done before. */
  readonly onProgress?: ((rows: number) => void) | undefined;
}

interface Begun {
  readonly file: PlacedSafetensors;
  readonly rows: number;
  readonly sums: RunSums;
}

/**
 * Writes the columns of all blocks, or goes on with those that are missing. Whatever ends it, the file
 * holds all rows that the record of progress names.
 *
 * @returns the sums over all rows.
 * @throws {NeuriteError} E-STOPPED when the signal says so, with all blocks so far saved; E-FILE-FULL;
 * the errors of the forward pass.
 */
export async function writeColumns(run: ColumnRun): Promise<RunSums> {
  const { setup, plan: { blocks, arrays, bufferRows }, work, identity, signal } = run;
  const { file, rows, sums } = await begin(run);
  await using _file = file;
  const total = setup.corpus.tokens.shape[0]!;
  run.onProgress?.(rows);
  if (rows === total) return sums;
  const buffer = new ColumnBuffer(file, arrays, { rows: total, capacity: bufferRows, start: rows });
  const columns = layerColumns(setup, run.plan);
  const model = await run.model();
  let savedAt = performance.now();
  async function save(): Promise<void> {
    await buffer.flush();
    await file.sync();
    await writeProgress(work.progress, { identity, rows: buffer.end, sums });
    savedAt = performance.now();
  }
  for (let index = rows / blocks.rows; index < blocks.count; index++) {
    // Lets the signals that came in be heard: a device that computes in this thread never waits.
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) {
      await save();
      throw signal.reason;
    }
    const { tokens } = blocks.at(index);
    const arrays = await runWithHooks(model, tokens, { read: run.plan.read });
    fillBlock(run, { buffer, columns, sums, arrays });
    buffer.advance(tokens.shape[0]!);
    const minutes = (performance.now() - savedAt) / 60_000;
    if (!buffer.holds(blocks.rows) || minutes >= run.checkpointMinutes) await save();
    run.onProgress?.(buffer.end);
  }
  await save();
  return sums;
}

/** What an earlier process left of this run, or a new file. */
async function begin(run: ColumnRun): Promise<Begun> {
  const { work, layout, identity, plan: { blocks }, result, force } = run;
  const total = run.setup.corpus.tokens.shape[0]!;
  const found = force ? undefined : await readProgress(work.progress);
  const written = found?.identity === identity ? found : undefined;
  if (written?.rows === total) await takeBack(run);
  const isAtBlock = written && written.rows <= total &&
    (written.rows === total || written.rows % blocks.rows === 0);
  const file = isAtBlock ? await reopenPlaced(work.columns, layout) : undefined;
  if (file && written) {
    if (written.rows > 0) note(`resume ${result}: ${written.rows} of ${total} rows are written`);
    return { file, rows: written.rows, sums: written.sums };
  }
  const made = await createPlaced(work.columns, layout);
  const { neurons } = run.setup.request;
  for (const key of ["layer", "neuron"] as const) {
    const places = Int32Array.from(neurons, (neuron) => neuron[key]);
    await made.write(key, 0, new Uint8Array(places.buffer));
  }
  const sums = noSums();
  await writeProgress(work.progress, { identity, rows: 0, sums });
  return { file: made, rows: 0, sums };
}

/** A run that was killed between the rename of its whole file and its record has it under its name. */
async function takeBack({ work, layout, result }: ColumnRun): Promise<void> {
  const isThere = await reopenPlaced(work.columns, layout);
  await isThere?.[Symbol.asyncDispose]();
  if (isThere) return;
  const renamed = await reopenPlaced(result, layout);
  await renamed?.[Symbol.asyncDispose]();
  if (renamed) await Deno.rename(result, work.columns);
}

/** The chosen neurons of each layer, with their columns. */
function layerColumns({ request }: ActivationSetup, { layers }: ActivationPlan): LayerColumns[] {
  const places = request.neurons.map(({ layer, neuron }, column) => ({ layer, neuron, column }));
  const ofLayer = Map.groupBy(places, ({ layer }) => layer);
  return layers.map((layer) => {
    const chosen = ofLayer.get(layer)!;
    return {
      neurons: Int32Array.from(chosen, ({ neuron }) => neuron),
      columns: Int32Array.from(chosen, ({ column }) => column),
    };
  });
}

/** Takes what is wanted of a block into the buffer. */
function fillBlock(
  { setup: { corpus, request, counted, maskedMax }, plan }: ColumnRun,
  { buffer, columns, sums, arrays }: {
    buffer: ColumnBuffer;
    columns: readonly LayerColumns[];
    sums: RunSums;
    arrays: Readonly<Record<string, HostArray>>;
  },
): void {
  const T = corpus.tokens.shape[1]!;
  const { aggregation: how, outputs } = request;
  const target = buffer.target("activations");
  for (const [i, chosen] of columns.entries()) {
    const values = arrays[plan.read[i]!]!;
    if (how === "none") {
      fillPositions(target, values, chosen, sums);
      continue;
    }
    const start = buffer.end * T;
    const ofBlock = counted?.subarray(start, start + values.shape[0]! * T);
    const aggregation = { how, counted: ofBlock, maskedMax };
    fillAggregated(target, values, chosen, { counts: sums, aggregation });
  }
  for (const name of outputs) {
    const output = arrays[TOKEN_OUTPUTS[name]]!;
    fillOutput(buffer.target(name), output, T);
    for (const value of output.data) sums[name] += Number(value);
  }
}
