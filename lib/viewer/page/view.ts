/**
 * What the page shows, and the address that brings one back to it: `#/n/4.123?panel=heads&sort=-kurt`.
 *
 * @module
 */
import { type Panel, PANELS, type ViewerModel } from "../format.ts";
import { neuronName, parseNeuron } from "./numbers.ts";

/** Everything an address holds. */
export interface View {
  /** Flat number; undefined for the first in order. */
  readonly neuron: number | undefined;
  readonly panel: Panel | undefined;
  /** A column's name; empty for the order of the model. */
  readonly sort: string;
  readonly descending: boolean;
  /** Columns shown; undefined for the usual ones. */
  readonly columns: readonly string[] | undefined;
  readonly text: string;
  readonly layer: number | undefined;
  readonly universal: boolean;
  /** A feature's name; empty for all. */
  readonly feature: string;
  /** Least and largest value by column; infinite where open. */
  readonly ranges: Readonly<Record<string, readonly [number, number]>>;
  /** The part of the corpus whose examples are shown; empty for all of it. */
  readonly subset: string;
}

/** The view of an address without anything. */
export const EMPTY_VIEW: View = {
  neuron: undefined,
  panel: undefined,
  sort: "",
  descending: false,
  columns: undefined,
  text: "",
  layer: undefined,
  universal: false,
  feature: "",
  ranges: {},
  subset: "",
};

function parseRange(text: string): [number, number] | undefined {
  const ends = text.split("..");
  if (ends.length !== 2) return undefined;
  const [from, to] = [
    ends[0] === "" ? -Infinity : Number(ends[0]),
    ends[1] === "" ? Infinity : Number(ends[1]),
  ];
  return Number.isNaN(from) || Number.isNaN(to) ? undefined : [from, to];
}

/** The view of an address's fragment. What the model does not have is left out. */
export function parseView(fragment: string, model: ViewerModel): View {
  const [path = "", query = ""] = fragment.replace(/^#/, "").split(/\?(.*)/s);
  const asked = new URLSearchParams(query);
  const known = new Set(model.columns.map((column) => column.name));
  const sort = asked.get("sort") ?? "";
  const layer = Number(asked.get("layer") ?? NaN);
  const ranges: Record<string, [number, number]> = {};
  for (const [key, value] of asked) {
    const range = key.startsWith("r.") && known.has(key.slice(2)) ? parseRange(value) : undefined;
    if (range) ranges[key.slice(2)] = range;
  }
  return {
    neuron: path.startsWith("/n/") ? parseNeuron(path.slice(3), model) : undefined,
    panel: PANELS.find((panel) => panel === asked.get("panel")),
    sort: known.has(sort.replace(/^-/, "")) ? sort.replace(/^-/, "") : "",
    descending: sort.startsWith("-"),
    columns: asked.get("cols")?.split(",").filter((name) => known.has(name)),
    text: asked.get("q") ?? "",
    layer: Number.isInteger(layer) && layer >= 0 && layer < model.layers ? layer : undefined,
    universal: asked.get("universal") === "1",
    feature: asked.get("feature") ?? "",
    ranges,
    subset: asked.get("subset") ?? "",
  };
}

/** The fragment of a view, from `#` on. */
export function formatView(view: View, model: ViewerModel): string {
  const query = new URLSearchParams();
  if (view.panel) query.set("panel", view.panel);
  if (view.sort !== "" || view.descending) {
    query.set("sort", `${view.descending ? "-" : ""}${view.sort}`);
  }
  if (view.columns) query.set("cols", view.columns.join(","));
  if (view.text !== "") query.set("q", view.text);
  if (view.layer !== undefined) query.set("layer", String(view.layer));
  if (view.universal) query.set("universal", "1");
  if (view.feature !== "") query.set("feature", view.feature);
  for (const [name, [from, to]] of Object.entries(view.ranges)) {
    const end = (value: number) => Number.isFinite(value) ? String(value) : "";
    query.set(`r.${name}`, `${end(from)}..${end(to)}`);
  }
  if (view.subset !== "") query.set("subset", view.subset);
  const path = view.neuron === undefined ? "/" : `/n/${neuronName(view.neuron, model.width)}`;
  const tail = query.toString();
  return tail === "" ? `#${path}` : `#${path}?${tail}`;
}
