/**
 * Headless drawing: Vega-Lite spec in, SVG text out. Needs no permission.
 *
 * @module
 */
import * as vega from "vega";
import { compile, type TopLevelSpec } from "vega-lite";
import { cannot, NeuriteError } from "../errors.ts";
import { alignTitles } from "./align_titles.ts";
import { figureMeta } from "./figure_meta.ts";
import { closedLoader, prepareGlobals, strictLogger } from "./headless_vega.ts";
import { type Node, specUnits, type Unit } from "./spec_units.ts";
import { countDrawn, finishSvg } from "./svg_document.ts";
import { THEME } from "./theme.ts";

/** Above this many marks a figure must be binned or drawn as a raster. */
export const MAX_MARKS = 5000;

/** Above this many marks, labels a mark for screen readers are noise and are left out. */
export const MAX_LABELLED_MARKS = 200;

const PLACES = ["x", "y", "x2", "y2", "width", "height", "size"] as const;

interface SceneMark {
  marktype: string;
  name?: string;
  role?: string;
  items: SceneItem[];
}
interface SceneItem extends Partial<Record<(typeof PLACES)[number], number>> {
  items?: SceneMark[];
  defined?: boolean;
  description?: string | null;
}

function failure(figure: string, is: string, hint: string, cause?: unknown): NeuriteError {
  const expected = "a spec that Vega-Lite draws without a warning";
  return cannot("E-FIGURE", { do: "draw figure", thing: figure, is, expected, hint, cause });
}

/** Leaf marks that carry data, everywhere below `marks`. */
function* dataMarks(marks: readonly SceneMark[]): Generator<SceneMark> {
  for (const mark of marks) {
    if (mark.marktype !== "group") {
      if (mark.role === "mark") yield mark;
      continue;
    }
    for (const item of mark.items) yield* dataMarks(item.items ?? []);
  }
}

const PATHS = new Set(["line", "area", "trail"]);

/** Marks drawn by name: elements of the SVG, or, for lines, points on them. */
function drawnMarks(scene: readonly SceneMark[], svg: string): Map<string, number> {
  const drawn = countDrawn(svg);
  const points = new Map<string, number>();
  for (const mark of scene) {
    if (!PATHS.has(mark.marktype) || mark.name === undefined) continue;
    const defined = mark.items.filter((item) => item.defined !== false).length;
    points.set(mark.name, (points.get(mark.name) ?? 0) + defined);
  }
  return new Map([...drawn, ...points]);
}

function checkCounts(units: readonly Unit[], drawn: Map<string, number>, figure: string): void {
  for (const unit of units) {
    if (unit.marks === undefined) continue;
    const prefix = `${unit.name.replace(/\W/g, "_")}_`;
    const own = [...drawn].filter(([name]) => name.startsWith(prefix) && name.endsWith("marks"));
    const wrong = own.length === 0
      ? (unit.marks === 0 ? undefined : 0)
      : own.find(([, count]) => count !== unit.marks)?.[1];
    if (wrong === undefined) continue;
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: figure,
      is: `${wrong} marks drawn in view "${unit.name}"`,
      expected: `${unit.marks}, one for each row with finite values`,
      hint: "look for rows that a scale or a filter drops",
    });
  }
}

function checkMissing(units: readonly Unit[], expected: number, figure: string): void {
  const missing = units.reduce((sum, unit) => sum + unit.missing, 0);
  if (missing === expected) return;
  throw cannot("E-FIGURE", {
    do: "draw figure",
    thing: figure,
    is: `${missing} rows with null or NaN in a quantitative field`,
    expected: `${expected}, as usermeta.neurite.missing says`,
    hint: "mend the values, or state the number of missing rows in usermeta.neurite.missing",
  });
}

/** Vega draws a mark whose place is NaN at 0, where it looks like data. */
function checkPlaces(scene: readonly SceneMark[], figure: string): void {
  for (const mark of scene) {
    for (const item of mark.items) {
      if (item.defined === false) continue;
      const place = PLACES.find((key) => item[key] != null && !Number.isFinite(item[key]));
      if (place === undefined) continue;
      throw cannot("E-FIGURE", {
        do: "draw figure",
        thing: figure,
        is: `a ${mark.marktype} at ${place} = ${item[place]}`,
        expected: "finite places",
        hint: "look for zeros on a log scale and values that a scale cannot place",
      });
    }
  }
}

function checkSize(scene: readonly SceneMark[], figure: string): void {
  const total = scene.reduce((sum, mark) => sum + mark.items.length, 0);
  if (total > MAX_MARKS) {
    throw cannot("E-FIGURE", {
      do: "draw figure",
      thing: figure,
      is: `${total} marks`,
      expected: `at most ${MAX_MARKS}`,
      hint: "bin the data, or draw a matrix with heatmap(), which makes a raster of it",
    });
  }
  if (total <= MAX_LABELLED_MARKS) return;
  for (const mark of scene) for (const item of mark.items) item.description = null;
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(" ");
  if (typeof value === "object" && value !== null) return textOf((value as Node).text ?? "");
  return typeof value === "string" ? value : "";
}

/** Name, title and description of a spec, with the next best where one is absent. */
function heading(spec: TopLevelSpec): { id: string; title: string; description: string } {
  const title = textOf(spec.title) || textOf(spec.description) || textOf(spec.name) || "Figure";
  const slug = (textOf(spec.name) || title).toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const id = `figure-${slug.replace(/^-+|-+$/g, "").slice(0, 60) || "unnamed"}`;
  return { id, title, description: textOf(spec.description) || title };
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const { id, title, description } = heading(spec);
  const named = structuredClone(spec);
  const units = specUnits(named as unknown as Node, title);
  checkMissing(units, figureMeta(spec).missing ?? 0, title);
  const logger = strictLogger();
  prepareGlobals();
  let view: vega.View | undefined;
  try {
    const compiled = compile(named, { config: THEME, logger }).spec;
    view = new vega.View(vega.parse(compiled), {
      renderer: "none",
      logger,
      loader: closedLoader(logger),
    });
    await view.runAsync();
    const root = (view.scenegraph() as unknown as { root: SceneMark }).root;
    const scene = [...dataMarks([root])];
    checkSize(scene, title);
    checkPlaces(scene, title);
    alignTitles([root]);
    const svg = await view.toSVG();
    if (logger.problems.length > 0) {
      throw failure(title, logger.problems.join("; "), "mend what Vega warns of");
    }
    checkCounts(units, drawnMarks(scene, svg), title);
    return finishSvg(svg, { id, title, description });
  } catch (error) {
    if (error instanceof NeuriteError) throw error;
    const words = [...logger.problems, (error as Error).message].join("; ");
    throw failure(title, words, "compare the spec with the Vega-Lite documentation", error);
  } finally {
    view?.finalize();
  }
}

let queue: Promise<unknown> = Promise.resolve();

/**
 * Draws a Vega-Lite spec as a self-contained SVG. The same spec gives the same bytes: text is
 * measured in the bundled font, random numbers are seeded, coordinates have 3 decimals.
 *
 * @param spec A spec with its data inline; `usermeta.neurite` as in {@linkcode figureMeta}.
 * @returns SVG text with `<title>`, `<desc>` and `role="img"`.
 * @throws {NeuriteError} `E-FIGURE`, naming the figure: any Vega or Vega-Lite warning, rows with
 * null or NaN that were not announced, fewer or more marks than finite rows, more than 5,000 marks,
 * data or pictures from outside.
 *
 * @example Usage
 * ```ts
 * import { renderSvg } from "neurite/lib/figure/render.ts";
 *
 * const svg = await renderSvg({
 *   title: "Loss by layer",
 *   data: { values: [{ layer: 0, loss: 4.1 }, { layer: 1, loss: 3.2 }] },
 *   mark: "line",
 *   encoding: {
 *     x: { field: "layer", type: "quantitative" },
 *     y: { field: "loss", type: "quantitative" },
 *   },
 * });
 * if (!svg.includes(">Loss by layer</title>")) throw new Error("unreachable");
 * ```
 */
export function renderSvg(spec: TopLevelSpec): Promise<string> {
  // One at a time: Vega's random numbers and text measure are global.
  const result = queue.then(() => draw(spec));
  queue = result.catch(() => undefined);
  return result;
}
