/**
 * Texts in which a neuron is most active, its largest token in one column.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Example } from "../../format.ts";
import { checkbox, h } from "../dom.ts";
import { plainNumber, showNumber } from "../numbers.ts";
import { exampleToken, shade, tellNumbers } from "./example_tokens.ts";
import { type PanelContext, type PanelKind, parts } from "./panel.ts";

/** Tokens shown around the largest. */
const BEFORE = 20;
const AFTER = 4;

const COLUMNS = ["value", "before", "token", "after"];

function text(example: Example, context: PanelContext, from = 0, to = Infinity): string {
  return example.tokens.slice(Math.max(0, from), to).map((id) => context.token(id)).join("");
}

/** Activations of the tokens that are shown, and spaces between; empty where none is known. */
function numbers({ activations, at }: Example): string {
  const shown = activations?.slice(Math.max(0, at - BEFORE), at + 1 + AFTER) ?? [];
  return shown.map((value) => value === null ? "?" : plainNumber(value)).join(" ");
}

function row(example: Example, most: number, context: PanelContext): HTMLElement {
  const { tokens, at } = example;
  const run = (from: number, to: number, longest?: number) => {
    const colours = { context, most, ...(longest !== undefined && { longest }) };
    const nodes: Node[] = [];
    for (let place = Math.max(0, from); place < Math.min(tokens.length, to); place++) {
      nodes.push(exampleToken(example, place, colours));
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
        click: () => {
          const label = { tabindex: 0, role: "region", "aria-label": "Text" };
          const whole = h("div", { class: "whole", ...label }, ...run(0, Infinity, Infinity));
          context.open(`Example at ${place}`, tellNumbers(whole, ".whole"));
        },
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
      h("span", { class: shade(share), "--t": Math.abs(share) }, showNumber(share * most))
    ),
    " (underlined from a tenth of the scale: solid above 0, dotted below; the largest is framed)",
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
        [value, ...(activations ?? [])].map((one) => Math.abs(one ?? 0))
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
        tellNumbers(
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
          "tr",
        ),
      ],
      rows: () => [
        ["value", "before", "token", "after", "row", "position", "activations"],
        ...examples.map((example) => [
          example.value,
          text(example, context, example.at - BEFORE, example.at),
          text(example, context, example.at, example.at + 1),
          text(example, context, example.at + 1, example.at + 1 + AFTER),
          example.row,
          example.position,
          numbers(example),
        ]),
      ],
    };
  },
};
