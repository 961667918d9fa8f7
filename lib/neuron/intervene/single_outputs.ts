/**
 * The numbers of one change of one neuron.
 *
 * @module
 */
import type { InterventionMeans } from "./means.ts";
import { MEASURES } from "./token_statistics.ts";

/** A run of one change of one neuron: every measure before, after, and its change with its error. */
export function singleSummary({ nominal, outcomes }: InterventionMeans) {
  const { value, difference } = outcomes[0]!;
  const finite = (x: number) => Number.isFinite(x) ? x : null;
  return {
    measures: Object.fromEntries(MEASURES.map((measure) => [measure, {
      nominal: nominal[measure].mean,
      changed: value[measure].mean,
      change: difference[measure].mean,
      "change_sd": difference[measure].sd,
      "change_se": finite(difference[measure].se),
    }])),
  };
}

/** What `summary.json` has of such a run. */
export type SingleSummary = ReturnType<typeof singleSummary>;

/** Each measure before, after, its change and the change's error, for the terminal. */
export function changeRows({ measures }: SingleSummary) {
  return Object.entries(measures).map((
    [name, { nominal, changed, change, change_se: se }],
  ) => [name, nominal, changed, change, se]);
}

/** Those numbers for the report. */
export function reportChanges({ measures }: SingleSummary) {
  return Object.entries(measures).map((
    [name, { nominal, change, change_sd: sd, change_se: se }],
  ) => ({
    name: `change of the ${name.replaceAll("_", " ")}`,
    value: change,
    sd,
    verdict: "not applicable" as const,
    note: `from ${nominal.toPrecision(4)}` +
      (se === null ? "" : `; standard error ${se.toPrecision(2)}`),
  }));
}
