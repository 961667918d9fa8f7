/**
 * Box plots in rows: box from the first to the third quarter, a line at the median, whiskers to the
 * ends, and a mark at each further percentile. Marks below the median stand under the row and those
 * above stand over it, longer the further out they are, so that colour is not the only sign.
 *
 * @module
 */
/// <reference lib="dom" />
import { h, s } from "../dom.ts";
import { showNumber } from "../numbers.ts";
import { plot } from "./plot.ts";

/** Percentiles with a mark of their own. */
export const MARKS: readonly number[] = [0.01, 0.1, 1, 5, 10, 90, 95, 99, 99.9, 99.99];

/** Percentiles of the box, its line and its whiskers. */
export const BOX: readonly number[] = [0, 25, 50, 75, 100];

/** A row: values at {@linkcode BOX} and at {@linkcode MARKS}. */
export interface BoxRow {
  readonly name: string;
  readonly box: readonly number[];
  readonly marks: readonly number[];
}

/** What a chart of boxes is told. */
export interface BoxOptions {
  readonly title: string;
  readonly description: string;
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly rows: readonly BoxRow[];
}

/** Heights and widths in CSS pixels: of a row, and of a letter of its name at most. */
const ROW = 24;
const LETTER = 6.5;

/** A figure with one row a box. */
export function boxChart({ title, description, label, from, to, rows }: BoxOptions): HTMLElement {
  const names = rows.map(({ name }) => name.length > 22 ? `${name.slice(0, 21)}\u2026` : name);
  const height = rows.length * ROW + 44;
  const { svg, x, box } = plot({
    title,
    description,
    width: 860,
    height,
    left: 20 + LETTER * Math.max(...names.map((name) => name.length)),
    x: { label, from, to },
    y: { label: "", from: 0, to: 1 },
    rows: names,
  });
  const at = (value: number) => x(Math.min(to, Math.max(from, value))).toFixed(1);
  rows.forEach((row, place) => {
    const middle = box.top + (place + 0.5) * ROW;
    const [low, first, median, third, high] = row.box.map(at);
    if (row.box.some((value) => !Number.isFinite(value))) return;
    svg.append(
      s("line", { class: "whisker", x1: low!, x2: high!, y1: middle, y2: middle }),
      s("rect", {
        class: "box",
        x: first!,
        y: middle - 5,
        width: Math.max(1, Number(third) - Number(first)),
        height: 10,
      }),
      s("line", { class: "median", x1: median!, x2: median!, y1: middle - 6, y2: middle + 6 }),
    );
    row.marks.forEach((value, mark) => {
      const upper = MARKS[mark]! > 50;
      const rank = upper ? mark - 4 : 5 - mark;
      const end = middle + (upper ? -1 : 1) * (4 + rank * 1.4);
      svg.append(s(
        "line",
        {
          class: upper ? "mark pos" : "mark neg",
          x1: at(value),
          x2: at(value),
          y1: middle,
          y2: end,
          "--t": 0.4 + rank * 0.12,
        },
        s("title", {}, `${row.name}: ${MARKS[mark]} % at ${showNumber(value)}`),
      ));
    });
  });
  return h(
    "figure",
    { class: "wide" },
    h("figcaption", {}, title),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": title }, svg),
  );
}
