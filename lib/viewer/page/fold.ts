/**
 * Tables that are built when they are opened.
 *
 * @module
 */
/// <reference lib="dom" />
import { type Child, h } from "./dom.ts";

/** A fold whose inside is made when it first opens. */
export function fold(summary: string, make: () => Node): HTMLDetailsElement {
  const details = h("details", {
    toggle: () => {
      if (details.open && details.childElementCount === 1) details.append(make());
    },
  }, h("summary", {}, summary));
  return details;
}

/** A plain table; the first cell of a row names it. */
export function table(
  caption: string,
  columns: readonly Child[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)))),
      h(
        "tbody",
        {},
        ...rows.map(([name, ...cells]) =>
          h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((cell) => h("td", {}, cell)))
        ),
      ),
    ),
  );
}
