/**
 * Box plots, histogram and densities of activations.
 *
 * @module
 */
import { barChart } from "../chart/bars.ts";
import { BOX, boxChart, MARKS } from "../chart/boxes.ts";
import { lineChart } from "../chart/lines.ts";
import { extent } from "../chart/scale.ts";
import { legend } from "../chart/series.ts";
import { checkbox, h } from "../dom.ts";
import { fold, table } from "../fold.ts";
import { addCounts, binEnds, density, quantile, total } from "../histogram_stats.ts";
import { showNumber } from "../numbers.ts";
import { type PanelContext, type PanelKind, parts } from "./panel.ts";

/** Boxes start here: below lies a long thin tail in every model of the paper. */
const LEAST = -5;

const PERCENTILES = [...BOX, ...MARKS].sort((a, b) => a - b);
const LABEL = "pre-activation";

type Named = ReturnType<typeof parts>;

function boxes(named: Named, edges: readonly number[]): HTMLElement {
  const rows = named.map(({ name, part }) => ({
    name,
    box: BOX.map((percent) => quantile(part.histogram, edges, percent / 100)),
    marks: MARKS.map((percent) => quantile(part.histogram, edges, percent / 100)),
  }));
  const [least, most] = extent(rows.flatMap((row) => row.box));
  const medians = rows.map((row) => `${row.name} ${showNumber(row.box[2])}`).join(", ");
  return boxChart({
    title: "Activations by part of the corpus",
    description: `Box plots with marks at ${MARKS.join(", ")} %. Medians: ${medians}.`,
    label: `${LABEL} (marks at .01 .1 1 5 10 90 95 99 99.9 99.99 %)`,
    from: Math.max(LEAST, least),
    to: Math.max(most, LEAST + 1),
    rows,
  });
}

function histogram(named: Named, context: PanelContext): HTMLElement {
  const { edges } = context.model;
  const log = context.settings.logCounts;
  const pooled = named[0]!.name === "all"
    ? named[0]!.part.histogram
    : addCounts(named.map(({ part }) => part.histogram));
  const bars = pooled.counts.map((value, place) => {
    const [from, to] = binEnds(edges, pooled.first + place);
    return { from, to, value };
  });
  const tallest = Math.max(1, ...pooled.counts);
  const [from, to] = extent(bars.flatMap((bar) => [bar.from, bar.to]));
  const figure = barChart({
    title: "Histogram, all of the corpus",
    description: `${showNumber(total(pooled))} activations; median ${
      showNumber(quantile(pooled, edges, 0.5))
    }.`,
    width: 420,
    height: 240,
    x: { label: LABEL, from, to },
    y: log
      ? { label: "count", from: 0.5, to: tallest * 1.5, log }
      : { label: "count", from: 0, to: tallest * 1.05 },
    bars,
  });
  figure.append(checkbox("logarithmic", log, (checked) => {
    context.settings.logCounts = checked;
    context.redraw();
  }));
  return figure;
}

function densities(named: Named, context: PanelContext): HTMLElement {
  const { edges } = context.model;
  const log = context.settings.logDensity;
  const series = named.map(({ name, part }) => ({ name, points: density(part.histogram, edges) }));
  const [from, to] = extent(series.flatMap(({ points }) => points.map(([x]) => x)));
  const heights = series.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => y > 0);
  const [low, high] = extent(heights);
  const figure = lineChart({
    title: "Density by part of the corpus",
    description: `One line a part: ${series.map(({ name }) => name).join(", ")}.`,
    width: 420,
    height: 240,
    x: { label: LABEL, from, to },
    y: log
      ? { label: "density", from: low, to: high * 1.5, log }
      : { label: "density", from: 0, to: high * 1.05 },
    series,
    say: (line, point) => {
      const [x, y] = series[line]!.points[point]!;
      return `${series[line]!.name}: density ${showNumber(y)} at ${showNumber(x)}`;
    },
  });
  figure.append(checkbox("logarithmic", log, (checked) => {
    context.settings.logDensity = checked;
    context.redraw();
  }));
  return figure;
}

/** Panels 1 and 2 of the paper's viewer. */
export const ACTIVATIONS: PanelKind = {
  name: "activations",
  title: "Activations",
  draw(context, neuron) {
    const named = parts(context.model, neuron);
    if (named.length === 0) return undefined;
    const { edges } = context.model;
    const values = named.map(({ name, part }) => ({
      name,
      count: total(part.histogram),
      at: PERCENTILES.map((percent) => quantile(part.histogram, edges, percent / 100)),
    }));
    return {
      nodes: [
        boxes(named, edges),
        h("div", { class: "figures" }, histogram(named, context), densities(named, context)),
        ...(named.length > 1 ? [legend(named.map(({ name }) => name))] : []),
        fold("Percentiles as a table", () =>
          table(
            "Percentiles of activations",
            ["part", "count", ...PERCENTILES.map((percent) => `${percent} %`)],
            values.map(({ name, count, at }) => [name, showNumber(count), ...at.map(showNumber)]),
          )),
      ],
      rows: () => [
        ["part", "count", ...PERCENTILES.map((percent) => `p${percent}`)],
        ...values.map(({ name, count, at }) => [name, count, ...at]),
      ],
    };
  },
};
