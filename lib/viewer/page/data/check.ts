/**
 * Whether a file of data has the shape that the page counts on: enough that a broken file is named,
 * and not so much that a neuron waits for it.
 *
 * @module
 */
import {
  type ColumnInfo,
  VIEWER_FORMAT,
  type ViewerModel,
  type ViewerShard,
  type ViewerTokens,
} from "../../format.ts";
import { DataFault } from "./fault.ts";

/** Names that may stand in a file's name. */
const FILE_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown, largest: number): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= largest;
}

function areTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

function isColumn(value: unknown): value is ColumnInfo {
  return isRecord(value) && typeof value.name === "string" && FILE_NAME.test(value.name) &&
    typeof value.title === "string" && typeof value.description === "string";
}

/** The model's facts. */
export function checkModel(value: unknown): ViewerModel {
  const fault = (is: string) => new DataFault("model", is);
  if (!isRecord(value)) throw fault("it is not an object");
  if (value.format !== VIEWER_FORMAT) {
    throw fault(`its format is "${String(value.format)}" and not "${VIEWER_FORMAT}"`);
  }
  if (typeof value.model !== "string") throw fault("it does not name its model");
  for (const [name, largest] of [["layers", 1e4], ["width", 1e6], ["shardNeurons", 1e6]] as const) {
    if (!isCount(value[name], largest)) throw fault(`${name} is no count up to ${largest}`);
  }
  if ((value.layers as number) * (value.width as number) > 2e6) {
    throw fault("it is over 2,000,000 neurons");
  }
  for (const name of ["subsets", "features", "partners"]) {
    if (!areTexts(value[name])) throw fault(`${name} is no list of texts`);
  }
  if (!Array.isArray(value.edges)) throw fault("edges is no list");
  if (!Array.isArray(value.columns) || !value.columns.every(isColumn)) {
    throw fault("columns is no list of columns");
  }
  if (!isRecord(value.missing) || !isRecord(value.provenance)) {
    throw fault("missing or provenance is no object");
  }
  return value as unknown as ViewerModel;
}

/** Token texts by id. */
export function checkTokens(value: unknown): ViewerTokens {
  if (!areTexts(value)) throw new DataFault("tokens", "it is no list of texts");
  return value as ViewerTokens;
}

/** One number a neuron, NaN where there is none. */
export function checkColumn(name: string, value: unknown, neurons: number): Float64Array {
  if (!Array.isArray(value) || value.length !== neurons) {
    throw new DataFault(`column-${name}`, `it is no list of ${neurons} numbers`);
  }
  return Float64Array.from(value, (entry) => typeof entry === "number" ? entry : NaN);
}

/** The neurons of a shard, `count` of them. */
export function checkShard(place: number, value: unknown, count: number): ViewerShard {
  if (!Array.isArray(value) || value.length !== count || !value.every(isRecord)) {
    throw new DataFault(`shard-${place}`, `it is no list of ${count} neurons`);
  }
  return value as ViewerShard;
}
