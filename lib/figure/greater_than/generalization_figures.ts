/**
 * The paper's figures of other sequences and comparisons (spec/greater_than sections 3.6 and 3.10).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { FigureEntry } from "../write_report.ts";
import type { Arrays } from "./arrays.ts";
import { ippHeatmap } from "./ipp_heatmap.ts";
import { type FigureOptions, paperDomain } from "./ranges.ts";
import { missingCells, yearHeatmap } from "./year_heatmap.ts";

/** The ten tasks in words, by their number. */
export const TASK_TITLES: readonly string[] = [
  "Started in 17YY and ended in 17",
  "Happened in 17YY, it is now 17",
  "Increasing: 1599, 1607, …, 17YY, 17",
  "Decreasing: 1799, 1753, …, 16YY, 16",
  "Arithmetic sequence …, 17YY, 17",
  "17YY is smaller than 17",
  "Ended in 17YY and started in 17",
  "From the year 7YY BC to the year 7",
  "Price ranges from $ 17YY to $ 17",
  "Five random years, XXYY, XX",
];

interface Facet {
  readonly array: string;
  readonly title: string;
}

const tasks = (kind: string, ...numbers: readonly number[]): Facet[] =>
  numbers.map((task) => ({ array: `${kind}_${task}`, title: TASK_TITLES[task]! }));

const PROBABILITIES = [
  {
    name: "failure-probs",
    facets: tasks("probs", 3, 4, 5),
    high: 0.25,
    title: "Probability in the Failure Tasks of the Paper",
    caption:
      "Tasks at which the model of the paper fails: dark cells right of the diagonal would " +
      "be greater-than, left of it (first panel) less-than.",
  },
  {
    name: "success-probs",
    facets: tasks("probs", 0, 8, 2),
    high: 0.2,
    title: "Probability in the Success Tasks of the Paper",
    caption: "Tasks at which the model of the paper does greater-than: dark right of the diagonal.",
  },
  {
    name: "bc-probs",
    facets: tasks("probs", 6, 7),
    high: 0.2,
    title: "Probability in the Less-Than Tasks",
    caption: "Tasks that ask for less-than: right would be dark left of the diagonal.",
  },
] as const;

const SCORES = [
  {
    name: "success-ipps",
    facets: tasks("ipp", 0, 8, 2),
    limit: 0.5,
    title: "IPP to the Logits in the Success Tasks of the Paper",
  },
  {
    name: "bc-ipps",
    facets: tasks("ipp", 6, 7),
    limit: 0.25,
    title: "IPP to the Logits in the Less-Than Tasks",
  },
  {
    name: "m7m8-ipps",
    facets: [
      { array: "m7_2", title: "Increasing sequence, via MLP 7" },
      { array: "m8_2", title: "Increasing sequence, via MLP 8" },
    ],
    limit: 0.05,
    title: "IPP via MLPs in the Increasing Sequence",
  },
] as const;

/** The arrays of all facets, or nothing when one is not there. */
function found(arrays: Arrays, facets: readonly Facet[]): HostArray[] | undefined {
  const values = facets.map(({ array }) => arrays[array]);
  return values.every((array) => array !== undefined) ? values : undefined;
}

/**
 * failure-probs, success-probs, bc-probs of `probs_<task>` [97,100]; success-ipps, bc-ipps of
 * `ipp_<task>` and m7m8-ipps of `m7_2`, `m8_2` [L,H+1]; those whose arrays are all there. Panels
 * are titled by the task in words.
 *
 * @throws {NeuriteError} `E-FIGURE` for other shapes, or NaN in a row that is not all NaN.
 */
export function generalizationFigures(arrays: Arrays, options: FigureOptions): FigureEntry[] {
  const { model, isPaperModel = false } = options;
  const probabilities = PROBABILITIES.flatMap(({ name, facets, high, title, caption }) => {
    const values = found(arrays, facets);
    if (!values) return [];
    const words = facets.map((facet) => facet.title);
    const spec = yearHeatmap(values.map((panel, i) => ({ values: panel, title: words[i]! })), {
      name,
      title: `${model} ${title}`,
      description: `Probability of each of the 100 two-digit years (columns) after start years ` +
        `02 to 98 (rows, 02 on top) in the tasks: ${words.join("; ")}.`,
      colorTitle: "Probability",
      palette: "Blues",
      cell: { width: 4, height: 3 },
      missing: missingCells(...values),
      ...paperDomain([0, high], options),
    });
    return [{ name, spec, caption }];
  });
  const scores = SCORES.flatMap(({ name, facets, limit, title }) => {
    const values = found(arrays, facets);
    if (!values) return [];
    const spec = ippHeatmap(
      values.map((panel, i) => ({ scores: panel, title: facets[i]!.title })),
      { name, title: `${model} ${title}`, ...(isPaperModel ? { limit } : {}) },
    );
    const caption = `${title}. Red: patching the sender lowers the probability difference.`;
    return [{ name, spec, caption }];
  });
  return [...probabilities, ...scores];
}
