import assert from "node:assert/strict";
import { exampleColumns } from "./example_columns.ts";

const YY = Int32Array.of(2, 98);
const probDiff = Float64Array.of(0.5, -0.25);
const sharpness = Float64Array.of(0.1, 0);

Deno.test("exampleColumns() has the years, then what each test measured under its prefix", () => {
  const columns = exampleColumns({ YY }, { "": { probDiff, sharpness }, "ms_": { probDiff } });
  assert.deepEqual(columns, [
    { name: "YY", type: "int32", values: YY },
    { name: "prob_diff", type: "float64", values: probDiff },
    { name: "sharpness", type: "float64", values: sharpness },
    { name: "ms_prob_diff", type: "float64", values: probDiff },
  ]);
});

Deno.test("exampleColumns() has no years where the labels are others", () => {
  assert.deepEqual(exampleColumns({}, { "": { probDiff } }).map(({ name }) => name), ["prob_diff"]);
});
