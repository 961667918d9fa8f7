/**
 * A neuron table's numbers for the page and the terminal.
 *
 * @module
 */
import type { SummaryNumbers } from "../../store/run/summary.ts";
import type { PublishedComparison } from "./compare_published.ts";
import type { JudgedNumber } from "./oracle.ts";

/** Measures by name, as a terminal shows them; lists and groups are in the summary. */
export function measureRows(summary: SummaryNumbers): [string, number][] {
  return Object.entries(summary).flatMap(([name, value]): [string, number][] =>
    typeof value === "number" ? [[name.replaceAll("_", " "), value]] : []
  );
}

/** A report's numbers: those judged against the paper first, then the rest, then the comparison. */
export function reportNumbers(
  summary: SummaryNumbers,
  judged: readonly JudgedNumber[],
  comparison?: PublishedComparison,
) {
  const known = new Set(judged.map(({ name }) => name));
  const plain = { verdict: "not applicable" as const };
  const layers = summary["universal_by_layer"] as readonly number[] | undefined;
  return [
    ...judged.map(({ allowed, ...number }) => ({
      ...number,
      note: `within ±${allowed.toPrecision(2)}`,
    })),
    ...measureRows(summary).filter(([name]) => !known.has(name))
      .map(([name, value]) => ({ name, value, ...plain })),
    ...(layers ?? []).map((value, layer) => ({
      name: `universal neurons of layer ${layer}`,
      value,
      ...plain,
    })),
    ...comparedNumbers(comparison),
  ];
}

function comparedNumbers(comparison: PublishedComparison | undefined) {
  const plain = { verdict: "not applicable" as const };
  const { universal, columns = [] } = comparison ?? {};
  return [
    ...(universal
      ? [{
        name: "published universal neurons that are universal here",
        value: universal.both,
        note: `of ${universal.published} published and ${universal.ours} here`,
        ...plain,
      }]
      : []),
    ...columns.map(({ name, maxDifference, rankCorrelation: rank, neurons, worst }) => ({
      name: `${name}: largest difference from the published table`,
      value: maxDifference,
      note: `neuron ${worst}; rank correlation ${rank.toFixed(4)} over ${neurons} neurons`,
      ...plain,
    })),
  ];
}
