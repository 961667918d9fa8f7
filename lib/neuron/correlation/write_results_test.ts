import assert from "node:assert/strict";
import { inFolder } from "../../../tests/folders.ts";
import { warningCount } from "../../cli/log.ts";
import { openRun } from "../../store/run/run_folder.ts";
import { PairResult } from "./pair_result.ts";
import { writeResults } from "./write_results.ts";

Deno.test("writeResults() warns of every model with neurons that have no similarity", () =>
  inFolder(async (folder) => {
    const shape = { layers: 1, width: 1, weightBytes: 0 };
    const pairs = ["b", "c"].map((label) => new PairResult(label, [shape, shape], 0));
    for (const { real } of pairs) {
      real.add(Float32Array.of(0.5), { row: 0, column: 0, shape: [1, 1] });
    }
    const result = { pairs, kept: 1, exact: true, layers: 1, defects: { dead: 0, nonFinite: 0 } };
    const warnings = async () => {
      const before = warningCount();
      await using run = await openRun(folder, { script: "test", options: {}, inputs: [] });
      await writeResults(run, result, { tokens: 1, model: "a" });
      return warningCount() - before;
    };
    assert.equal(await warnings(), 0);
    pairs[1]!.defects.nonFinite = 1;
    assert.equal(await warnings(), 1);
    result.defects.dead = 1;
    assert.equal(await warnings(), 2);
  }));
