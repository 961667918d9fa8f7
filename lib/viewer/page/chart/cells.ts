/**
 * A heatmap of numbers on a scale with 0 fixed: one hue below and another above, and the largest
 * cell framed and named, so that colour is not the only sign.
 *
 * @module
 */
/// <reference lib="dom" />
import { h, s } from "../dom.ts";
import { showNumber } from "../numbers.ts";
import { drawing } from "./plot.ts";

/** What a heatmap is told. */
export interface CellOptions {
  readonly title: string;
  readonly rows: number;
  readonly columns: number;
  /** `[rows · columns]`. */
  readonly values: readonly number[];
  readonly rowName: string;
  readonly columnName: string;
}

/** A figure of rows × columns cells; row 0 is at the bottom, as layers are drawn. */
export function cellChart(options: CellOptions): HTMLElement {
  const { rows, columns, values, title } = options;
  const size = Math.max(9, Math.min(18, Math.floor(300 / Math.max(rows, columns))));
  const [left, top] = [34, 4];
  const [width, height] = [left + columns * size + 8, top + rows * size + 34];
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
  const peak = values.findIndex((value) => Math.abs(value) === most);
  const name = (place: number) =>
    `${options.rowName} ${Math.floor(place / columns)}, ${options.columnName} ${place % columns}: ${
      showNumber(values[place])
    }`;
  const largest = `Largest: ${name(Math.max(0, peak))}`;
  const svg = drawing({ title, description: `${largest}.`, width, height });
  values.forEach((value, place) => {
    const row = Math.floor(place / columns);
    svg.append(s("rect", {
      class: value < 0 ? "cell neg" : "cell pos",
      x: left + (place % columns) * size,
      y: top + (rows - 1 - row) * size,
      width: size - 1,
      height: size - 1,
      "--t": most > 0 ? (Math.abs(value) / most || 0).toFixed(3) : 0,
      "data-place": place,
    }));
  });
  if (peak >= 0) {
    svg.append(s("rect", {
      class: "peak",
      x: left + (peak % columns) * size - 0.5,
      y: top + (rows - 1 - Math.floor(peak / columns)) * size - 0.5,
      width: size,
      height: size,
    }));
  }
  const step = (count: number) => Math.max(1, Math.ceil(count / 6));
  for (let row = 0; row < rows; row += step(rows)) {
    const y = top + (rows - 0.5 - row) * size + 4;
    svg.append(s("text", { class: "tick", x: left - 5, y, "text-anchor": "end" }, row));
  }
  for (let column = 0; column < columns; column += step(columns)) {
    const x = left + (column + 0.5) * size;
    svg.append(
      s("text", { class: "tick", x, y: top + rows * size + 12, "text-anchor": "middle" }, column),
    );
  }
  const middle = top + rows * size / 2;
  svg.append(
    s("text", {
      class: "label",
      x: left + columns * size / 2,
      y: height - 4,
      "text-anchor": "middle",
    }, options.columnName),
    s("text", {
      class: "label",
      x: 10,
      y: middle,
      transform: `rotate(-90 10 ${middle})`,
      "text-anchor": "middle",
    }, options.rowName),
  );
  const readout = h("p", { class: "readout" }, largest);
  svg.addEventListener("pointermove", (event) => {
    const place = (event.target as Element).getAttribute("data-place");
    readout.textContent = place === null ? largest : name(Number(place));
  });
  return h("figure", {}, h("figcaption", {}, title), svg, readout);
}
