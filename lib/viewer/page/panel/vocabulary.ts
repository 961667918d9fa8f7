/**
 * Tokens by their largest and by their mean activation.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Ranked } from "../../format.ts";
import { lineChart } from "../chart/lines.ts";
import { extent } from "../chart/scale.ts";
import { legend } from "../chart/series.ts";
import { h } from "../dom.ts";
import { showNumber } from "../numbers.ts";
import { LONGEST_IN_CELL, shownToken } from "../token_text.ts";
import { type PanelContext, type PanelKind, parts } from "./panel.ts";

/** Ranks shown in the table and in the lines. */
const IN_TABLE = 25;
const IN_LINES = 100;

interface NamedRanks {
  readonly name: string;
  readonly ranked: Ranked;
}

const BY = [
  { key: "vocabMax", words: "largest activation" },
  { key: "vocabMean", words: "mean activation" },
] as const;

function heatmap(title: string, named: readonly NamedRanks[], context: PanelContext): HTMLElement {
  const deep = Math.min(IN_TABLE, Math.max(...named.map(({ ranked }) => ranked.ids.length)));
  const shown = named.flatMap(({ ranked }) => ranked.values.slice(0, deep));
  const most = Math.max(...shown.map(Math.abs), 1e-12);
  const rows = Array.from({ length: deep }, (_, rank) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, rank + 1),
      ...named.map(({ ranked }) => {
        const [id, value] = [ranked.ids[rank], ranked.values[rank]];
        if (id === undefined || value === undefined) return h("td", {});
        return h(
          "td",
          {
            class: value < 0 ? "heat neg" : "heat pos",
            title: `${shownToken(context.token(id))}: ${showNumber(value)}`,
            "--t": (Math.abs(value) / most).toFixed(3),
          },
          h(
            "div",
            {},
            context.tokenElement(id, LONGEST_IN_CELL),
            h("span", { class: "value" }, showNumber(value)),
          ),
        );
      }),
    ));
  return h(
    "div",
    { class: "scroll", tabindex: 0, role: "region", "aria-label": title },
    h(
      "table",
      { class: "tokens" },
      h("caption", {}, title),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, "rank"),
          ...named.map(({ name }) => h("th", { scope: "col" }, h("bdi", {}, name))),
        ),
      ),
      h("tbody", {}, ...rows),
    ),
  );
}

function lines(title: string, named: readonly NamedRanks[], context: PanelContext): HTMLElement {
  const series = named.map(({ name, ranked }) => ({
    name,
    points: ranked.values.slice(0, IN_LINES).map((value, rank) => [rank + 1, value] as const),
  }));
  const [from, to] = extent(series.flatMap(({ points }) => points.map(([, value]) => value)));
  const deep = Math.max(2, ...series.map(({ points }) => points.length));
  return lineChart({
    title,
    description: `One line a part of the corpus, ranks 1 to ${deep}, from ${
      showNumber(to)
    } down to ${showNumber(from)}.`,
    width: 420,
    height: 240,
    x: { label: "rank of the token", from: 1, to: deep },
    y: { label: "activation", from, to },
    series,
    say: (line, point) => {
      const { name, ranked } = named[line]!;
      return `${name}, rank ${point + 1}: ${shownToken(context.token(ranked.ids[point]!))} ${
        showNumber(ranked.values[point])
      }`;
    },
  });
}

/** Panels 3 and 4 of the paper's viewer. */
export const VOCABULARY: PanelKind = {
  name: "vocabulary",
  title: "Vocabulary",
  draw(context, neuron) {
    const all = parts(context.model, neuron);
    const kinds = BY.map(({ key, words }) => ({
      words,
      named: all.flatMap(({ name, part }) => part[key] ? [{ name, ranked: part[key] }] : []),
    })).filter(({ named }) => named.length > 0);
    if (kinds.length === 0) return undefined;
    const names = kinds[0]!.named.map(({ name }) => name);
    return {
      nodes: [
        h(
          "div",
          { class: "figures" },
          ...kinds.map(({ words, named }) => heatmap(`Top tokens by ${words}`, named, context)),
        ),
        h(
          "div",
          { class: "figures" },
          ...kinds.map(({ words, named }) => lines(`Tokens by ${words}`, named, context)),
        ),
        ...(names.length > 1 ? [legend(names)] : []),
      ],
      rows: () => [
        ["by", "part", "rank", "token id", "token", "activation"],
        ...kinds.flatMap(({ words, named }) =>
          named.flatMap(({ name, ranked }) =>
            ranked.ids.map((id, rank) => [
              words,
              name,
              rank + 1,
              id,
              context.token(id),
              ranked.values[rank],
            ])
          )
        ),
      ],
    };
  },
};
