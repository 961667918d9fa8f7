/**
 * The panels of a neuron, each in its own section; one that fails leaves the others standing.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ViewerNeuron } from "../format.ts";
import { copyButton, toTsv } from "./copy.ts";
import { h } from "./dom.ts";
import { redrawInside } from "./focus.ts";
import { faultNotice, missingNotice } from "./notices.ts";
import { ACTIVATIONS } from "./panel/activations.ts";
import { COMPOSITIONS } from "./panel/compositions.ts";
import { EXAMPLES } from "./panel/examples.ts";
import { HEADS } from "./panel/heads.ts";
import type { PanelContext, PanelKind } from "./panel/panel.ts";
import { PARTNERS } from "./panel/partners.ts";
import { VOCABULARY } from "./panel/vocabulary.ts";
import { formatView } from "./view.ts";

/** In the order of the page. */
export const PANEL_KINDS: readonly PanelKind[] = [
  ACTIVATIONS,
  VOCABULARY,
  COMPOSITIONS,
  HEADS,
  EXAMPLES,
  PARTNERS,
];

type SharedContext = Omit<PanelContext, "redraw">;

function inside(kind: PanelKind, context: PanelContext, neuron: ViewerNeuron): Node[] {
  const { model } = context;
  const title = h("h3", { id: `${kind.name}-title` }, kind.title);
  const missing = model.missing[kind.name];
  try {
    const content = kind.draw(context, neuron);
    const nodes = content?.nodes ??
      (missing ? [] : [h("p", { class: "notice" }, "This neuron has no data here.")]);
    const tools = content ? [copyButton("Copy as TSV", () => toTsv(content.rows()))] : [];
    return [
      h("div", { class: "panel-head" }, title, ...tools),
      ...(missing ? [missingNotice(missing)] : []),
      ...nodes,
    ];
  } catch (error) {
    const file = `data/shard-${Math.floor(context.neuron / model.shardNeurons)}.js`;
    const reason = error instanceof Error ? error.message : String(error);
    const fault = new TypeError(
      `Cannot show "${kind.title}": ${file} is broken (${reason}), expected a file as neurite writes it`,
    );
    return [h("div", { class: "panel-head" }, title), faultNotice(fault, model)];
  }
}

function isInSight(element: Element): boolean {
  const { top, bottom } = element.getBoundingClientRect();
  return top < innerHeight && bottom > 0;
}

/**
 * A section a panel, the same ones for every neuron: so the browser remembers the size of those it
 * has not laid out, and the reader stays where they were.
 */
export class PanelSections {
  readonly element: HTMLElement;
  readonly #sections: readonly HTMLElement[];
  #latest: ViewerNeuron | undefined;

  /** Empty sections. */
  constructor() {
    this.#sections = PANEL_KINDS.map(({ name }) =>
      h("section", { id: `panel-${name}`, class: "panel", "aria-labelledby": `${name}-title` })
    );
    this.element = h("div", { class: "panels" }, ...this.#sections);
  }

  /**
   * Draws a neuron: at once what is in sight, the rest a panel at a time behind it, until another
   * neuron is asked for. While panels wait, the element is `aria-busy`.
   */
  async show(shared: SharedContext, neuron: ViewerNeuron): Promise<void> {
    this.#latest = neuron;
    this.element.setAttribute("aria-busy", "true");
    const waiting: (() => void)[] = [];
    PANEL_KINDS.forEach((kind, place) => {
      const section = this.#sections[place]!;
      const draw = () =>
        redrawInside(section, ...inside(kind, { ...shared, redraw: draw }, neuron));
      if (isInSight(section)) draw();
      else waiting.push(draw);
    });
    for (const draw of waiting) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.#latest !== neuron) return;
      draw();
    }
    this.element.removeAttribute("aria-busy");
  }
}

/** Links to the panels. */
export function panelLinks({ model, view, neuron }: SharedContext): HTMLElement {
  return h(
    "ul",
    {},
    ...PANEL_KINDS.map(({ name, title }) =>
      h(
        "li",
        {},
        h("a", {
          href: formatView({ ...view, neuron, panel: name }, model),
          "aria-current": view.panel === name ? "true" : undefined,
        }, title),
      )
    ),
  );
}
