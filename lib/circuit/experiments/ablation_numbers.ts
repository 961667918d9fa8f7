/**
 * The numbers of a random ablation for people.
 *
 * @module
 */
import { formatCount } from "../../cli/sizes.ts";
import type { TextTable } from "../../model/describe_run.ts";
import type { MeasureSummary } from "../task/measures.ts";
import type { AblationSummary } from "./random_ablation.ts";
import type { HeadDraws } from "../search/random_circuits.ts";
import type { Spread } from "../search/standing.ts";

/** The part of summary.json that is told: `baseline`, the named tests, `random_<version>`. */
export type AblationSummaries = Readonly<
  Record<string, MeasureSummary | AblationSummary | Spread | undefined>
>;

/** What people call each named test, in the order they are shown. */
const NAMES: Readonly<Record<string, string>> = {
  "no_heads": "no heads, the bad prompts' answers",
  "circuit_full": "circuit",
  "alternative_full": "other heads of the original",
  "circuit_m10": "circuit's heads, MLP 10 alone",
  "alternative_m10": "other heads of the original, MLP 10 alone",
  "circuit_full_reverse": "model without the circuit",
  "alternative_full_reverse": "model without the original's other heads",
  "circuit_m10_reverse": "model without the circuit's heads via MLP 10",
  "alternative_m10_reverse": "model without the original's other heads via MLP 10",
};

/** One test. */
export interface AblationNumber {
  /** Its name in summary.json. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  readonly summary: AblationSummary;
}

/** The named tests of a summary, in the order they are shown. */
export function ablationNumbers(summaries: AblationSummaries): AblationNumber[] {
  return Object.entries(NAMES).flatMap(([key, name]) =>
    summaries[key] ? [{ key, name, summary: summaries[key] as AblationSummary }] : []
  );
}

/** Which circuits were drawn, in words. */
export function describeDraws(
  { lists, possible }: Pick<HeadDraws, "lists" | "possible">,
  { anywhere }: { readonly anywhere: boolean },
): string {
  const all = formatCount(possible);
  const among = lists.length === possible ? `all ${all}` : `${lists.length} of ${all}`;
  const where = anywhere ? "of any layer" : "in each layer";
  return `${among} circuits with as many other heads ${where}`;
}

/** Heads and rows of a table for the terminal: every named test, then how the draws are spread. */
export function ablationTable(summaries: AblationSummaries): TextTable {
  const baseline = summaries.baseline as MeasureSummary;
  const named = ablationNumbers(summaries).map(({ name, summary }) => {
    const { prob_diff_mean, prob_diff_sd, ratio, standing } = summary;
    return [
      name,
      prob_diff_mean,
      prob_diff_sd,
      ratio,
      standing?.reached,
      standing?.p,
      standing?.z,
    ];
  });
  const random = Object.entries(summaries).flatMap(([key, spread]) => {
    if (!key.startsWith("random_")) return [];
    const { draws, mean, sd, most } = spread as Spread;
    const which = key === "random_full" ? "" : ", MLP 10 alone";
    const own = baseline.prob_diff_mean;
    return [
      [`${draws} random circuits${which}: mean, sd`, mean * own, Math.abs(sd * own), mean],
      [`${draws} random circuits${which}: largest share`, most * own, null, most],
    ];
  });
  return {
    columns: ["test", "prob diff", "sd", "share kept", "draws that reach it", "p", "z"],
    rows: [["model", baseline.prob_diff_mean, baseline.prob_diff_sd, 1], ...named, ...random],
  };
}

/** The named tests as the numbers of a report. */
export function reportAblation(summaries: AblationSummaries) {
  return ablationNumbers(summaries).map(({ name, summary }) => {
    const { ratio, ratio_ci: [low, high], prob_diff_mean, standing } = summary;
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const place = standing
      ? `; ${standing.reached} random circuits reach it, p = ${standing.p.toPrecision(2)}`
      : "";
    return {
      name: `${name}: share of the model's probability difference`,
      value: ratio,
      format: "percent" as const,
      verdict: "not applicable" as const,
      note: `probability difference ${prob_diff_mean.toFixed(4)} (sd ${
        summary.prob_diff_sd.toFixed(4)
      }); 95 % interval of the share ${percent(low)} to ${percent(high)}${place}`,
    };
  });
}
