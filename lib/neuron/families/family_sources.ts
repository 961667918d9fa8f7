/**
 * What the families of neurons are found and drawn from: cached activations, and what a run of
 * explanations over the same activations says of them. No model is read.
 *
 * @module
 */
import { basename } from "node:path";
import { cannot } from "../../errors.ts";
import type { ReadTable } from "../../store/format/read_table.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun, sourceFiles } from "../../store/run/source_run.ts";
import { nameOf } from "../neurons.ts";
import { type Activations, openActivations } from "../cached/open_activations.ts";

/** The script that explains activations, and its command. */
export const EXPLAIN_RUN = {
  script: "universal_neurons/explain",
  command: "deno task un:explain",
} as const;

/** The kinds of features that are tables of an explanation. */
export type ExplainedKind = "token" | "prev_token";

/** Reductions in variance of one kind of features. */
export interface Reductions {
  /** `layer.index`, a row each. */
  readonly neurons: readonly string[];
  /** A column each, numbers by row; NaN where a neuron never changes. */
  readonly columns: ReadonlyMap<string, ArrayLike<number>>;
}

/** A neuron and a feature with its reduction in variance. */
export interface FeatureNeuron {
  readonly neuron: string;
  readonly feature: string;
  readonly reduction: number;
}

/** The tokens of the explained vocabulary by id. */
export interface ExplainedTokens {
  /** `[V]`; empty where an id has no token. */
  readonly strings: readonly string[];
  /**
   * `[V]`: 1 where a feature holds.
   *
   * @throws {NeuriteError} E-FILE-MISSING for a feature that the run has not.
   */
  holds(feature: string): Uint8Array;
}

/** Activations and their explanations. */
export interface FamilySource extends AsyncDisposable {
  /** In titles. */
  readonly model: string;
  readonly activations: Activations;
  readonly explain: FinishedRun;
  readonly tokens: ExplainedTokens;
  /** The place of a neuron among the activations. */
  placeOf(neuron: string): number;
  /** @throws {NeuriteError} E-FILE-MISSING for features that were not asked of the explanations. */
  reductions(kind: ExplainedKind): Promise<Reductions>;
}

function tokensOf({ columns }: ReadTable, run: FinishedRun): ExplainedTokens {
  const ids = Array.from(columns.token as ArrayLike<number>, Number);
  const size = ids.reduce((most, id) => Math.max(most, id), -1) + 1;
  const strings = new Array<string>(size).fill("");
  ids.forEach((id, row) => strings[id] = String(columns.token_string![row]));
  const known = new Map<string, Uint8Array>();
  return {
    strings,
    holds(feature) {
      const found = known.get(feature);
      if (found) return found;
      const column = columns[feature];
      if (column === undefined) {
        throw cannot("E-FILE-MISSING", {
          do: "split tokens by",
          thing: feature,
          is: `no feature of the explanations in ${run.directory}`,
          expected: "one of its vocabulary's",
          hint: `${EXPLAIN_RUN.command} --keep-empty lists features that hold of no token too`,
        });
      }
      const holds = new Uint8Array(size);
      ids.forEach((id, row) => holds[id] = Number(column[row] === true));
      known.set(feature, holds);
      return holds;
    },
  };
}

/** Checks that explanations are of these activations. */
function checkPair(activations: Activations, explain: FinishedRun): void {
  const wanted = new Map(
    explain.record.inputs.map(({ name, sha256 }) => [name, sha256]),
  );
  const other = sourceFiles("activations", activations.run)
    .find(({ name, sha256 }) => wanted.get(name) !== sha256);
  if (other === undefined) return;
  throw cannot("E-USAGE", {
    do: "draw families of",
    thing: activations.run.directory,
    is: `not the activations that ${explain.directory} explains: ${other.name} differs`,
    expected: "explanations of these activations",
    hint: `${EXPLAIN_RUN.command} --activations ${activations.run.directory}`,
  });
}

function checkWhole({ aggregation, location, run }: Activations): void {
  if (aggregation === "none" && location === "mlp.hook_pre") return;
  throw cannot("E-USAGE", {
    do: "draw families of",
    thing: run.directory,
    is: aggregation === "none"
      ? `activations at ${location}`
      : `one value a row, its ${aggregation}`,
    expected: "pre-activations of every token",
    hint: "deno task un:activations with --location mlp.hook_pre and --aggregation none",
  });
}

/**
 * Opens cached pre-activations.
 *
 * @throws {NeuriteError} as `openActivations`; E-USAGE for aggregated ones and post-activations.
 */
export async function openPreActivations(directory: string): Promise<Activations> {
  await using scope = new AsyncDisposableStack();
  const activations = scope.use(await openActivations(directory));
  checkWhole(activations);
  scope.move();
  return activations;
}

/**
 * Opens activations and the explanations of them.
 *
 * @throws {NeuriteError} E-FILE-MISSING naming the command that makes the missing run; E-USAGE for
 * explanations of other activations.
 */
export async function openFamilies(
  directories: { readonly activations: string; readonly explain: string },
): Promise<FamilySource> {
  await using scope = new AsyncDisposableStack();
  const activations = scope.use(await openPreActivations(directories.activations));
  const explain = await readSourceRun(directories.explain, EXPLAIN_RUN);
  checkPair(activations, explain);
  const tokens = tokensOf(await explain.table("vocabulary"), explain);
  const places = new Map(activations.neurons.map((neuron, i) => [nameOf(neuron), i]));
  const held = scope.move();
  return {
    model: basename(activations.model),
    activations,
    explain,
    tokens,
    placeOf: (neuron) => places.get(neuron)!,
    reductions: (kind) => readReductions(explain, kind),
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
}

async function readReductions(explain: FinishedRun, kind: ExplainedKind): Promise<Reductions> {
  const name = `${kind}_variance_reduction`;
  if (explain.record.outputs.some(({ path }) => path === `tables/${name}.parquet`)) {
    return reductionsOf(await explain.table(name));
  }
  throw cannot("E-FILE-MISSING", {
    do: "find families in",
    thing: explain.directory,
    is: `explanations without features of kind ${kind}`,
    expected: `tables/${name}.parquet`,
    hint: `${EXPLAIN_RUN.command} without --features explains by those of tokens`,
  });
}

/** The columns of a table of reductions, a row a neuron. */
export function reductionsOf({ columns }: ReadTable): Reductions {
  const { neuron, ...features } = columns;
  return {
    neurons: Array.from(neuron as ArrayLike<string>, String),
    columns: new Map(Object.entries(features) as [string, ArrayLike<number>][]),
  };
}
