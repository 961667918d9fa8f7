/**
 * A plot's frame: axes, grid, title and description. The charts are drawn by hand because Vega would
 * need `unsafe-eval`, which the page's policy forbids, and more bytes than the whole page has.
 *
 * @module
 */
/// <reference lib="dom" />
import { s } from "../dom.ts";
import { showNumber } from "../numbers.ts";
import { type Axis, scale, ticks } from "./scale.ts";

/** What a plot is told. */
export interface PlotOptions {
  readonly title: string;
  /** What a reader who does not see it should know. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  /** Names along the left side in place of numbers, from top to bottom. */
  readonly rows?: readonly string[];
  /** Room for them. */
  readonly left?: number;
}

/** A plot to draw in. */
export interface Plot {
  readonly svg: SVGSVGElement;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** The inner frame. */
  readonly box: { left: number; top: number; right: number; bottom: number };
}

let made = 0;

/** An SVG with a role, a title and a description, and nothing in it. */
export function drawing(
  { title, description, width, height }: Pick<
    PlotOptions,
    "title" | "description" | "width" | "height"
  >,
): SVGSVGElement {
  const id = `drawing-${++made}`;
  return s(
    "svg",
    {
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    s("title", { id: `${id}-title` }, title),
    s("desc", { id: `${id}-desc` }, description),
  );
}

/** A frame with axes. */
export function plot(options: PlotOptions): Plot {
  const { width, height, rows } = options;
  const box = { left: options.left ?? 52, top: 8, right: width - 12, bottom: height - 36 };
  const svg = drawing(options);
  const x = scale(options.x, box.left, box.right);
  const y = scale(options.y, box.bottom, box.top);
  for (const mark of ticks(options.x, Math.max(2, Math.floor(width / 70)))) {
    svg.append(
      s("line", { class: "grid", x1: x(mark), x2: x(mark), y1: box.top, y2: box.bottom }),
      s(
        "text",
        { class: "tick", x: x(mark), y: box.bottom + 14, "text-anchor": "middle" },
        showNumber(mark),
      ),
    );
  }
  if (rows) {
    const step = (box.bottom - box.top) / rows.length;
    rows.forEach((name, row) => {
      const y = box.top + (row + 0.5) * step + 4;
      svg.append(s("text", { class: "tick", x: box.left - 6, y, "text-anchor": "end" }, name));
    });
  } else {
    for (const mark of ticks(options.y, Math.max(2, Math.floor(height / 45)))) {
      svg.append(
        s("line", { class: "grid", x1: box.left, x2: box.right, y1: y(mark), y2: y(mark) }),
        s(
          "text",
          { class: "tick", x: box.left - 6, y: y(mark) + 4, "text-anchor": "end" },
          showNumber(mark),
        ),
      );
    }
    const middle = (box.top + box.bottom) / 2;
    svg.append(s("text", {
      class: "label",
      x: 11,
      y: middle,
      transform: `rotate(-90 11 ${middle})`,
      "text-anchor": "middle",
    }, options.y.label));
  }
  svg.append(
    s("line", { class: "axis", x1: box.left, x2: box.right, y1: box.bottom, y2: box.bottom }),
    s("text", {
      class: "label",
      x: (box.left + box.right) / 2,
      y: height - 4,
      "text-anchor": "middle",
    }, options.x.label),
  );
  return { svg, x, y, box };
}
