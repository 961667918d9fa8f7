/**
 * Finished runs held against the papers' claims.
 *
 * @module
 */
import { basename } from "node:path";
import { type DamagedRun, findRuns, type FoundRun } from "../store/run/find_runs.ts";
import {
  type Claim,
  type ClaimNumber,
  type PaperClaims,
  type Standing,
  standingOf,
} from "./claim.ts";
import { claimFigure, type FoundFigure } from "./claim_figure.ts";
import { modelOf, type OpenedRun, type RunEntry, runEntry } from "./run_entry.ts";
import { readSmallText } from "./run_files.ts";

/** What a run says of a claim. */
export interface Answer {
  readonly run: RunEntry;
  readonly numbers: readonly ClaimNumber[];
}

/** A claim with all that is known of it. */
export interface ClaimResult {
  readonly claim: Claim;
  readonly standing: Standing;
  /** Those that can be judged first. */
  readonly answers: readonly Answer[];
  readonly figure: FoundFigure;
}

/** All of it. */
export interface Gathered {
  readonly papers: readonly {
    readonly paper: PaperClaims;
    readonly results: readonly ClaimResult[];
  }[];
  /** Every finished run that can be read. */
  readonly runs: readonly RunEntry[];
  readonly damaged: readonly DamagedRun[];
}

/** The report's own runs say nothing of a model. */
const OWN_SCRIPT = "report";
const MOST_SUMMARY_BYTES = 1 << 24; // 16 MiB: summaries are below 1 MiB

/**
 * Reads every finished run below some folders and what the papers' claims make of it. Folders that
 * cannot be read are listed and leave the others as they are.
 *
 * @throws {NeuriteError} as `findRuns`.
 */
export async function gather(
  directories: readonly string[],
  papers: readonly PaperClaims[],
): Promise<Gathered> {
  const { runs: found, damaged } = await findAll(directories);
  const opened: OpenedRun[] = [];
  for (const one of found.filter(({ run }) => run.record.script !== OWN_SCRIPT)) {
    const run = await openFound(one);
    if ("why" in run) damaged.push({ name: one.name, why: run.why });
    else opened.push(run);
  }
  const gathered: Gathered["papers"][number][] = [];
  for (const paper of papers) {
    const results: ClaimResult[] = [];
    for (const claim of paper.claims) results.push(await resultOf(claim, opened, damaged));
    gathered.push({ paper, results });
  }
  return { papers: gathered, runs: opened.map(({ entry }) => entry), damaged };
}

async function findAll(
  directories: readonly string[],
): Promise<{ runs: FoundRun[]; damaged: DamagedRun[] }> {
  const runs = new Map<string, FoundRun>();
  const damaged: DamagedRun[] = [];
  for (const directory of directories) {
    const below = await findRuns(directory);
    // One folder is plain from the heading; of several each run says which.
    const named = (name: string) =>
      directories.length === 1 ? name : `${basename(directory)}/${name}`;
    damaged.push(...below.damaged.map((one) => ({ ...one, name: named(one.name) })));
    for (const { name, run } of below.runs) {
      if (!runs.has(run.directory)) runs.set(run.directory, { name: named(name), run });
    }
  }
  return { runs: [...runs.values()], damaged };
}

async function openFound(found: FoundRun): Promise<OpenedRun | { readonly why: string }> {
  const { run } = found;
  const file = await readSmallText(run, "summary.json", MOST_SUMMARY_BYTES);
  if (file && "fault" in file) return { why: file.fault };
  let summary: unknown = {};
  try {
    if (file) summary = JSON.parse(file.text);
  } catch {
    return { why: "summary.json is no JSON" };
  }
  if (typeof summary !== "object" || summary === null || Array.isArray(summary)) {
    return { why: "summary.json holds no numbers by name" };
  }
  const numbers = summary as Readonly<Record<string, unknown>>;
  const facts = {
    model: modelOf(numbers),
    summary: numbers,
    table: (name: string) => run.table(name),
  };
  return { found, entry: runEntry(found, numbers), facts };
}

async function resultOf(
  claim: Claim,
  runs: readonly OpenedRun[],
  damaged: DamagedRun[],
): Promise<ClaimResult> {
  const answers: Answer[] = [];
  const answering: OpenedRun[] = [];
  for (const run of runs.filter(({ entry }) => claim.scripts.includes(entry.script))) {
    try {
      const numbers = await claim.read(run.facts);
      if (numbers.length === 0) continue;
      answers.push({ run: run.entry, numbers: numbers.map(shownNumber) });
      answering.push(run);
    } catch {
      // A summary of another form than its script writes: the run's fault, not the report's.
      const { name } = run.entry;
      if (damaged.some((one) => one.name === name)) continue;
      damaged.push({
        name,
        why: `summary.json has not the numbers of its script, for ${claim.id}`,
      });
    }
  }
  const verdicts = answers.flatMap(({ numbers }) => numbers.map(({ verdict }) => verdict));
  const isJudged = ({ numbers }: Answer) =>
    numbers.some(({ verdict }) => verdict !== "not applicable");
  const first = answers.findIndex(isJudged);
  const drawing = claim.drawnBy === undefined
    ? answering.toSorted((a, b) => Number(b === answering[first]) - Number(a === answering[first]))
    : runs.filter(({ entry }) => entry.script === claim.drawnBy);
  return {
    claim,
    standing: standingOf(verdicts),
    answers: answers.toSorted((a, b) => Number(isJudged(b)) - Number(isJudged(a))),
    figure: await claimFigure(claim, drawing),
  };
}

/** A claim's reader passes on what a summary holds; what is shown has to be numbers and words. */
function shownNumber(number: ClaimNumber): ClaimNumber {
  for (const field of ["value", "sd", "paper", "paperSd"] as const) {
    const value: unknown = number[field];
    if (value !== undefined && typeof value !== "number") {
      throw new TypeError(
        `Cannot show "${number.name}": its ${field} is no number, expected a number or none`,
      );
    }
  }
  return number;
}
