/**
 * The measured generalization tasks of one run, as its files hold them.
 *
 * @module
 */
import { allToFloat32, type HostArray } from "../../array.ts";
import type { TableColumn } from "../../store/format/table.ts";
import { promptArrays } from "../task/behaviour_arrays.ts";
import type { ContrastTask } from "../task/contrast_task.ts";
import type { SequenceResults } from "./sequence_experiment.ts";

/** One task and what was measured of it. */
export interface MeasuredSequence extends SequenceResults {
  readonly id: number;
  readonly task: ContrastTask & { readonly YY: Int32Array };
}

/** `ipp_sd` of task 2 as `ipp_2_sd`. */
function nameOf(array: string, id: number): string {
  return array.replace(/(_sd|_ci)?$/, `_${id}$1`);
}

/** Prompts and results of every task under names with the task's number, float32. */
export function sequenceArrays(measured: readonly MeasuredSequence[]): Record<string, HostArray> {
  return Object.fromEntries(
    measured.flatMap(({ id, task, arrays }) =>
      Object.entries({ ...promptArrays(task), ...allToFloat32(arrays) })
        .map(([name, array]) => [nameOf(name, id), array])
    ),
  );
}

/** One row a prompt and test, the model's own answers as `baseline`. */
export function sequenceExamples(measured: readonly MeasuredSequence[]): TableColumn[] {
  const rows = measured.flatMap(({ id, task, baseline, tests }) =>
    [["baseline", baseline] as const, ...[...tests].map(([n, t]) => [n, t.measures()] as const)]
      .flatMap(([test, { probDiff, sharpness }]) =>
        Array.from(
          probDiff,
          (value, n) => ({ id, test, n, YY: task.YY[n]!, value, sharpness: sharpness![n]! }),
        )
      )
  );
  return [
    { name: "task", type: "int32", values: rows.map(({ id }) => id) },
    { name: "test", type: "string", values: rows.map(({ test }) => test) },
    { name: "row", type: "int32", values: rows.map(({ n }) => n) },
    { name: "YY", type: "int32", values: rows.map(({ YY }) => YY) },
    { name: "prob_diff", type: "float64", values: rows.map(({ value }) => value) },
    { name: "sharpness", type: "float64", values: rows.map(({ sharpness }) => sharpness) },
  ];
}
