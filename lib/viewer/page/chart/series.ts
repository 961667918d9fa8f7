/**
 * How lines are told apart: by colour and by dashes at once, so that neither alone is needed. Seven
 * colours and four dashes share no factor: 28 lines differ.
 *
 * @module
 */
/// <reference lib="dom" />
import { h, s } from "../dom.ts";

const COLORS = 7;
const DASHES = ["", "7 3", "2 3", "9 3 2 3"];

/** Attributes of the line at a place. */
export function lineLook(place: number): Record<string, string> {
  return {
    class: `line color-${place % COLORS}`,
    "stroke-dasharray": DASHES[place % DASHES.length]!,
  };
}

/** Which line is which. */
export function legend(names: readonly string[]): HTMLElement {
  return h(
    "ul",
    { class: "legend", "aria-label": "Lines" },
    ...names.map((name, place) =>
      h(
        "li",
        {},
        s(
          "svg",
          { width: 22, height: 8, "aria-hidden": "true" },
          s("line", { ...lineLook(place), x1: 0, x2: 22, y1: 4, y2: 4 }),
        ),
        h("bdi", {}, name),
      )
    ),
  );
}
