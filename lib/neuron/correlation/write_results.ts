import { warn } from "../../cli/log.ts";
import type { RunFolder } from "../../store/run/run_folder.ts";
import type { Correlations } from "./finish_run.ts";
import { changedNeurons, changeTable } from "./float16_result.ts";
import { arraysByFile, summaryNumbers } from "./outputs.ts";

/** Writes arrays and summary of a run, and warns of what is not as it should be in them. */
export async function writeResults(
  run: RunFolder,
  result: Correlations,
  facts: { readonly tokens: number; readonly model: string },
): Promise<void> {
  for (const [file, arrays] of Object.entries(arraysByFile(result))) {
    await run.writeArrays(arrays, file);
  }
  const { float16 } = result;
  if (float16) {
    await run.writeTable("float16_moments", changeTable(changedNeurons({ ...result, float16 })));
  }
  const models = [{ label: facts.model, defects: result.defects }, ...result.pairs];
  for (const { label, defects: { dead, nonFinite } } of models) {
    if (dead + nonFinite === 0) continue;
    warn(
      `${label}: ${dead} neurons are constant, ${nonFinite} not finite; their similarities are 0`,
    );
  }
  if (!result.exact) warn("sums left the exact range: shards of this run may differ in last bits");
  await run.writeSummary(summaryNumbers(result, facts));
}
