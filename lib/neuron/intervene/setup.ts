/**
 * A run of interventions as a command asks for it: rows read, neurons decided.
 *
 * @module
 */
import { cannot } from "../../errors.ts";
import { type AskedRows, readCorpusRows } from "../../model/corpus_rows.ts";
import { readConfig } from "../../model/config/config.ts";
import { foldWeights } from "../../model/folding.ts";
import type { Session } from "../../model/session.ts";
import type { Tokens } from "../../model/tokens.ts";
import { type Change, type ChangeKind, takesValue } from "./change.ts";
import { chooseSets, type ChosenSets } from "./choose_sets.ts";
import { openTraits } from "./source_runs.ts";
import { type NeuronTraits, traitsOfRun, weightTraits, withKurtosis } from "./weight_traits.ts";

/** What a command asks. */
export interface AskedInterventions extends AskedRows {
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
 * @throws {NeuriteError} E-USAGE for a kind that has values without any.
 */
export function changesOf(kind: ChangeKind, values: readonly number[]): Change[] {
  if (takesValue(kind) && values.length === 0) {
    throw cannot("E-USAGE", {
      do: "read option",
      thing: "--values",
      is: "empty",
      expected: `at least one value for ${kind}`,
      hint: "--values -0.17,0,1,2,3,4,5,6",
    });
  }
  return takesValue(kind) ? values.map((value) => ({ kind, value })) : [{ kind, value: 0 }];
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
  const { tokens } = await readCorpusRows(asked, [config]);
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
