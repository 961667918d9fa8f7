/**
 * Controls of the table: search, filters, ranges, columns.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ColumnInfo, ViewerModel } from "../../format.ts";
import { checkbox, h } from "../dom.ts";
import { parseNeuron, showNumber } from "../numbers.ts";
import { shownToken } from "../token_text.ts";
import type { View } from "../view.ts";
import { kindOf, universalRule } from "./order.ts";

/** Milliseconds after the last key before a search starts. */
const PATIENCE = 120;

/** What the controls ask of the page. */
export interface FilterOwner {
  readonly model: ViewerModel;
  /** Changes what is shown, in place of the last entry of the history where `replace`. */
  go(change: Partial<View>, replace: boolean): void;
}

/** What a search looks through, in words. */
export function searched(model: ViewerModel): string {
  const titles = model.columns.filter((column) => kindOf(column) !== "number")
    .map(({ title }) => title);
  return titles.length > 0
    ? `Searched: id, ${titles.join(", ")}.`
    : "Searched: id. This folder has no features and no top tokens to search.";
}

/** The search field and its label. */
export function searchField(owner: FilterOwner): { element: HTMLElement; input: HTMLInputElement } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const submit = (neuron?: number) => {
    clearTimeout(timer);
    owner.go(
      { text: input.value, ...(neuron === undefined ? {} : { neuron }) },
      neuron === undefined,
    );
  };
  const input = h("input", {
    type: "search",
    id: "search",
    placeholder: "4.123, token or feature",
    "aria-describedby": "searched",
    autocomplete: "off",
    spellcheck: "false",
    input: () => {
      clearTimeout(timer);
      timer = setTimeout(submit, PATIENCE);
    },
    keydown: (event: KeyboardEvent) => {
      if (event.key === "Escape") input.blur();
      if (event.key === "Enter") submit(parseNeuron(input.value, owner.model));
    },
  });
  const element = h(
    "div",
    { class: "search" },
    h("label", { for: "search" }, "Search"),
    input,
    h("p", { id: "searched", class: "soft" }, searched(owner.model)),
  );
  return { element, input };
}

/** Filters by layer, universality and feature, for a view. */
export function filterBar(owner: FilterOwner, view: View): HTMLElement {
  const { model } = owner;
  const layer = h(
    "select",
    {
      id: "layer",
      change: () => {
        owner.go({ layer: layer.value === "" ? undefined : Number(layer.value) }, true);
      },
    },
    h("option", { value: "" }, "all"),
    ...Array.from({ length: model.layers }, (_, l) => h("option", { value: l }, l)),
  );
  layer.value = view.layer === undefined ? "" : String(view.layer);
  const parts: HTMLElement[] = [h("label", {}, "Layer ", layer)];
  const rule = universalRule(model);
  if (rule) {
    const box = checkbox("universal", view.universal, (universal) => owner.go({ universal }, true));
    box.title = `${rule.column} over ${rule.over}`;
    parts.push(box);
  }
  if (model.features.length > 0 && model.columns.some(({ name }) => name === "feature")) {
    const feature = h(
      "select",
      { id: "feature", change: () => owner.go({ feature: feature.value }, true) },
      h("option", { value: "" }, "all"),
      ...[...new Set(model.features)].map((name) => h("option", { value: name }, shownToken(name))),
    );
    feature.value = view.feature;
    parts.push(h("label", {}, "Feature ", feature));
  }
  return h("div", { class: "controls" }, ...parts);
}

/** Least and largest value of each column shown. */
export function rangeFields(
  owner: FilterOwner,
  view: View,
  columns: readonly ColumnInfo[],
): HTMLElement {
  const field = (column: ColumnInfo, end: 0 | 1) => {
    const value = view.ranges[column.name]?.[end];
    const input = h("input", {
      type: "number",
      step: "any",
      placeholder: showNumber(end === 0 ? column.min : column.max),
      "aria-label": `${end === 0 ? "least" : "largest"} ${column.title}`,
      change: () => {
        const ends: [number, number] = [...(view.ranges[column.name] ?? [-Infinity, Infinity])];
        ends[end] = input.value === "" ? (end === 0 ? -Infinity : Infinity) : Number(input.value);
        const { [column.name]: _, ...others } = view.ranges;
        const open = ends.every((value) => !Number.isFinite(value));
        owner.go({ ranges: open ? others : { ...others, [column.name]: ends } }, true);
      },
    });
    if (value !== undefined && Number.isFinite(value)) input.value = String(value);
    return input;
  };
  return h(
    "div",
    { class: "ranges" },
    ...columns.filter((column) => kindOf(column) === "number").map((column) =>
      h("div", {}, h("span", {}, column.title), field(column, 0), "\u2013", field(column, 1))
    ),
  );
}

/** Which columns the table has. */
export function columnChoice(owner: FilterOwner, shown: readonly ColumnInfo[]): HTMLElement {
  const names = shown.map(({ name }) => name);
  return h(
    "div",
    { class: "choice" },
    ...owner.model.columns.map(({ name, title, description }) => {
      const box = checkbox(title, names.includes(name), (checked) => {
        const kept = names.filter((other) => other !== name);
        owner.go({ columns: checked ? [...kept, name] : kept }, true);
      });
      box.title = description;
      return box;
    }),
  );
}
