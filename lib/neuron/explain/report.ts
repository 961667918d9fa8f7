/**
 * Explained neurons as a plan, a report's numbers, and read back from a finished run.
 *
 * @module
 */
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import type { ReadTable } from "../../store/format/read_table.ts";
import type { ExplainTables, NamedBest } from "./explain_tables.ts";
import { judgeExplanations } from "./published.ts";
import type { ExplainSetup } from "./setup.ts";

/** What would be done, with its sizes. */
export function describePlan(
  { activations: { tokens }, places, kinds, gelu, unigramCount }: ExplainSetup,
  { draws }: { readonly draws: number },
): string {
  const N = tokens.data.length;
  // Ids, labels and those of the positions before, and one neuron's activations.
  const bytes = 4 * N * (kinds.length + (kinds.includes("token") ? 1 : 2));
  return `${formatCount(places.length)} neurons by features of ${kinds.join(" and ")} over ` +
    `${formatCount(N)} tokens, ${gelu} GELU, unigrams over ${formatCount(unigramCount)} times, ` +
    `${draws} permutations; ${formatBytes(bytes)} of tokens and activations at once`;
}

/** A report's numbers: those printed for the model, and what every model has. */
export function reportNumbers(model: string, tables: ExplainTables) {
  const judged = judgeExplanations(model, tables.bests()).map((one) => ({
    name: `${one.neuron} ${one.feature}`,
    value: one.value,
    paper: one.paper,
    verdict: one.verdict,
    note: one.found === one.feature ? "" : `best here is ${one.found}`,
  }));
  const { neurons, best } = tables.summary() as {
    readonly neurons: number;
    readonly best: Readonly<Record<string, number | null>>;
  };
  const shares = Object.entries(best).flatMap(([name, value]) => {
    if (value === null) return [];
    const mark = /^above_(.+)$/.exec(name)?.[1];
    const row = mark === undefined
      ? { name: `best reduction, ${name}`, value }
      : { name: `neurons above ${mark}`, value: value / neurons, format: "percent" as const };
    return [{ ...row, verdict: "not applicable" as const }];
  });
  return [...judged, ...shares];
}

/** The best feature of every neuron, from `tables/best_features.parquet`. */
export function namedBests({ columns, rows }: ReadTable): NamedBest[] {
  const text = (name: string, row: number) => String(columns[name]![row] ?? "");
  return Array.from({ length: rows }, (_, row) => {
    const kind = text("best_kind", row);
    return {
      neuron: `${text("layer", row)}.${text("neuron", row)}`,
      kind,
      feature: text("best_feature", row),
      family: text("best_family", row),
      reduction: Number(columns["best_variance_reduction"]![row]),
      chance: kind === "" ? NaN : Number(columns[`${kind}_chance_mean`]![row]),
    };
  });
}
