/**
 * Weight statistics as a report's numbers and tables, and as a summary with the paper's beside them.
 *
 * @module
 */
import { findTokenizer } from "../../model/tokenizer.ts";
import type { SummaryNumbers } from "../../store/run/summary.ts";
import { quotedTokens } from "../quoted_tokens.ts";
import type { NeuronTable } from "./neuron_table.ts";
import { judgeNeurons, type NeuronNumbers, publishedNeurons } from "./published.ts";

const STANDING_NEURONS = 30;
const TOKENS_SHOWN = 6;

/** The numbers printed for a model, and the run's own for the same neurons; empty for other models. */
export function publishedOf(
  model: string,
  table: NeuronTable,
): { numbers: SummaryNumbers; paper?: SummaryNumbers } {
  const printed = publishedNeurons(model);
  const own: Record<string, NeuronNumbers> = {};
  const paper: Record<string, NeuronNumbers> = {};
  for (const [name, numbers] of Object.entries(printed)) {
    const found = table.numbersOf(name);
    if (!found) continue;
    own[name] = found;
    paper[name] = numbers;
  }
  if (Object.keys(own).length === 0) return { numbers: {} };
  return {
    numbers: { published: own } as unknown as SummaryNumbers,
    paper: { published: paper } as unknown as SummaryNumbers,
  };
}

/** A report's numbers: those printed for the model, and what every model has. */
export function reportNumbers(model: string, table: NeuronTable) {
  const values: Record<string, NeuronNumbers> = {};
  for (const name of Object.keys(publishedNeurons(model))) {
    values[name] = table.numbersOf(name) ?? {};
  }
  const judged = judgeNeurons(model, values).map((number) => {
    const { neuron, column, value, paper, allowed, verdict } = number;
    const note = `within ±${allowed.toPrecision(2)}`;
    return { name: `${neuron} ${column}`, value, paper, verdict, note };
  });
  const summary = table.summary();
  const counts = ["neurons", "neurons_without_weights", "vocab_kurt_above_10"].map((name) => ({
    name: name.replaceAll("_", " "),
    value: Number(summary[name]),
    verdict: "not applicable" as const,
  }));
  return [...judged, ...counts];
}

/** The neurons of the largest vocabulary kurtosis with their tokens as text, or as ids. */
export async function standingTable(directory: string, table: NeuronTable) {
  const tokenizer = await findTokenizer(directory);
  const words = (ids: readonly number[]) =>
    ids.slice(0, TOKENS_SHOWN).map((id) => quotedTokens(tokenizer, [id])).join(" ");
  return {
    caption: `The ${STANDING_NEURONS} neurons of the largest vocabulary kurtosis`,
    columns: ["neuron", "kurtosis", "skew", "promotes most", "suppresses most"],
    rows: table.standing(STANDING_NEURONS).map((neuron) => [
      neuron.name,
      neuron.kurt.toFixed(2),
      neuron.skew.toFixed(2),
      words(neuron.top),
      words(neuron.bottom),
    ]),
  };
}
