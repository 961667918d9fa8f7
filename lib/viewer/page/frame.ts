/**
 * The page's parts, empty.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ViewerModel } from "../format.ts";
import { button, h } from "./dom.ts";
import { provenance } from "./provenance.ts";

/** Places that the app fills. */
export interface Frame {
  readonly faults: HTMLElement;
  readonly filters: HTMLElement;
  readonly ranges: HTMLElement;
  readonly columns: HTMLElement;
  readonly count: HTMLElement;
  readonly head: HTMLElement;
  readonly links: HTMLElement;
  readonly panels: HTMLElement;
}

/** What the frame is given to hold. */
export interface FrameParts {
  readonly search: HTMLElement;
  readonly table: HTMLElement;
  readonly copyTable: HTMLElement;
  help(): void;
  toggleTheme(): void;
}

/** Lays the page out. */
export function layOut(model: ViewerModel, parts: FrameParts): Frame {
  const place = () => h("div", {});
  const frame = {
    faults: place(),
    filters: place(),
    ranges: place(),
    columns: place(),
    count: h("p", { id: "count", role: "status" }),
    head: place(),
    links: h("nav", { "aria-label": "Panels" }),
    panels: place(),
  };
  const main = h(
    "main",
    { tabindex: -1 },
    frame.faults,
    frame.head,
    frame.links,
    frame.panels,
    provenance(model),
  );
  document.title = `Neurons of ${model.model}`;
  document.body.replaceChildren(
    h("a", {
      class: "skip",
      href: "#main",
      click: (event: Event) => {
        event.preventDefault();
        main.focus();
      },
    }, "Skip to the neuron"),
    h(
      "header",
      {},
      h("h1", {}, "Neurons of ", h("bdi", {}, model.model)),
      h(
        "div",
        { class: "buttons" },
        button("Theme", parts.toggleTheme, { title: "Light or dark (t)" }),
        button("Help", parts.help, { title: "Keys (?)" }),
      ),
    ),
    h(
      "div",
      { class: "layout" },
      h(
        "section",
        { class: "side", "aria-label": "Table of neurons" },
        parts.search,
        frame.filters,
        h("details", {}, h("summary", {}, "Ranges"), frame.ranges),
        h("details", {}, h("summary", {}, "Columns"), frame.columns),
        h("div", { class: "count" }, frame.count, parts.copyTable),
        parts.table,
      ),
      main,
    ),
  );
  return frame;
}
