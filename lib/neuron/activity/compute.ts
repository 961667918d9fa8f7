/**
 * All walks of a summary, saved as they go, so that a stopped or killed run goes on where it was.
 *
 * @module
 */
import type { Model } from "../../model/model.ts";
import type { StreamedArray } from "../../store/format/safetensors_stream.ts";
import { withCheckpoints } from "../checkpoints.ts";
import { commonArrays, neuronArrays } from "./outputs.ts";
import type { SummaryPlan } from "./plan.ts";
import { rankingOf, type RowPart, slotsOf, type SummarySetup } from "./setup.ts";
import { walk, type WalkState } from "./walk.ts";
import { WorkFolder } from "./work_folder.ts";

/** Where and how a summary is computed. */
export interface ComputeOptions {
  /** The run's folder, which the run has locked. */
  readonly directory: string;
  /** A hash of all that decides the sums and how they are shared out. */
  readonly key: string;
  /** Minutes between two checkpoints; 0 is after every block. */
  readonly checkpointMinutes: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with blocks done in all walks, those of earlier starts included. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** A part of the corpus with its arrays; no name is all rows. */
export interface PartResult {
  readonly part: RowPart | undefined;
  /** Read from disk as they are asked for. */
  readonly arrays: Readonly<Record<string, StreamedArray>>;
}

/**
 * Computes a summary, or goes on with it. The results lie in the run's folder until `work` is removed.
 *
 * @throws {NeuriteError} E-STOPPED when the signal says so, with all blocks so far saved; E-FILE-FULL,
 * E-FILE-PERMISSION, and the errors of the forward pass.
 */
export async function computeSummary(
  model: Model,
  setup: SummarySetup,
  plan: SummaryPlan,
  options: ComputeOptions,
): Promise<{ results: PartResult[]; work: WorkFolder }> {
  const work = new WorkFolder(options.directory, options.key);
  let state: WalkState | undefined = await work.begin(setup, plan);
  const run = { model, setup, plan, options, work };
  for (let pass = state.pass; pass < plan.passes.length; pass++) {
    const begun: WalkState | undefined = state;
    // Held on to, the sums of this walk would be in memory beside those of the next.
    state = undefined;
    await computePass(run, pass, begun);
    await work.savePass(pass + 1);
  }
  const parts = setup.isLabelled ? [...setup.parts.entries()] : [];
  const results: PartResult[] = [];
  for (const [index, part] of [[undefined, undefined] as const, ...parts]) {
    const arrays = await work.partArrays(plan.passes.length, index);
    results.push({ part, arrays: { ...arrays, ...commonArrays(slotsOf(setup, part)) } });
  }
  return { results, work };
}

interface Computation {
  readonly model: Model;
  readonly setup: SummarySetup;
  readonly plan: SummaryPlan;
  readonly options: ComputeOptions;
  readonly work: WorkFolder;
}

/** Blocks that lie before a state, in all walks. */
function blocksBefore({ setup, plan }: Computation, { pass, part, next }: WalkState): number {
  const of = ({ rows }: RowPart) => Math.ceil(rows.length / plan.rowsPerBlock);
  const before = setup.parts.slice(0, part).reduce((sum, one) => sum + of(one), 0);
  return pass * plan.blocks + before + next;
}

async function computePass(
  run: Computation,
  pass: number,
  begun: WalkState | undefined,
): Promise<void> {
  const { model, setup, plan, work, options: { signal, checkpointMinutes, onProgress } } = run;
  const saving = {
    save: (state: WalkState) => work.saveState(state),
    minutes: checkpointMinutes,
    signal,
  };
  await withCheckpoints<WalkState, void>(
    (onState) =>
      walk(model, setup, plan, {
        pass,
        begun,
        signal,
        onBlock: async (state) => {
          onProgress?.(blocksBefore(run, state));
          await onState(state);
        },
        onSums: async (sums, part) => {
          const index = part && setup.parts.indexOf(part);
          await work.writePart(pass, index, neuronArrays(sums, rankingOf(setup, part)));
        },
      }),
    saving,
  );
}
