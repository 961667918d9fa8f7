/**
 * Which neurons the table shows, and in what order.
 *
 * @module
 */
import type { ColumnInfo, ViewerModel } from "../../format.ts";
import { neuronName } from "../numbers.ts";
import type { View } from "../view.ts";

/** Excess correlation over which the paper calls a neuron universal. */
const UNIVERSAL = 0.5;

/** What an order is made from. */
export interface OrderSource {
  readonly model: ViewerModel;
  column(name: string): Float64Array | undefined;
  token(id: number): string;
}

/** The column that says whether a neuron is universal, and the value it must pass. */
export function universalRule(model: ViewerModel): { column: string; over: number } | undefined {
  const has = (name: string) => model.columns.some((column) => column.name === name);
  if (has("universal")) return { column: "universal", over: 0.5 };
  return has("excess_corr") ? { column: "excess_corr", over: UNIVERSAL } : undefined;
}

/** What a column's values are. */
export function kindOf(column: ColumnInfo): "number" | "token" | "feature" {
  return column.kind ?? (column.name === "feature" ? "feature" : "number");
}

/** Whether a text asks for an id: digits and one dot. */
function isId(text: string): boolean {
  return /^\d*\.\d*$/.test(text);
}

/** Columns that an order needs before it can be made. */
export function columnsOfOrder(view: View, model: ViewerModel): string[] {
  const text = view.text.trim();
  const searched = text === "" || isId(text)
    ? []
    : model.columns.filter((column) => kindOf(column) !== "number").map(({ name }) => name);
  const rule = view.universal ? universalRule(model) : undefined;
  return [
    ...(view.sort === "" ? [] : [view.sort]),
    ...(rule ? [rule.column] : []),
    ...(view.feature === "" ? [] : ["feature"]),
    ...Object.keys(view.ranges),
    ...searched,
  ];
}

/** Which values of each column that is not of numbers answer to a search. */
function searchHits(source: OrderSource, text: string): [Float64Array, Set<number>][] {
  const wanted = text.toLowerCase();
  return source.model.columns.flatMap((column) => {
    const kind = kindOf(column);
    const values = source.column(column.name);
    if (kind === "number" || !values) return [];
    const name = kind === "token"
      ? (value: number) => source.token(value)
      : (value: number) => source.model.features[value] ?? "";
    const hits = new Set<number>();
    for (const value of new Set(values)) {
      if (Number.isFinite(value) && name(value).toLowerCase().includes(wanted)) hits.add(value);
    }
    return [[values, hits] as [Float64Array, Set<number>]];
  });
}

/** Tests that a neuron passes to be shown. */
function filters(source: OrderSource, view: View): ((neuron: number) => boolean)[] {
  const { model } = source;
  const tests: ((neuron: number) => boolean)[] = [];
  const { layer } = view;
  if (layer !== undefined) tests.push((n) => Math.floor(n / model.width) === layer);
  const rule = view.universal ? universalRule(model) : undefined;
  const passes = (name: string, test: (value: number) => boolean) => {
    const values = source.column(name);
    if (values) tests.push((n) => test(values[n]!));
  };
  if (rule) passes(rule.column, (value) => value > rule.over);
  if (view.feature !== "") {
    const places = new Set(model.features.flatMap((name, at) => name === view.feature ? [at] : []));
    passes("feature", (value) => places.has(value));
  }
  for (const [name, [from, to]] of Object.entries(view.ranges)) {
    passes(name, (value) => value >= from && value <= to);
  }
  const text = view.text.trim();
  if (text !== "" && isId(text)) tests.push((n) => neuronName(n, model.width).startsWith(text));
  else if (text !== "") {
    const hits = searchHits(source, text);
    tests.push((n) => hits.some(([values, set]) => set.has(values[n]!)));
  }
  return tests;
}

/**
 * Flat numbers of the neurons a view shows, in its order. Neurons without a value come last either
 * way; equal ones stay in the model's order.
 */
export function neuronOrder(source: OrderSource, view: View): Uint32Array {
  const { model } = source;
  const tests = filters(source, view);
  const chosen: number[] = [];
  for (let neuron = 0; neuron < model.layers * model.width; neuron++) {
    if (tests.every((test) => test(neuron))) chosen.push(neuron);
  }
  const values = view.sort === "" ? undefined : source.column(view.sort);
  const way = view.descending ? -1 : 1;
  if (values) {
    chosen.sort((a, b) => {
      const [x, y] = [values[a]!, values[b]!];
      if (Number.isNaN(x) || Number.isNaN(y)) {
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
      }
      return way * (x - y) || a - b;
    });
  } else if (view.descending) chosen.reverse();
  return Uint32Array.from(chosen);
}
