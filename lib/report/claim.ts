/**
 * What a paper claims, and how a finished run's numbers answer it.
 *
 * @module
 */
import type { ReportNumber, Verdict } from "../figure/report.ts";
import type { ReadTable } from "../store/format/read_table.ts";

/** One number of a run beside the paper's. */
export interface ClaimNumber extends ReportNumber {
  /** Shown in place of `value`, for lists. */
  readonly words?: string;
  /** Shown in place of `paper`, where the paper has several numbers or none. */
  readonly paperWords?: string;
}

/** What a claim reads of a finished run. */
export interface RunFacts {
  /** The model as the run names it. */
  readonly model: string;
  /** summary.json; nothing of it is sure. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** Reads `tables/<name>.parquet`. */
  table(name: string): Promise<ReadTable>;
}

/** A sentence of a paper with the runs that test it. */
export interface Claim {
  /** Letters, digits and `-`; of its own on the page. */
  readonly id: string;
  /** The claim in one sentence. */
  readonly words: string;
  /** Where the paper says it. */
  readonly source: string;
  /** Scripts whose runs answer it. */
  readonly scripts: readonly string[];
  /** The command that makes such a run of the paper's model. */
  readonly command: string;
  /** Figures of those runs; the first that a run has is shown. */
  readonly figures: readonly string[];
  /** The script whose runs have the figures, where those do not. */
  readonly drawnBy?: string;
  /** The run's numbers; none where the run did not measure it. */
  read(facts: RunFacts): readonly ClaimNumber[] | Promise<readonly ClaimNumber[]>;
}

/** A paper with its claims in its own order. */
export interface PaperClaims {
  readonly id: string;
  readonly title: string;
  readonly authors: string;
  readonly claims: readonly Claim[];
}

/** How a claim stands over all runs. */
export type Standing = "pass" | "fail" | "not comparable" | "not run";

/** Fails if one number fails, passes if one passes; numbers that cannot be judged count for neither. */
export function standingOf(verdicts: readonly Verdict[]): Standing {
  if (verdicts.length === 0) return "not run";
  return verdicts.includes("fail") ? "fail" : verdicts.includes("pass") ? "pass" : "not comparable";
}

/** The number at a path of keys, undefined where there is none. */
export function numberAt(
  summary: Readonly<Record<string, unknown>>,
  ...path: readonly string[]
): number | undefined {
  const value = path.reduce<unknown>(
    (at, key) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, key)
        ? (at as Record<string, unknown>)[key]
        : undefined,
    summary,
  );
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A number that nothing of the paper's can judge; nothing where the run has none. */
export function unjudged(
  name: string,
  value: number | undefined,
  more: Pick<ClaimNumber, "note"> & Partial<ClaimNumber>,
): ClaimNumber[] {
  return value === undefined ? [] : [{ name, value, verdict: "not applicable", ...more }];
}
