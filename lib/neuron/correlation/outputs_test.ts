import assert from "node:assert/strict";
import { isInsidePath } from "../../store/run/relative_path.ts";
import { arraysByFile } from "./outputs.ts";
import { PairResult } from "./pair_result.ts";

const ONE = { layers: 1, width: 1, weightBytes: 0 };

/** The names of the files of a run with such partners and a baseline. */
function filesOf(labels: readonly string[]): string[] {
  const pairs = labels.map((label) => new PairResult(label, [ONE, ONE], 1));
  const defects = { dead: 0, nonFinite: 0 };
  return Object.keys(arraysByFile({ pairs, kept: 1, defects, exact: true, layers: 1 }));
}

Deno.test("arraysByFile() gives every partner two files, whatever it is called", () => {
  assert.deepEqual(filesOf(["b"]), ["arrays", "real"]);
  assert.deepEqual(filesOf(["org/b", "c"]), [
    ...["arrays", "pair_b", "pair_b_real", "pair_c", "pair_c_real"],
  ]);
  // A partner given twice, a folder with a space, two of one name, and a name that ends as a file does.
  const odd = [["b", "b (2)"], ["my model", "c"], ["x/b", "y/b"], ["b", "b_real"]];
  for (const labels of [...odd, ["a".repeat(250), "c"]]) {
    const files = filesOf(labels);
    assert.equal(files.length, 5, files.join(" "));
    assert(files.every((file) => isInsidePath(`${file}.safetensors`)), files.join(" "));
    // Readers tell the two files of a pair apart by this ending.
    assert.equal(files.filter((file) => file.endsWith("_real")).length, 2, files.join(" "));
  }
});
