/**
 * Lines over one axis, with the nearest point read out in words.
 *
 * @module
 */
/// <reference lib="dom" />
import { h, s } from "../dom.ts";
import { type Plot, plot, type PlotOptions } from "./plot.ts";
import { lineLook } from "./series.ts";

/** One line. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

/** What a chart of lines is told beside its frame. */
export interface LineOptions extends PlotOptions {
  readonly series: readonly Series[];
  /** A point in words, when a pointer is near. */
  readonly say: (series: number, point: number) => string;
}

function path({ x, y }: Plot, points: Series["points"], log: boolean): string {
  let drawn = false;
  return points.map(([a, b]) => {
    // A logarithmic axis has no place for 0: the line has a gap there.
    if (!Number.isFinite(b) || (log && b <= 0)) {
      drawn = false;
      return "";
    }
    const step = `${drawn ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
    drawn = true;
    return step;
  }).join("");
}

function nearest(frame: Plot, series: readonly Series[], px: number, py: number) {
  let found: { series: number; point: number } | undefined;
  let least = 40 ** 2;
  series.forEach(({ points }, line) => {
    points.forEach(([a, b], point) => {
      const away = (frame.x(a) - px) ** 2 + (frame.y(b) - py) ** 2;
      if (away < least) [least, found] = [away, { series: line, point }];
    });
  });
  return found;
}

/** A figure of lines. */
export function lineChart(options: LineOptions): HTMLElement {
  const frame = plot(options);
  const log = options.y.log === true;
  const lines = options.series.map(({ points }, place) =>
    s("path", { ...lineLook(place), d: path(frame, points, log) })
  );
  const dot = s("circle", { class: "dot", r: 4, visibility: "hidden" });
  frame.svg.append(...lines, dot);
  const hint = "Point at a line to read it.";
  const readout = h("p", { class: "readout" }, hint);
  frame.svg.addEventListener("pointermove", (event) => {
    const bounds = frame.svg.getBoundingClientRect();
    const zoom = options.width / bounds.width;
    const [px, py] = [(event.clientX - bounds.left) * zoom, (event.clientY - bounds.top) * zoom];
    const found = nearest(frame, options.series, px, py);
    lines.forEach((line, place) => line.classList.toggle("near", place === found?.series));
    dot.setAttribute("visibility", found ? "visible" : "hidden");
    readout.textContent = found ? options.say(found.series, found.point) : hint;
    if (!found) return;
    const [a, b] = options.series[found.series]!.points[found.point]!;
    dot.setAttribute("cx", String(frame.x(a)));
    dot.setAttribute("cy", String(frame.y(b)));
  });
  return h("figure", {}, h("figcaption", {}, options.title), frame.svg, readout);
}
