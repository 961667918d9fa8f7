/**
 * The report for programs.
 *
 * @module
 */
import type { Json } from "../store/format/json.ts";
import type { ClaimNumber } from "./claim.ts";
import type { Gathered } from "./gather.ts";

function numberOf({ name, value, sd, words, paper, paperSd, paperWords, ...rest }: ClaimNumber) {
  const { verdict, note } = rest;
  return {
    name,
    value: Number.isFinite(value) ? value : null,
    sd,
    words,
    paper,
    "paper_sd": paperSd,
    "paper_words": paperWords,
    verdict: verdict === "not applicable" ? "not comparable" : verdict,
    note,
  };
}

/** Every claim with its verdict and every number behind it; the runs that could not be read. */
export function claimsDocument({ papers, damaged }: Gathered) {
  const claims = papers.flatMap(({ paper, results }) =>
    results.map(({ claim, standing, answers }) => ({
      id: claim.id,
      paper: paper.id,
      claim: claim.words,
      source: claim.source,
      verdict: standing,
      command: answers[0]?.run.command ?? claim.command,
      runs: answers.map(({ run, numbers }) => ({
        run: run.name,
        model: run.model,
        numbers: numbers.map(numberOf),
      })),
    }))
  );
  return { claims, damaged: damaged.map(({ name, why }) => ({ run: name, why })) } satisfies Json;
}
