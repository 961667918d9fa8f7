/**
 * Neurons of syntax: activations where a feature of the sequence holds beside all others (Gurnee et al.
 * 2024, section 4.4; the notebook syntax).
 *
 * @module
 */
import type { ReportTable } from "../report.ts";
import type { FigureEntry } from "../write_report.ts";
import { classHistograms, type ClassPanel, classPanel } from "./class_histograms.ts";

/** One neuron. */
export interface SyntaxValues {
  /** `layer.index`. */
  readonly neuron: string;
  readonly feature: string;
  /** Of the feature; names the tagger. */
  readonly family: string;
  readonly reduction: number;
  /** What the same feature explains as far as the token alone tells it. */
  readonly tokenAlone: number;
  readonly tokenFeature: string;
  readonly tokenReduction: number;
  /** `[N]`. */
  readonly values: Float32Array;
  /** `[N]`, 1 where the feature holds. */
  readonly holds: Uint8Array;
}

/** What is kept of a neuron: no values, so that neurons of a long corpus can come one by one. */
export interface SyntaxPanel extends Omit<SyntaxValues, "values" | "holds"> {
  /** Of positions that the feature holds of. */
  readonly share: number;
  readonly panel: ClassPanel;
}

/** A position where neuron and feature disagree. */
export interface ShownContext {
  readonly kind: string;
  readonly row: number;
  readonly position: number;
  readonly value: number;
  readonly text: readonly [before: string, token: string, after: string];
}

/** What is drawn. */
export interface SyntaxInput {
  /** In titles. */
  readonly model: string;
  /** Best explained first. */
  readonly panels: readonly SyntaxPanel[];
  /** The neuron of the main figure, one of the panels. */
  readonly main: SyntaxPanel;
  readonly contexts: readonly ShownContext[];
  /** `"Pre-activation"`, or what else was cached. */
  readonly valueName: string;
}

const COLUMNS = 5;
/** Neurons on a page: the outlines of more would be more marks than a figure may have. */
const NEURONS_OF_PAGE = 45;

/**
 * The panel of one neuron: its values where its feature holds, and the others.
 *
 * @throws {NeuriteError} `E-FIGURE` when values are not finite.
 */
export function syntaxPanel({ values, holds, ...rest }: SyntaxValues): SyntaxPanel {
  const ofClass = (is: number) => values.filter((_, i) => holds[i] === is);
  const [one, zero] = [ofClass(1), ofClass(0)];
  const classes = [{ name: "feature holds", values: one }, { name: "others", values: zero }];
  const { neuron: title, feature, reduction } = rest;
  const subtitle = `${feature}, VR ${reduction.toFixed(3)}`;
  const share = one.length / values.length;
  return { ...rest, share, panel: classPanel(classes, { title, subtitle }) };
}

function neuronTable(panels: readonly SyntaxPanel[]): ReportTable {
  const number = (value: number) => Number.isFinite(value) ? value.toFixed(4) : "";
  return {
    caption: "Neurons whose best feature is of the sequence",
    columns: [
      ...["neuron", "feature", "family (tagger)", "share of positions", "reduction"],
      ...["by its token alone", "best feature of the token", "its reduction"],
    ],
    rows: panels.map((panel) => [
      ...[panel.neuron, panel.feature, panel.family, panel.share.toFixed(4)],
      ...[number(panel.reduction), number(panel.tokenAlone), panel.tokenFeature],
      number(panel.tokenReduction),
    ]),
  };
}

/** syntax_neurons: a panel a neuron, five beside each other; syntax_neurons_2 of more than 45. */
export function syntaxGrid({ model, panels, valueName }: SyntaxInput): FigureEntry[] {
  const caption =
    `The ${panels.length} neurons that a feature of the sequence explains best, each ` +
    "with its feature and reduction in variance: activations where the feature holds, and all " +
    "others. The table says how much of it the token alone explains.";
  const pages = Math.ceil(panels.length / NEURONS_OF_PAGE);
  return Array.from({ length: pages }, (_, page) => {
    const name = page === 0 ? "syntax_neurons" : `syntax_neurons_${page + 1}`;
    const own = panels.slice(page * NEURONS_OF_PAGE, (page + 1) * NEURONS_OF_PAGE);
    const spec = classHistograms(own.map(({ panel }) => panel), {
      name,
      title: `${model}: Syntax Neurons`,
      description: caption,
      xTitle: valueName,
      panelColumns: COLUMNS,
      size: { width: 150, height: 110 },
    });
    return { name, spec, caption, ...(page === 0 && { table: neuronTable(panels) }) };
  });
}

/** syntax_neuron_main: one neuron, and where it disagrees with its feature. */
export function syntaxMain({ model, main, contexts, valueName }: SyntaxInput): FigureEntry {
  const name = "syntax_neuron_main";
  const caption = `${main.neuron}: activations where ${main.feature} holds, and all others. ` +
    "Below, the largest activations where it does not hold and the smallest where it does.";
  const spec = classHistograms([main.panel], {
    name,
    title: `${model}: Neuron ${main.neuron}`,
    description: caption,
    xTitle: valueName,
    size: { width: 420, height: 260 },
  });
  const rows = contexts.map(({ kind, row, position, value, text: [before, token, after] }) => [
    ...[kind, row, position, value.toFixed(3), shown(before), shown(token), shown(after)],
  ]);
  const columns = ["where", "row", "position", "activation", "before", "token", "after"];
  return { name, spec, caption, table: { caption: "Disagreements", columns, rows } };
}

function shown(text: string): string {
  return text.replaceAll("\n", "↵").replaceAll("\t", "⇥");
}

/** The pages of the grid, and the main figure. */
export function syntaxFigures(input: SyntaxInput): FigureEntry[] {
  return [...syntaxGrid(input), syntaxMain(input)];
}
