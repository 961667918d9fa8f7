/**
 * The units (one mark each) of a Vega-Lite spec and the data rows they should draw. Vega drops rows
 * whose quantitative value is null or NaN without a word; this is the count that catches it.
 *
 * @module
 */
import { cannot, type NeuriteError } from "../errors.ts";

/** A part of a spec, not yet trusted to have any shape. */
export type Node = Record<string, unknown>;

/** One mark of the spec. */
export interface Unit {
  /** Name given to the unit, by which its marks are found again in the drawing. */
  readonly name: string;
  /** Marks it must draw; `undefined` where a transform or an aggregate decides. */
  readonly marks: number | undefined;
  /** Rows left out because a quantitative field is not a finite number. */
  readonly missing: number;
}

interface Inherited {
  rows: readonly Node[] | undefined;
  encoding: Node;
  transformed: boolean;
}

const COMPOSITE = new Set(["boxplot", "errorbar", "errorband"]);
const CHILDREN = ["layer", "concat", "hconcat", "vconcat"];
const MAX_DEPTH = 32;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function complain(figure: string, is: string, expected: string, hint: string): NeuriteError {
  return cannot("E-FIGURE", { do: "draw figure", thing: figure, is, expected, hint });
}

/** Walks one spec, naming its units in place. */
class UnitWalk {
  readonly units: Unit[] = [];
  readonly #figure: string;
  readonly #datasets: Node;

  constructor(figure: string, datasets: unknown) {
    this.#figure = figure;
    this.#datasets = isNode(datasets) ? datasets : {};
  }

  walk(node: Node, inherited: Inherited, depth = 0): void {
    if (depth > MAX_DEPTH) {
      throw complain(
        this.#figure,
        `views nested more than ${MAX_DEPTH} deep`,
        "a flatter spec",
        "split the figure",
      );
    }
    const here: Inherited = {
      rows: "data" in node ? this.#rows(node.data) : inherited.rows,
      encoding: { ...inherited.encoding, ...(isNode(node.encoding) ? node.encoding : {}) },
      transformed: inherited.transformed || "repeat" in node ||
        (Array.isArray(node.transform) && node.transform.length > 0),
    };
    for (const key of CHILDREN) {
      const list = node[key];
      if (!Array.isArray(list)) continue;
      for (const child of list) if (isNode(child)) this.walk(child, here, depth + 1);
    }
    if (isNode(node.spec)) this.walk(node.spec, here, depth + 1);
    if ("mark" in node) this.#unit(node, here);
  }

  #rows(data: unknown): readonly Node[] | undefined {
    if (!isNode(data)) return undefined;
    if ("url" in data) {
      throw complain(
        this.#figure,
        "data by address",
        "data inline",
        "put the rows into data.values, so that the figure needs no file and no network",
      );
    }
    const name = data.name;
    const values = data.values ?? (typeof name === "string" ? this.#datasets[name] : undefined);
    if (Array.isArray(values)) return values.map((row) => isNode(row) ? row : { data: row });
    if (values === undefined && ("sequence" in data || "graticule" in data)) return undefined;
    throw complain(
      this.#figure,
      values === undefined ? "data without rows" : "data.values that is no list",
      "a list of rows in data.values or in datasets",
      "write the rows as a JSON list of objects",
    );
  }

  #unit(node: Node, { rows, encoding, transformed }: Inherited): void {
    const name = typeof node.name === "string" ? node.name : `unit_${this.units.length}`;
    node.name = name;
    const type = isNode(node.mark) ? node.mark.type : node.mark;
    const definitions = Object.entries(encoding).flatMap(([channel, definition]) =>
      [definition].flat().filter(isNode).map((d) => ({ channel, d }))
    );
    const missing = rows === undefined ? 0 : this.#missing(rows, encoding, {
      definitions,
      transformed,
    });
    const counted = rows !== undefined && !transformed && !COMPOSITE.has(String(type)) &&
      !definitions.some(({ d }) => "aggregate" in d);
    this.units.push({ name, marks: counted ? rows.length - missing : undefined, missing });
  }

  #missing(
    rows: readonly Node[],
    encoding: Node,
    unit: { definitions: { channel: string; d: Node }[]; transformed: boolean },
  ): number {
    const fields = new Set<string>();
    for (const { channel, d } of unit.definitions) {
      const primary = encoding[channel.replace(/2$/, "")];
      const type = d.type ?? (isNode(primary) ? primary.type : undefined);
      if (typeof d.field !== "string" || rows.length === 0) continue;
      const field = d.field;
      if (!rows.some((row) => Object.hasOwn(row, field))) {
        if (unit.transformed || /[.[\]]/.test(field)) continue;
        throw complain(
          this.#figure,
          `field "${field}" in none of ${rows.length} rows`,
          "a field of the data",
          "compare the encoding's fields with the rows",
        );
      }
      if (type === "quantitative") fields.add(field);
    }
    return rows.filter((row) => [...fields].some((field) => !Number.isFinite(row[field]))).length;
  }
}

/**
 * Names every unit of `spec` (in place) and counts what each must draw.
 *
 * @throws {NeuriteError} `E-FIGURE` for data by address, data without rows, an encoded field that
 * no row has.
 */
export function specUnits(spec: Node, figure: string): Unit[] {
  const walk = new UnitWalk(figure, spec.datasets);
  walk.walk(spec, { rows: undefined, encoding: {}, transformed: false });
  return walk.units;
}
