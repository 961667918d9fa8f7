/**
 * Neuron tables of finished runs, as figures need them, and which figures they allow.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../../errors.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun } from "../../store/run/source_run.ts";
import type { ReadTable } from "../../store/format/read_table.ts";
import type { FigureEntry } from "../write_report.ts";

/** The neurons of one model (spec/universal_neurons section 1.5). */
export interface NeuronTable {
  /** In titles and legends; different for each table of a figure. */
  readonly model: string;
  /** The model as the run names it, by which the paper's numbers are found. */
  readonly source: string;
  /** Layer of each neuron. */
  readonly layer: ArrayLike<number>;
  /** One number a neuron, NaN where there is none, by the original's column name. */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** The task that computes a column, before `un:neuron-df` joins them. */
function taskOf(column: string): string {
  if (/_corr$|_baseline$/.test(column)) return "un:correlations --baseline rotation";
  if (/^(mean|var|skew|kurt|sparsity)$/.test(column)) return "un:summary";
  return "un:weights";
}

/** What is missing, and the commands that make it. */
export function absentColumns(columns: readonly string[]): string {
  const tasks = [...new Set(columns.map(taskOf))].map((task) => `deno task ${task}`);
  return `no ${columns.join(", ")}; ${tasks.join(" and ")} and then deno task un:neuron-df make ` +
    (columns.length > 1 ? "them" : "it");
}

function numbersOf(values: ArrayLike<unknown>): Float64Array | undefined {
  const isNumeric = Array.from(values).every((value) =>
    value === null || typeof value === "number" || typeof value === "bigint"
  );
  if (!isNumeric) return undefined;
  return Float64Array.from(values, (value) => value === null ? NaN : Number(value));
}

function tableOf({ columns: read, rows }: ReadTable, source: string, path: string): NeuronTable {
  const columns = Object.fromEntries(
    Object.entries(read).flatMap(([name, values]) => {
      const numbers = numbersOf(values);
      return numbers ? [[name, numbers]] : [];
    }),
  );
  const { layer } = columns;
  const isLayer = (value: number) => Number.isInteger(value) && value >= 0;
  if (layer && rows > 0 && layer.every(isLayer)) {
    return { model: basename(source), source, layer, columns };
  }
  throw cannot("E-FILE-CORRUPT", {
    do: "read neuron table",
    thing: path,
    is: layer ? `${rows} rows, not all with a layer` : "a table without a column layer",
    expected: "one row a neuron, with its layer from 0 on",
    hint: "deno task un:neuron-df makes it again",
  });
}

/**
 * The columns of a table, all of which are needed.
 *
 * @throws {NeuriteError} E-FILE-MISSING naming those it lacks and the commands that make them.
 */
export function columnsOrRefuse(
  { columns }: NeuronTable,
  names: readonly string[],
  directory: string,
): NeuronTable["columns"] {
  const missing = names.filter((name) => !columns[name]);
  if (missing.length === 0) return columns;
  throw cannot("E-FILE-MISSING", {
    do: "find neurons in",
    thing: directory,
    is: `without ${missing.join(", ")}`,
    expected: `a table with ${names.join(", ")}`,
    hint: absentColumns(missing),
  });
}

/** Runs of `un:neuron-df` and the tables in them. */
export interface OpenedTables {
  readonly runs: readonly FinishedRun[];
  readonly tables: readonly NeuronTable[];
}

/**
 * Opens finished runs of `un:neuron-df`, one a model, in order. Tables of one name are numbered.
 *
 * @throws {NeuriteError} E-FILE-MISSING where there is no such run, E-FILE-CORRUPT.
 */
export async function openNeuronTables(directories: readonly string[]): Promise<OpenedTables> {
  const wanted = { script: "universal_neurons/neuron_df", command: "deno task un:neuron-df" };
  const runs = await Promise.all(directories.map((path) => readSourceRun(path, wanted)));
  const seen = new Map<string, number>();
  const tables: NeuronTable[] = [];
  for (const run of runs) {
    const { model } = await run.summary();
    const source = typeof model === "string" && model !== "" ? model : basename(run.directory);
    const table = tableOf(await run.table("neuron_df"), source, run.directory);
    const count = (seen.get(table.model) ?? 0) + 1;
    seen.set(table.model, count);
    tables.push(count === 1 ? table : { ...table, model: `${table.model} (${count})` });
  }
  return { runs, tables };
}

/** Whether each neuron is universal: its excess correlation is above the border. */
export function universalFlags({ columns }: NeuronTable, border: number): boolean[] {
  return Array.from(columns.excess_corr!, (excess) => excess > border);
}

/** A figure and the columns it is made of. */
export interface TableFigure {
  readonly name: string;
  /** All of these. */
  readonly needs: readonly string[];
  /** At least one of these; it is drawn with those that there are. */
  readonly oneOf?: readonly string[];
  /** Draws it from the tables that have what it needs; nothing where no neuron is universal. */
  draw(tables: readonly NeuronTable[]): FigureEntry[];
}

/** Figures that were drawn, and a line for each that was not or lacks a part. */
export interface DrawnFigures {
  readonly figures: readonly FigureEntry[];
  readonly leftOut: readonly string[];
}

function lacks({ needs, oneOf = [] }: TableFigure, { columns }: NeuronTable) {
  const absent = (names: readonly string[]) => names.filter((name) => !columns[name]);
  const optional = absent(oneOf);
  const needed = absent(needs);
  const isDrawn = needed.length === 0 && (oneOf.length === 0 || optional.length < oneOf.length);
  return { isDrawn, columns: [...needed, ...optional] };
}

/** Draws every figure from the tables that allow it, and says what is left out and why. */
export function drawFromTables(
  plans: readonly TableFigure[],
  tables: readonly NeuronTable[],
): DrawnFigures {
  const figures: FigureEntry[] = [];
  const leftOut: string[] = [];
  for (const plan of plans) {
    const found = tables.map((table) => ({ table, ...lacks(plan, table) }));
    for (const { table, isDrawn, columns } of found) {
      if (columns.length === 0) continue;
      const what = isDrawn ? `parts of ${plan.name}` : plan.name;
      leftOut.push(`left out ${what}, ${table.model}: ${absentColumns(columns)}`);
    }
    const usable = found.filter(({ isDrawn }) => isDrawn).map(({ table }) => table);
    if (usable.length === 0) continue;
    const drawn = plan.draw(usable);
    figures.push(...drawn);
    if (drawn.length === 0) leftOut.push(`left out ${plan.name}: no neuron of it is universal`);
  }
  return { figures, leftOut };
}
