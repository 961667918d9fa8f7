/**
 * What the neuron table is joined from, whoever wrote it.
 *
 * @module
 */
import { basename, join } from "node:path";
import { cannot } from "../../errors.ts";
import type { InputFile } from "../../store/run/run_record.ts";
import type { Json } from "../../store/format/json.ts";
import type { NeuronColumns, SourceKind } from "./columns.ts";

/** Columns of all neurons of a model from one place. */
export interface TableSource {
  readonly kind: SourceKind;
  /** Where they are, for people. */
  readonly path: string;
  /** The model's name without a folder; unknown where the source does not say. */
  readonly model?: string | undefined;
  /** L; unknown where the source does not say. */
  readonly layers?: number | undefined;
  /** L·F. */
  readonly neurons: number;
  readonly columns: NeuronColumns;
  /** The files read, for the identity of what is made of them. */
  readonly inputs: readonly InputFile[];
  /** `modelFingerprint` of the run; unknown for the original's files. */
  readonly weights?: string | undefined;
  /** Facts worth a place in the summary. */
  readonly facts: Readonly<Record<string, Json>>;
}

/** How a source's numbers are wanted. */
export interface SourceOptions {
  /** Rounds as the original's files do. */
  readonly isOriginal: boolean;
}

/** A model's name however a run has it: an alias, or `./` and a directory's name. */
export function modelName(label: unknown): string | undefined {
  return typeof label === "string" && label !== "" ? basename(label) : undefined;
}

/** Numbers of a column of a run's table, by neuron. */
export function float64(values: ArrayLike<unknown>): Float64Array {
  return Float64Array.from(values, Number);
}

/** L of a table in order of layers. */
export function layersIn(layer: ArrayLike<unknown>): number {
  return layer.length === 0 ? 0 : Number(layer[layer.length - 1]) + 1;
}

/** Whether a path is a folder that holds this file. */
export async function holds(directory: string, file: string): Promise<boolean> {
  const info = await Deno.stat(`${directory}/${file}`).catch(() => undefined);
  return info?.isFile === true;
}

/** The original's histograms of a dataset. */
export const COUNTS = "neuron_bin_counts.pt";

/**
 * The folders of the original's datasets: this one or those in it, in order of names; none in the folder of
 * a run.
 */
export async function datasetsIn(path: string): Promise<string[]> {
  if (await holds(path, COUNTS)) return [path];
  const found: string[] = [];
  const isFolder = (await Deno.stat(path).catch(() => undefined))?.isDirectory;
  if (!isFolder || await holds(path, "run.json")) return found;
  for await (const { name, isDirectory } of Deno.readDir(path)) {
    if (isDirectory && await holds(join(path, name), COUNTS)) found.push(join(path, name));
  }
  return found.sort();
}

function describeModel({ model = "a model it does not name", layers, neurons }: TableSource) {
  const sizes = layers === undefined ? "" : `${layers} layers of ${neurons / layers}, `;
  return `${model} (${sizes}${neurons} neurons)`;
}

/** Whether two sources can be of one model, as far as they say. */
function isSameModel(one: TableSource, other: TableSource): boolean {
  const same = <T>(a: T | undefined, b: T | undefined) =>
    a === undefined || b === undefined || a === b;
  const ofWeights = one.weights !== undefined && other.weights !== undefined;
  // The same files may be known by several names; a name alone says less.
  const isModel = ofWeights ? one.weights === other.weights : same(one.model, other.model);
  return isModel && one.neurons === other.neurons && same(one.layers, other.layers);
}

/**
 * Checks that all sources are of one model.
 *
 * @throws {NeuriteError} E-USAGE naming the two that are not.
 */
export function checkSameModel(sources: readonly TableSource[]): void {
  const [first, ...others] = sources;
  const other = others.find((source) => !isSameModel(first!, source));
  if (!first || !other) return;
  const isNamesake = describeModel(first) === describeModel(other);
  throw cannot("E-USAGE", {
    do: "join",
    thing: other.path,
    is: `${other.kind} of ${describeModel(other)}${isNamesake ? ", of other files" : ""}`,
    expected: `${describeModel(first)}, as the ${first.kind} in ${first.path}`,
    hint: "give runs of one model",
  });
}
