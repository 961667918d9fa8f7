/**
 * What every panel gets and gives.
 *
 * @module
 */
/// <reference lib="dom" />
import type { Panel, ViewerModel, ViewerNeuron } from "../../format.ts";
import type { Cell } from "../copy.ts";
import type { View } from "../view.ts";

/** Choices of the reader that stay while neurons change. */
export interface Settings {
  logCounts: boolean;
  logDensity: boolean;
  logCosines: boolean;
  wrap: boolean;
}

/** What a panel may use. */
export interface PanelContext {
  readonly model: ViewerModel;
  readonly view: View;
  readonly settings: Settings;
  /** The neuron shown. */
  readonly neuron: number;
  /** A token's text. */
  token(id: number): string;
  /** A token as an element, cut to `longest` UTF-16 units. */
  tokenElement(id: number, longest?: number): HTMLElement;
  /** A link to a neuron of this model. */
  neuronLink(neuron: number): HTMLElement;
  /** Shows something in a dialog. */
  open(title: string, ...nodes: readonly Node[]): void;
  /** Draws this panel again, after a setting changed. */
  redraw(): void;
  /** Changes what is shown. */
  go(change: Partial<View>): void;
}

/** A panel's inside, and its numbers to copy. */
export interface PanelContent {
  readonly nodes: readonly Node[];
  readonly rows: () => (readonly Cell[])[];
}

/** A panel; undefined where the neuron has nothing for it. */
export interface PanelKind {
  readonly name: Panel;
  readonly title: string;
  draw(context: PanelContext, neuron: ViewerNeuron): PanelContent | undefined;
}

/** A part of the corpus with its name; the whole corpus first where it is known. */
export function parts(model: ViewerModel, neuron: ViewerNeuron) {
  const named = (neuron.subsets ?? []).map((part, place) => ({
    name: model.subsets[place] ?? `part ${place}`,
    part,
  }));
  return neuron.pooled ? [{ name: "all", part: neuron.pooled }, ...named] : named;
}
