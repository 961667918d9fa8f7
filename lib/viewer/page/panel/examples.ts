/**
 * Texts in which a neuron is most active, its largest token in one column.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Example } from "../../format.ts";
import { checkbox, h } from "../dom.ts";
import { showNumber } from "../numbers.ts";
import { type PanelContext, type PanelKind, parts } from "./panel.ts";

/** Tokens shown around the largest. */
const BEFORE = 20;
const AFTER = 4;

const COLUMNS = ["value", "before", "token", "after"];

function text(example: Example, context: PanelContext, from = 0, to = Infinity): string {
  return example.tokens.slice(Math.max(0, from), to).map((id) => context.token(id)).join("");
}

function row(example: Example, most: number, context: PanelContext): HTMLElement {
  const { tokens, at, activations } = example;
  const span = (place: number) => {
    const value = place === at ? example.value : activations?.[place];
    const element = context.tokenElement(tokens[place]!);
    if (value === undefined || value === 0) return element;
    element.classList.add("active", value < 0 ? "neg" : "pos");
    element.style.setProperty("--t", (Math.abs(value) / most).toFixed(3));
    element.title = showNumber(value);
    return element;
  };
  const run = (from: number, to: number) => {
    const nodes: Node[] = [];
    for (let place = Math.max(0, from); place < Math.min(tokens.length, to); place++) {
      nodes.push(span(place));
    }
    return nodes;
  };
  const place = `row ${example.row.toLocaleString("en")}, position ${
    example.position.toLocaleString("en")
  }`;
  return h(
    "tr",
    {},
    h(
      "th",
      { scope: "row" },
      h("button", {
        type: "button",
        class: "more",
        title: `${place}: show the text`,
        click: () => context.open(`Example at ${place}`, text(example, context)),
      }, showNumber(example.value)),
    ),
    h("td", { class: "before" }, h("div", {}, ...run(at - BEFORE, at))),
    h("td", { class: "peak-token" }, ...run(at, at + 1)),
    h("td", { class: "after" }, ...run(at + 1, at + 1 + AFTER)),
  );
}

function scaleBar(most: number): HTMLElement {
  const steps = [-1, -0.5, 0, 0.5, 1];
  return h(
    "p",
    { class: "scale" },
    "activation ",
    ...steps.map((share) =>
      h("span", {
        class: `active ${share < 0 ? "neg" : "pos"}${share === 0 ? " none" : ""}`,
        "--t": Math.abs(share),
      }, showNumber(share * most))
    ),
    " (underlined: solid above 0, dotted below)",
  );
}

/** Panel 8 of the paper's viewer. */
export const EXAMPLES: PanelKind = {
  name: "examples",
  title: "Examples",
  draw(context, neuron) {
    const having = parts(context.model, neuron).filter(({ part }) => part.examples?.length);
    if (having.length === 0) return undefined;
    const chosen = having.find(({ name }) => name === context.view.subset) ?? having[0]!;
    const examples = chosen.part.examples!;
    const most = Math.max(
      1e-12,
      ...examples.flatMap(({ value, activations }) =>
        [value, ...(activations ?? [])].map(Math.abs)
      ),
    );
    const choice = h("select", {
      id: "example-part",
      change: () => context.go({ subset: choice.value === having[0]!.name ? "" : choice.value }),
    }, ...having.map(({ name }) => h("option", { value: name }, name)));
    choice.value = chosen.name;
    return {
      nodes: [
        h(
          "div",
          { class: "controls" },
          h("label", {}, "Part of the corpus ", choice),
          checkbox("wrap lines", context.settings.wrap, (checked) => {
            context.settings.wrap = checked;
            context.redraw();
          }),
          scaleBar(most),
        ),
        h(
          "div",
          { class: "scroll", tabindex: 0, role: "region", "aria-label": "Examples" },
          h(
            "table",
            { class: context.settings.wrap ? "examples wrap" : "examples" },
            h("caption", {}, `${examples.length} largest activations in ${chosen.name}`),
            h("colgroup", {}, ...COLUMNS.map((name) => h("col", { class: `col-${name}` }))),
            h(
              "thead",
              { class: "offscreen" },
              h(
                "tr",
                {},
                ...COLUMNS.map((name) => h("th", { scope: "col" }, name)),
              ),
            ),
            h("tbody", {}, ...examples.map((example) => row(example, most, context))),
          ),
        ),
      ],
      rows: () => [
        ["value", "before", "token", "after", "row", "position"],
        ...examples.map((example) => [
          example.value,
          text(example, context, example.at - BEFORE, example.at),
          text(example, context, example.at, example.at + 1),
          text(example, context, example.at + 1, example.at + 1 + AFTER),
          example.row,
          example.position,
        ]),
      ],
    };
  },
};
