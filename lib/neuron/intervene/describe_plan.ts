import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { readConfig } from "../../model/config/config.ts";
import { type AskedRows, readCorpusRows } from "../../model/corpus_rows.ts";
import type { Session } from "../../model/session.ts";
import type { ChangeKind } from "./change.ts";
import { readNeurons } from "./neuron_sets.ts";
import { entropyNeurons } from "./paper_neurons.ts";
import { changesOf } from "./setup.ts";

/** What a plan is made of; the script's options. */
export interface AskedPlan extends AskedRows {
  readonly neurons: readonly string[];
  readonly joint: boolean;
  readonly chosen: number;
  readonly controls?: number | undefined;
  readonly type: ChangeKind;
  readonly values: readonly number[];
  readonly frozen: boolean;
  readonly perToken: boolean;
}

/** What would be run, with its sizes. Reads the tokens, not the weights. */
export async function describePlan(
  { directory, label }: Session,
  asked: AskedPlan,
): Promise<string> {
  const config = await readConfig(directory);
  readNeurons(asked.neurons, config, "--neurons");
  const { tokens } = await readCorpusRows(asked, [config]);
  const [B, T] = tokens.shape as [number, number];
  const paper = asked.neurons.length === 0 ? entropyNeurons(label) : undefined;
  const named = paper?.chosen.length ?? (asked.neurons.length || asked.chosen);
  const chosen = asked.joint ? 1 : named;
  const controls = asked.controls ?? paper?.controls.length ?? 20;
  const changes = changesOf(asked.type, asked.values).length;
  const arms = asked.frozen ? 2 : 1;
  const runs = (chosen + controls) * changes * arms;
  const kept = asked.perToken
    ? `, ${formatBytes(4 * 4 * (runs + 1) * B * T)} of token results`
    : "";
  return `${label}: ${
    formatCount(B)
  } rows of ${T} tokens, ${chosen} chosen and ${controls} random, ` +
    `${changes} values, ${arms === 1 ? "one arm" : "two arms"}: ${
      formatCount(runs)
    } runs from one ` +
    `cached residual${kept}`;
}
