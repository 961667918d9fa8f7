/**
 * Cosines of a neuron's weights with attention heads.
 *
 * @module
 */
import { cellChart } from "../chart/cells.ts";
import { h } from "../dom.ts";
import { fold, table } from "../fold.ts";
import { showNumber } from "../numbers.ts";
import type { PanelKind } from "./panel.ts";

const KINDS = [
  { key: "v", title: "V: output weights into values" },
  { key: "o", title: "O: heads' outputs into input weights" },
  { key: "query_side", title: "Q side: into queries" },
  { key: "key_side", title: "K side: into keys" },
] as const;

/** Panel 7 of the paper's viewer. */
export const HEADS: PanelKind = {
  name: "heads",
  title: "Attention heads",
  draw({ model }, neuron) {
    const { layers, heads } = model;
    const found = KINDS.flatMap((kind) => {
      const values = neuron.heads?.[kind.key];
      return values?.length === layers * heads ? [{ ...kind, values }] : [];
    });
    if (found.length === 0) return undefined;
    const head = (place: number) => `${Math.floor(place / heads)}.${place % heads}`;
    return {
      nodes: [
        h(
          "div",
          { class: "figures" },
          ...found.map(({ title, values }) =>
            cellChart({
              title,
              values,
              rows: layers,
              columns: heads,
              rowName: "layer",
              columnName: "head",
            })
          ),
        ),
        fold("Heads as a table", () =>
          table(
            "Compositions with heads",
            ["head", ...found.map(({ key }) => key)],
            found[0]!.values.map((_, place) => [
              head(place),
              ...found.map(({ values }) => showNumber(values[place])),
            ]),
          )),
      ],
      rows: () => [
        ["head", ...found.map(({ key }) => key)],
        ...found[0]!.values.map((_, place) => [
          head(place),
          ...found.map(({ values }) => values[place]),
        ]),
      ],
    };
  },
};
