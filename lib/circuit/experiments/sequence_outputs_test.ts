import assert from "node:assert/strict";
import { CircuitTest } from "../rounds/circuit_tests.ts";
import { PatchPlan } from "../graph/patch_plan.ts";
import { yearTask } from "../task/contrast_task.ts";
import { type MeasuredSequence, sequenceArrays, sequenceExamples } from "./sequence_outputs.ts";

const ids = (values: number[], shape: number[]) => ({ data: Int32Array.from(values), shape });

/** Two prompts of three tokens; the model is right about the first, the test about neither. */
function measured(id: number): MeasuredSequence {
  const years = Int32Array.of(2, 98);
  const pairs = {
    goodTokens: ids([5, 1, 9, 5, 2, 9], [2, 3]),
    badTokens: ids([5, 3, 9, 5, 3, 9], [2, 3]),
    YY: { data: years, shape: [2] },
    yearTokenIds: ids(Array.from({ length: 100 }, (_, i) => i), [100]),
  };
  const task = { ...yearTask(pairs, { positions: { YY: 1, END: 2 } }), YY: years };
  const test = new CircuitTest(task, new PatchPlan([]), false);
  return {
    id,
    task,
    arrays: {
      ipp: { data: Float64Array.of(id), shape: [1] },
      "ipp_sd": { data: Float64Array.of(id / 10), shape: [1] },
    },
    summaries: {},
    baseline: {
      probabilities: new Float64Array(200),
      probDiff: Float64Array.of(0.5, id),
      sharpness: Float64Array.of(0.25, 0),
    },
    tests: new Map([["ms", test]]),
  };
}

Deno.test("sequenceArrays() puts the task's number before _sd and _ci", () => {
  const arrays = sequenceArrays([measured(2), measured(7)]);
  assert.deepEqual(Object.keys(arrays).filter((name) => name.startsWith("ipp")), [
    "ipp_2",
    "ipp_2_sd",
    "ipp_7",
    "ipp_7_sd",
  ]);
  assert.deepEqual(arrays.ipp_7_sd!.data, Float32Array.of(0.7));
  assert.deepEqual(arrays.good_tokens_2!.shape, [2, 3]);
});

Deno.test("sequenceExamples() has a row a prompt, test and task", () => {
  const columns = sequenceExamples([measured(2), measured(7)]);
  const values = Object.fromEntries(columns.map(({ name, values }) => [name, [...values]]));
  assert.deepEqual(values.task, [2, 2, 2, 2, 7, 7, 7, 7]);
  assert.deepEqual(values.test!.slice(0, 4), ["baseline", "baseline", "ms", "ms"]);
  assert.deepEqual(values.row!.slice(0, 4), [0, 1, 0, 1]);
  assert.deepEqual(values.YY!.slice(0, 4), [2, 98, 2, 98]);
  assert.deepEqual(values.prob_diff, [0.5, 2, 0, 0, 0.5, 7, 0, 0]);
});
