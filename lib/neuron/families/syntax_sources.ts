/**
 * The runs that neurons of syntax are drawn from: explanations, and what they were made of.
 *
 * @module
 */
import { dirname } from "node:path";
import { cannot } from "../../errors.ts";
import type { ReadTable } from "../../store/format/read_table.ts";
import type { FinishedRun } from "../../store/run/read_run.ts";
import { readSourceRun } from "../../store/run/source_run.ts";
import { type Activations, openActivations } from "../cached/open_activations.ts";
import { openTags, type Tags } from "../sequence/open_tags.ts";
import { EXPLAIN_RUN } from "./family_sources.ts";
import { chooseSyntax, type SyntaxChoice } from "./syntax_neurons.ts";

type SourceName = "activations" | "tags";

const ARRAYS = "arrays.safetensors";

/** Where the runs are. */
export interface SyntaxFolders {
  /** A finished run of `explain` with tags. */
  readonly run: string;
  /** Where its activations and tags are now; where they were when absent. */
  readonly activations?: string | undefined;
  readonly tags?: string | undefined;
}

/** The runs, open. */
export interface SyntaxSources {
  readonly run: FinishedRun;
  readonly activations: Activations;
  readonly tags: Tags;
}

function sourceFolder(run: FinishedRun, name: SourceName, given?: string): string {
  const input = run.record.inputs.find((file) => file.name === `${name}/${ARRAYS}`);
  if (input) return given ?? dirname(input.path);
  throw cannot("E-FILE-MISSING", {
    do: "draw neurons of syntax from",
    thing: run.directory,
    is: `explanations without ${name}`,
    expected: "explanations by features of sequences",
    hint: "deno task un:tag-corpus, then deno task un:explain with --tags",
  });
}

function checkSource(run: FinishedRun, name: SourceName, source: FinishedRun): void {
  const made = source.record.outputs.find(({ path }) => path === ARRAYS);
  const used = run.record.inputs.find((input) => input.name === `${name}/${ARRAYS}`);
  if (made !== undefined && made.sha256 === used?.sha256) return;
  throw cannot("E-FILE-MISSING", {
    do: `take the ${name} of`,
    thing: source.directory,
    is: `not those of the explanations in ${run.directory}`,
    expected: `${ARRAYS} with sha256 ${used?.sha256}`,
    hint: `give their folder with --${name}, or run un:explain again`,
  });
}

/**
 * Opens the runs; the caller closes the activations.
 *
 * @throws {NeuriteError} E-FILE-MISSING for explanations without tags, and for sources that are not
 * those they were made of; the errors of runs.
 */
export async function openSyntaxSources(
  { run: folder, activations: ofActivations, tags: ofTags }: SyntaxFolders,
): Promise<SyntaxSources> {
  const run = await readSourceRun(folder, EXPLAIN_RUN);
  const tags = await openTags(sourceFolder(run, "tags", ofTags));
  checkSource(run, "tags", tags.run);
  await using scope = new AsyncDisposableStack();
  const activations = scope.use(
    await openActivations(sourceFolder(run, "activations", ofActivations)),
  );
  checkSource(run, "activations", activations.run);
  scope.move();
  return { run, activations, tags };
}

/** What is to be drawn. */
export interface AskedSyntax {
  readonly count: number;
  readonly neurons: readonly string[];
  /** The neuron of the main figure; the first when absent. */
  readonly main?: string | undefined;
}

/**
 * The neurons of the grid and of the main figure.
 *
 * @throws {NeuriteError} E-FILE-MISSING for a neuron that was not explained by features of sequences,
 * and where there is none to draw.
 */
export function askedSyntax(
  { directory }: FinishedRun,
  table: ReadTable,
  { count, neurons: names, main }: AskedSyntax,
): { readonly choices: readonly SyntaxChoice[]; readonly main: SyntaxChoice } {
  const choices = chooseSyntax(table, { count, names });
  const first = main === undefined ? choices[0] : chooseSyntax(table, { count, names: [main] })[0];
  const missing = names.find((name) => !choices.some(({ neuron }) => neuron === name)) ??
    (first === undefined ? main : undefined);
  if (first !== undefined && missing === undefined && choices.length > 0) {
    return { choices, main: first };
  }
  throw cannot("E-FILE-MISSING", {
    do: "draw neurons of syntax from",
    thing: directory,
    is: missing === undefined
      ? "explanations in which no feature of sequences is the best of any neuron"
      : `explanations without ${missing} or its best feature of sequences`,
    expected: "neurons explained with --features sequence",
    hint: "name neurons with --neurons to draw them all the same",
  });
}
