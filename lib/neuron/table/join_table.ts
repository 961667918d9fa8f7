/**
 * The table of all neurons, joined from its sources.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import type { TableColumn } from "../../store/format/table.ts";
import {
  COLUMN_NAMES,
  type JoinedTable,
  type NeuronColumn,
  type NeuronColumns,
  type NeuronRows,
} from "./columns.ts";
import { checkSameModel, type TableSource } from "./sources.ts";

/**
 * Joins sources of one model; columns that none of them has are left out.
 *
 * @param layers for sources that do not say how many the model has.
 * @throws {NeuriteError} E-USAGE when the sources are none, or of different models or sizes, or when
 * nothing says how many layers there are.
 */
export function joinTable(
  sources: readonly TableSource[],
  { layers: asked }: { readonly layers?: number | undefined } = {},
): JoinedTable {
  const [first] = sources;
  if (!first) throw noSource();
  checkSameModel(sources);
  const { neurons } = first;
  const layers = sources.find((source) => source.layers !== undefined)?.layers ?? asked;
  if (layers === undefined || neurons % layers !== 0) throw noLayers(first, layers);
  const width = neurons / layers;
  const all: NeuronColumns = Object.assign({}, ...sources.map(({ columns }) => columns));
  const present = COLUMN_NAMES.filter((name) => all[name]);
  return {
    model: sources.find((source) => source.model !== undefined)?.model,
    layers,
    layer: Int32Array.from({ length: neurons }, (_, i) => Math.floor(i / width)),
    neuron: Int32Array.from({ length: neurons }, (_, i) => i % width),
    columns: Object.fromEntries(present.map((name) => [name, all[name]!])),
    absent: COLUMN_NAMES.filter((name) => !all[name]),
  };
}

/** Columns that are float64 in files: what they are computed from has fewer digits than they. */
const WIDE: readonly NeuronColumn[] = ["l2_penalty"];

/**
 * Rows as a file has them.
 *
 * @param isOriginal keeps the correlation columns as decimals in float64, as the original's table.
 * @param rows only these, by place. @default all
 */
export function tableColumns(
  { layer, neuron, columns }: NeuronRows,
  { isOriginal = false, rows }: {
    readonly isOriginal?: boolean;
    readonly rows?: Int32Array | undefined;
  } = {},
): TableColumn[] {
  const pick = <T extends Int32Array | Float64Array>(values: T): T =>
    rows ? takeRows(values, rows) : values;
  const isWide = (name: NeuronColumn) =>
    WIDE.includes(name) || (isOriginal && /_corr$|_baseline$/.test(name));
  return [
    { name: "layer", type: "int32", values: pick(layer) },
    { name: "neuron", type: "int32", values: pick(neuron) },
    ...COLUMN_NAMES.flatMap((name): TableColumn[] => {
      const values = columns[name] && pick(columns[name]);
      if (!values) return [];
      return isWide(name)
        ? [{ name, type: "float64", values }]
        : [{ name, type: "float32", values: Float32Array.from(values) }];
    }),
  ];
}

function takeRows<T extends Int32Array | Float64Array>(values: T, rows: Int32Array): T {
  const taken = values.slice(0, rows.length);
  rows.forEach((row, i) => taken[i] = values[row]!);
  return taken as T;
}

function noSource() {
  return cannot("E-USAGE", {
    do: "make",
    thing: "neuron_df",
    is: "no source",
    expected: "one or several of --correlations, --weights, --summary",
    hint: "deno task un:weights makes the columns that need no text",
  });
}

function noLayers({ path, neurons }: TableSource, layers: number | undefined) {
  return cannot("E-USAGE", {
    do: "number the neurons of",
    thing: path,
    is: `${neurons} neurons in ${layers ?? "an unknown number of"} layers`,
    expected: "a number of layers that divides them",
    hint: "add --layers L, or a source that has layers",
  });
}
