/**
 * Cosines of a neuron's weights with tokens and with other neurons.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Composition } from "../../format.ts";
import { lineChart } from "../chart/lines.ts";
import { extent } from "../chart/scale.ts";
import { legend } from "../chart/series.ts";
import { checkbox, h } from "../dom.ts";
import { density } from "../histogram_stats.ts";
import { neuronName, showNumber } from "../numbers.ts";
import { LONGEST_IN_CELL } from "../token_text.ts";
import type { PanelContext, PanelKind } from "./panel.ts";

/** Edges of the cosine histograms: `linspace(−1, 1, 100)`. */
const EDGES = Array.from({ length: 100 }, (_, k) => -1 + (2 * k) / 99);

const DEEP = 10;

interface Kind {
  readonly key: string;
  readonly title: string;
  readonly of: "tokens" | "neurons";
}

const KINDS: readonly Kind[] = [
  { key: "E_in", title: "embedding · input weights", of: "tokens" },
  { key: "U_in", title: "unembedding · input weights", of: "tokens" },
  { key: "E_out", title: "embedding · output weights", of: "tokens" },
  { key: "U_out", title: "unembedding · output weights", of: "tokens" },
  { key: "in_in", title: "input · input", of: "neurons" },
  { key: "in_out", title: "input · output", of: "neurons" },
  { key: "out_in", title: "output · input", of: "neurons" },
  { key: "out_out", title: "output · output", of: "neurons" },
];

type Found = Kind & { readonly composition: Composition };

function densities(of: Kind["of"], found: readonly Found[], context: PanelContext): HTMLElement {
  const log = context.settings.logCosines;
  const series = found.map(({ key, composition }) => ({
    name: key,
    points: density(composition.histogram, EDGES),
  }));
  const heights = series.flatMap(({ points }) => points.map(([, y]) => y)).filter((y) => y > 0);
  const [low, high] = extent(heights);
  const [from, to] = extent(series.flatMap(({ points }) => points.map(([x]) => x)));
  const figure = lineChart({
    title: `Cosines with all ${of}`,
    description: `One line a composition: ${found.map(({ title }) => title).join(", ")}.`,
    width: 420,
    height: 240,
    x: { label: "cosine", from, to },
    y: log
      ? { label: "density", from: low, to: high * 1.5, log }
      : { label: "density", from: 0, to: high * 1.05 },
    series,
    say: (line, point) => {
      const [x, y] = series[line]!.points[point]!;
      return `${found[line]!.title}: density ${showNumber(y)} at ${showNumber(x)}`;
    },
  });
  figure.append(legend(found.map(({ key }) => key)));
  return figure;
}

function extremes({ key, title, of, composition }: Found, context: PanelContext): HTMLElement {
  const { top, bottom } = composition;
  const deep = Math.min(DEEP, Math.max(top.ids.length, bottom.ids.length));
  const most = Math.max(...[...top.values, ...bottom.values].map(Math.abs), 1e-12);
  const cells = (ids: readonly number[], values: readonly number[], rank: number) => {
    const [id, value] = [ids[rank], values[rank]];
    if (id === undefined || value === undefined) return [h("td", {}), h("td", {})];
    return [
      h(
        "td",
        {},
        of === "tokens" ? context.tokenElement(id, LONGEST_IN_CELL) : context.neuronLink(id),
      ),
      h("td", {
        class: value < 0 ? "heat neg" : "heat pos",
        "--t": (Math.abs(value) / most).toFixed(3),
      }, showNumber(value)),
    ];
  };
  return h(
    "table",
    { class: "extremes" },
    h("caption", {}, h("code", {}, key), ` ${title}`),
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...["top", "cosine", "bottom", "cosine"].map((name) => h("th", { scope: "col" }, name)),
      ),
    ),
    h(
      "tbody",
      {},
      ...Array.from({ length: deep }, (_, rank) =>
        h(
          "tr",
          {},
          ...cells(top.ids, top.values, rank),
          ...cells(bottom.ids, bottom.values, rank),
        )),
    ),
  );
}

/** Panels 5 and 6 of the paper's viewer. */
export const COMPOSITIONS: PanelKind = {
  name: "compositions",
  title: "Compositions",
  draw(context, neuron) {
    const found = KINDS.flatMap((kind) => {
      const composition = neuron.compositions?.[kind.key];
      return composition ? [{ ...kind, composition }] : [];
    });
    if (found.length === 0) return undefined;
    const groups = (["tokens", "neurons"] as const).map((of) => ({
      of,
      members: found.filter((kind) => kind.of === of),
    })).filter(({ members }) => members.length > 0);
    const name = (of: Kind["of"], id: number) =>
      of === "tokens" ? context.token(id) : neuronName(id, context.model.width);
    return {
      nodes: [
        h(
          "div",
          { class: "figures" },
          ...groups.map(({ of, members }) => densities(of, members, context)),
        ),
        checkbox("logarithmic densities", context.settings.logCosines, (checked) => {
          context.settings.logCosines = checked;
          context.redraw();
        }),
        h("div", { class: "grid" }, ...found.map((kind) => extremes(kind, context))),
      ],
      rows: () => [
        ["composition", "end", "rank", "id", "name", "cosine"],
        ...found.flatMap(({ key, of, composition }) =>
          (["top", "bottom"] as const).flatMap((end) =>
            composition[end].ids.map((id, rank) => [
              key,
              end,
              rank + 1,
              id,
              name(of, id),
              composition[end].values[rank],
            ])
          )
        ),
      ],
    };
  },
};
