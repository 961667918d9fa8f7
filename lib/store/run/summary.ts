/**
 * summary.json: a run's numbers with the paper's beside them.
 *
 * @module
 */

/** The version of summary.json's form. */
export const SUMMARY_SCHEMA = "neurite.summary/1";

/** Numbers (and short texts) by name, in groups. `schema` and `paper` are taken at the top. */
export interface SummaryNumbers {
  readonly [name: string]: SummaryValue;
}

/** A value of a summary. */
export type SummaryValue =
  | number
  | string
  | boolean
  | null
  | readonly (number | string | null)[]
  | SummaryNumbers;

function isGroup(value: SummaryValue | undefined): value is SummaryNumbers {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks that each of the paper's numbers stands beside one of the run's.
 *
 * @throws {RangeError} naming the first that does not.
 */
export function checkPaper(numbers: SummaryNumbers, paper: SummaryNumbers, path = ""): void {
  for (const [name, value] of Object.entries(paper)) {
    const ours = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
    const place = `${path}${name}`;
    if (ours === undefined || isGroup(ours) !== isGroup(value)) {
      throw new RangeError(
        `Cannot write summary "${place}": a number of the paper's alone, expected the run's too`,
      );
    }
    if (isGroup(value) && isGroup(ours)) checkPaper(ours, value, `${place}.`);
  }
}
