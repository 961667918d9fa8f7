/**
 * Letter-value plots ("boxen"): boxes of ever smaller tails, by category and hue, in panels.
 *
 * @module
 */
import type { BoxenOptions, BoxenPanel } from "./boxen_options.ts";
import { type BoxenShape, boxenView } from "./boxen_view.ts";
import { cannot } from "../errors.ts";
import { checkMissingValues } from "./missing_values.ts";
import { CATEGORIES } from "./palette.ts";
import { specHead } from "./spec_head.ts";
import type { Panel, TopLevelSpec } from "./spec_types.ts";
import { letterValues } from "./transforms/letter_values.ts";

/** Below this many values a group is drawn as points: quartiles of so few say nothing more. */
export const FEWEST_FOR_BOXES = 8;

function shapesOf({ groups }: BoxenPanel, options: BoxenOptions): BoxenShape[] {
  const { categories, hues = [""], outliers = true } = options;
  return groups.map(({ category, hue = hues[0]!, values }) => {
    const place = { category: categories.indexOf(category), hue: hues.indexOf(hue) };
    if (place.category < 0 || place.hue < 0) {
      throw cannot("E-FIGURE", {
        do: "draw figure",
        thing: options.title,
        is: `a group of category "${category}" and hue "${hue}"`,
        expected: "categories and hues that the figure names",
        hint: "name them in categories and hues",
      });
    }
    const letters = letterValues(values);
    const isFew = letters.count < FEWEST_FOR_BOXES;
    const points = isFew ? Array.from(values).filter(Number.isFinite) : letters.outliers;
    return {
      ...place,
      letters: isFew ? { ...letters, boxes: [] } : letters,
      points: isFew || outliers ? points : [],
    };
  }).filter(({ letters }) => letters.count > 0);
}

/**
 * Letter-value plots. Boxes are those of {@linkcode letterValues}: the middle half widest and darkest,
 * then the middle three quarters, and so on, until 5 to 8 values are beyond each end; the line is the
 * median. Groups of fewer than 8 values are drawn as points.
 *
 * @throws {NeuriteError} `E-FIGURE` for a group of an unknown category or hue, more than seven hues,
 * and values that are not finite without having been announced.
 *
 * @example Usage
 * ```ts
 * import { boxen } from "neurite/lib/figure/boxen.ts";
 *
 * const values = Array.from({ length: 100 }, (_, i) => Math.sin(i));
 * const spec = boxen([{ yTitle: "value", groups: [{ category: "sine", values }] }], {
 *   name: "sine",
 *   title: "Sine",
 *   description: "Sines of 0 to 99.",
 *   xTitle: "",
 *   categories: ["sine"],
 * });
 * if (spec.name !== "sine") throw new Error("unreachable");
 * ```
 */
export function boxen(panels: readonly BoxenPanel[], options: BoxenOptions): TopLevelSpec {
  const { hues = [""], missing = 0, panelColumns = 1 } = options;
  if (hues.length > CATEGORIES.length) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: options.title,
      is: `${hues.length} hues`,
      expected: `at most ${CATEGORIES.length}`,
      hint: "split the figure",
    });
  }
  const drawn = panels.map((panel) => ({ panel, shapes: shapesOf(panel, options) }));
  const lists = panels.flatMap(({ groups }) => groups.map(({ values }) => values));
  const leftOut = lists.reduce((sum, values) => sum + letterValues(values).leftOut, 0);
  checkMissingValues(leftOut, missing, options.title);
  return {
    ...specHead(options),
    columns: panelColumns,
    concat: drawn.map(({ panel, shapes }, i) =>
      boxenView(panel, shapes, {
        ...options,
        hues,
        // The x axes are the same; the last line of panels carries the title.
        isLast: i + panelColumns >= panels.length,
      })
    ) as Panel[],
    spacing: 16,
    resolve: { scale: { color: "shared" } },
  };
}
