/**
 * The most similar neuron of each other model.
 *
 * @module
 */
/// <reference lib="dom" />
import { h } from "../dom.ts";
import { table } from "../fold.ts";
import { neuronName, showNumber } from "../numbers.ts";
import type { PanelKind } from "./panel.ts";

/** Only a page of a folder beside this one: an address from a file is not trusted further. */
const NEIGHBOUR = /^\.\.\/[A-Za-z0-9_.-]+\/index\.html$/;

/** The partner neurons and their correlations. */
export const PARTNERS: PanelKind = {
  name: "partners",
  title: "Partners in other models",
  draw({ model }, neuron) {
    const found = (neuron.partners ?? []).slice(0, model.partners.length);
    if (found.length === 0) return undefined;
    const name = (place: number) =>
      neuronName(found[place]!.neuron, model.partnerWidths?.[place] ?? model.width);
    const link = (place: number) => {
      const page = model.partnerPages?.[place];
      return page && NEIGHBOUR.test(page)
        ? h("a", { href: `${page}#/n/${name(place)}` }, name(place))
        : name(place);
    };
    return {
      nodes: [table(
        "Most correlated neuron of each model",
        ["model", "neuron", "correlation", ""],
        found.map(({ corr }, place) => [
          h("bdi", {}, model.partners[place]),
          link(place),
          showNumber(corr),
          h("meter", {
            min: 0,
            max: 1,
            value: Math.max(0, corr),
            "aria-label": `correlation ${showNumber(corr)}`,
          }),
        ]),
      )],
      rows: () => [
        ["model", "neuron", "correlation"],
        ...found.map(({ corr }, place) => [model.partners[place], name(place), corr]),
      ],
    };
  },
};
