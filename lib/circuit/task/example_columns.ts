import type { TableColumn } from "../../store/format/table.ts";
import type { ContrastTask } from "./contrast_task.ts";
import { measureColumns } from "./mean_summary.ts";
import type { PromptMeasures } from "./measures.ts";

/**
 * Columns of a table with a row a prompt: `YY` where there is one, then of each test `prob_diff` and,
 * where it was measured, `sharpness`, under the test's prefix.
 */
export function exampleColumns(
  { YY }: Pick<ContrastTask, "YY">,
  tests: Readonly<Record<string, PromptMeasures>>,
): TableColumn[] {
  return [
    ...(YY ? [{ name: "YY", type: "int32" as const, values: YY }] : []),
    ...Object.entries(tests).flatMap(([prefix, { probDiff, sharpness }]) =>
      measureColumns({
        [`${prefix}prob_diff`]: probDiff,
        ...(sharpness && { [`${prefix}sharpness`]: sharpness }),
      })
    ),
  ];
}
