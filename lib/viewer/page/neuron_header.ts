/**
 * The head of a neuron: its id, its numbers, steps to others, the line that loads it.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ColumnInfo, ViewerModel } from "../format.ts";
import { copyButton } from "./copy.ts";
import { button, h } from "./dom.ts";
import { faultNotice } from "./notices.ts";
import { neuronName } from "./numbers.ts";

/** What the head asks of the page. */
export interface HeaderOwner {
  readonly model: ViewerModel;
  cell(neuron: number, column: ColumnInfo): Node | string;
  isLoaded(column: string): boolean;
  loadAll(): Promise<void>;
  step(by: -1 | 1): void;
  random(): void;
}

/** The line of TypeScript that loads what the page shows of a neuron. */
export function loadingLine(model: ViewerModel, neuron: number): string {
  const name = JSON.stringify(model.model);
  const [layer, index] = neuronName(neuron, model.width).split(".");
  return `import { loadAllSummaries, loadWeightsSummary } from "neurite"; ` +
    `const summaries = await loadAllSummaries(${name}), weights = await loadWeightsSummary(${name}), ` +
    `neuron = ${layer} * ${model.width} + ${index};`;
}

function numberList(
  owner: HeaderOwner,
  neuron: number,
  columns: readonly ColumnInfo[],
): HTMLElement {
  return h(
    "dl",
    { class: "numbers" },
    ...columns.map((column) =>
      h(
        "div",
        { title: column.description },
        h("dt", {}, column.title),
        h("dd", {}, owner.cell(neuron, column)),
      )
    ),
  );
}

/** The head; numbers that the table has not loaded come when they are asked for. */
export function neuronHeader(owner: HeaderOwner, neuron: number, open: boolean): HTMLElement {
  const { model } = owner;
  const name = neuronName(neuron, model.width);
  const [layer, index] = name.split(".");
  const numbers = h("div", {});
  const draw = (all: boolean) =>
    numbers.replaceChildren(
      numberList(owner, neuron, model.columns.filter(({ name }) => all || owner.isLoaded(name))),
    );
  const more = h(
    "button",
    {
      type: "button",
      click: () => {
        owner.loadAll().then(() => {
          draw(true);
          more.hidden = true;
        }, (error) => numbers.replaceChildren(faultNotice(error, model)));
      },
    },
    "All numbers",
  );
  more.hidden = open || model.columns.every(({ name }) => owner.isLoaded(name));
  draw(false);
  return h(
    "div",
    { class: "neuron-head" },
    h(
      "div",
      { class: "title" },
      h("h2", { id: "neuron-name", tabindex: -1 }, `Neuron ${name}`),
      h(
        "p",
        { class: "soft" },
        `layer ${layer} of ${model.layers}, index ${index} of ${model.width}`,
      ),
      h(
        "div",
        { class: "buttons" },
        button("\u2190 Previous", () => owner.step(-1)),
        button("Next \u2192", () => owner.step(1)),
        button("Random", () => owner.random()),
        copyButton("Copy loading line", () => loadingLine(model, neuron)),
      ),
    ),
    h("div", { class: "numbers-line" }, numbers, more),
  );
}
