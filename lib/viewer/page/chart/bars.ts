/**
 * A histogram as bars.
 *
 * @module
 */
/// <reference lib="dom" />
import { h, s } from "../dom.ts";
import { plot, type PlotOptions } from "./plot.ts";

/** A bar from `from` to `to`. */
export interface Bar {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** A figure of bars that stand on the lower end of the y axis; one path, however many there are. */
export function barChart(options: PlotOptions & { readonly bars: readonly Bar[] }): HTMLElement {
  const { svg, x, y, box } = plot(options);
  const d = options.bars.filter((bar) => bar.value > 0).map(({ from, to, value }) => {
    const top = Math.min(box.bottom, y(value));
    return `M${x(from).toFixed(1)} ${box.bottom}V${top.toFixed(1)}H${
      x(to).toFixed(1)
    }V${box.bottom}Z`;
  }).join("");
  svg.append(s("path", { class: "bars", d }));
  return h("figure", {}, h("figcaption", {}, options.title), svg);
}
