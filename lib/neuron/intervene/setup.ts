/**
 * A run of interventions as a command asks for it: rows read, neurons decided, or only its plan.
 *
 * @module
 */
import { resolve } from "node:path";
import { formatBytes, formatCount } from "../../cli/sizes.ts";
import { cannot } from "../../errors.ts";
import { type AskedRows, readCorpusRows } from "../../model/corpus_rows.ts";
import type { ModelConfig } from "../../model/config/config.ts";
import { readConfig } from "../../model/config/read_config.ts";
import { foldWeights } from "../../model/folding.ts";
import type { Session } from "../../model/session.ts";
import type { Tokens } from "../../model/tokens.ts";
import { readNeurons } from "../neurons.ts";
import { type Change, type ChangeKind, takesValue } from "./change.ts";
import { chooseSets, type ChosenSets, DEFAULT_CONTROLS } from "./choose_sets.ts";
import { isCounted, type Positions, specialIds } from "./means.ts";
import { type NeuronSet, neuronSets } from "./neuron_sets.ts";
import { entropyNeurons } from "./paper_neurons.ts";
import { changeName } from "./token_arrays.ts";
import {
  type NeuronTraits,
  openTraits,
  traitsOfRun,
  weightTraits,
  withKurtosis,
} from "./weight_traits.ts";

/** The rows that a command reads, and which of their tokens count. */
export interface AskedTokens extends AskedRows {
  readonly positions: Positions;
}

/** What a command asks. */
export interface AskedInterventions extends AskedTokens {
  readonly neurons: readonly string[];
  readonly joint: boolean;
  readonly chosen: number;
  readonly controls?: number | undefined;
  readonly weights?: string | undefined;
  readonly summary?: string | undefined;
  readonly seed: number;
}

/** A run that can begin. */
export interface InterventionSetup {
  readonly tokens: Tokens;
  readonly chosen: ChosenSets;
}

/**
 * Each value of a kind; a single change where the kind has none.
 *
 * @throws {NeuriteError} E-USAGE for a kind that has values without any, and for a value twice.
 */
export function changesOf(kind: ChangeKind, values: readonly number[]): Change[] {
  if (!takesValue(kind)) return [{ kind, value: 0 }];
  const changes = values.map((value) => ({ kind, value }));
  const names = changes.map(changeName);
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (changes.length > 0 && twice < 0) return changes;
  throw cannot("E-USAGE", {
    do: "read option",
    thing: "--values",
    is: changes.length === 0 ? "empty" : `${values[twice]} twice`,
    expected: changes.length === 0 ? `at least one value for ${kind}` : "each value once",
    hint: "--values -0.17,0,1,2,3,4,5,6",
  });
}

/** Reads the rows, of whose tokens some must count. */
async function readTokens(asked: AskedTokens, config: ModelConfig): Promise<Tokens> {
  const { tokens } = await readCorpusRows(asked, [config]);
  const counted = { special: specialIds(config), positions: asked.positions };
  if (tokens.data.some((_, i) => isCounted("loss", tokens, i, counted))) return tokens;
  const [B, T] = tokens.shape as [number, number];
  throw cannot("E-TOKENS", {
    do: "take means over",
    thing: resolve(asked.tokens),
    is: `${B} rows of ${T} tokens, none of which counts`,
    expected: "some that are not the last of their row, nor special tokens",
    hint: "make longer rows with deno task un:make-dataset --ctx; --positions all takes special " +
      "tokens too",
  });
}

/**
 * Reads the rows and decides the neurons.
 *
 * @throws {NeuriteError} E-TOKENS, E-USAGE, and the errors of the runs and files read.
 */
export async function setUpInterventions(
  session: Session,
  asked: AskedInterventions,
  signal?: AbortSignal,
): Promise<InterventionSetup> {
  const config = await readConfig(session.directory);
  const tokens = await readTokens(asked, config);
  const chosen = await chooseSets({
    ...asked,
    model: session.label,
    config,
    traits: () => traitsOf(session, asked, signal),
  });
  return { tokens, chosen };
}

async function traitsOf(
  session: Session,
  { weights, summary }: AskedInterventions,
  signal?: AbortSignal,
): Promise<NeuronTraits[]> {
  const config = await readConfig(session.directory);
  const inputs = weights ?? summary ? await session.inputs() : [];
  const traits = weights === undefined
    ? await weightTraits(
      session.device,
      foldWeights((await session.model()).weights),
      config,
      signal,
    )
    : await traitsOfRun(await openTraits(weights, "weights", inputs), config);
  if (summary === undefined) return traits;
  return await withKurtosis(traits, await openTraits(summary, "summary", inputs));
}

/**
 * Reads the rows and the one neuron that a command names.
 *
 * @throws {NeuriteError} E-TOKENS, E-USAGE, and the errors of the files read.
 */
export async function setUpSingle(
  { directory }: Pick<Session, "directory">,
  asked: AskedTokens & { readonly neuron: string },
): Promise<{ readonly tokens: Tokens; readonly sets: readonly NeuronSet[] }> {
  const config = await readConfig(directory);
  const neurons = readNeurons([asked.neuron], config, "--neuron");
  const tokens = await readTokens(asked, config);
  return { tokens, sets: neuronSets(neurons, { role: "chosen", joint: false }) };
}

/** What a plan is made of; the script's options. */
export interface AskedPlan extends AskedInterventions {
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
  const tokens = await readTokens(asked, config);
  const [B, T] = tokens.shape as [number, number];
  const paper = asked.neurons.length === 0 ? entropyNeurons(label) : undefined;
  const named = paper?.chosen.length ?? (asked.neurons.length || asked.chosen);
  const chosen = asked.joint ? 1 : named;
  const controls = asked.controls ?? paper?.controls.length ?? DEFAULT_CONTROLS;
  const changes = changesOf(asked.type, asked.values).length;
  const arms = asked.frozen ? 2 : 1;
  const runs = (chosen + controls) * changes * arms;
  const kept = asked.perToken
    ? `, ${formatBytes(4 * 4 * (runs + 1) * B * T)} of token results`
    : "";
  return `${label}: ${formatCount(B)} rows of ${T} tokens, ${chosen} chosen and ${controls} ` +
    `random, ${changes} values, ${arms === 1 ? "one arm" : "two arms"}: ` +
    `${formatCount(runs)} runs from one cached residual${kept}`;
}
