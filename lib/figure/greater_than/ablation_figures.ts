/**
 * Circuits by name beside random ones of their size: where their shares stand, and what they answer
 * (spec/greater_than section 3.11).
 *
 * @module
 */
import type { HostArray } from "../../array.ts";
import type { FigureEntry } from "../write_report.ts";
import { randomCircuits } from "./random_circuits.ts";
import { patchedFigure } from "./year_figures.ts";

/** What a circuit with a name keeps. */
export interface NamedShare {
  /** Share of the model's probability difference. */
  readonly ratio: number;
  /** How many random circuits keep at least as much. */
  readonly standing?: { readonly reached: number };
}

/** What was measured. */
export interface AblationFigureOptions {
  /** The model as titles have it. */
  readonly model: string;
  /** Which random circuits were drawn, in words. */
  readonly drawn: string;
  /** Shares of the random circuits by version, `full` or `m10`. */
  readonly ratios: ReadonlyMap<string, readonly number[]>;
  /** `no_heads`, and `circuit` and `alternative` with `_<version>`. */
  readonly named: Readonly<Record<string, NamedShare>>;
}

/** The tests that the original shows as heatmaps, and what stands before "Probability Heatmap". */
const HEATMAPS: Readonly<Record<string, string>> = {
  "circuit_full": "Patched",
  "circuit_m10": "Patched (MLP 10 Alone)",
  "alternative_full": "Patched (Other Heads)",
  "alternative_m10": "Patched (Other Heads, MLP 10 Alone)",
};

/**
 * random-circuits and, where MLP 10 was tested alone, random-circuits-m10; of years the patched
 * heatmaps, of the arrays `probs_<test> [97, 100]`.
 */
export function ablationFigures(
  arrays: Readonly<Record<string, HostArray>>,
  options: AblationFigureOptions,
): FigureEntry[] {
  const { model, ratios } = options;
  const heatmaps = Object.entries(HEATMAPS).flatMap(([test, prefix]) => {
    const probs = arrays[`probs_${test}`];
    const name = `${test.replaceAll("_", "-")}-heatmap`;
    return probs ? [patchedFigure(probs, { model, prefix, name })] : [];
  });
  return [...[...ratios.keys()].map((version) => shareHistogram(version, options)), ...heatmaps];
}

function shareHistogram(
  version: string,
  { model, drawn, ratios, named }: AblationFigureOptions,
): FigureEntry {
  const rules = Object.entries({
    "the circuit": `circuit_${version}`,
    "other heads of the original": `alternative_${version}`,
    "no heads": "no_heads",
  }).flatMap(([label, test]) => named[test] ? [{ label, value: named[test].ratio }] : []);
  const name = version === "full" ? "random-circuits" : `random-circuits-${version}`;
  const title = version === "full" ? model : `${model}, MLP 10 Alone:`;
  const reached = named[`circuit_${version}`]?.standing?.reached;
  return {
    name,
    spec: randomCircuits({ model: title, name, values: ratios.get(version)!, named: rules }),
    caption: `Shares kept by ${drawn}; ${reached} of them reach the circuit's. Without any ` +
      "heads the answers are those to the bad prompts.",
  };
}
