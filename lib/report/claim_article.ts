/**
 * One claim on the page.
 *
 * @module
 */
import { escapeMarkup as text } from "../figure/escape.ts";
import type { ClaimNumber, Standing } from "./claim.ts";
import type { Answer, ClaimResult } from "./gather.ts";
import { commandOfScript } from "./run_entry.ts";

/** A verdict as a mark with its word. */
export function verdictMark(standing: Standing): string {
  const known = standing === "pass" || standing === "fail" ? ` ${standing}` : "";
  return `<span class="verdict${known}">${standing}</span>`;
}

function formatted(value: number, format: ClaimNumber["format"]): string {
  if (!Number.isFinite(value)) return "not a number";
  const minus = (digits: string) => digits.replace(/^-(0\.0+)$/, "$1").replace(/^-/, "−");
  if (format !== "percent") return minus(String(+value.toPrecision(4)));
  const share = 100 * value;
  // Shares of universal neurons differ below one per cent.
  const digits = Math.abs(share) < 10 && share !== 0 ? 2 : 1;
  return `${minus(share.toFixed(digits))} %`;
}

function cell(value: number | undefined, sd: number | undefined, number: ClaimNumber): string {
  if (value === undefined) return `<td><span title="none given">–</span></td>`;
  const { format } = number;
  const spread = sd === undefined ? "" : ` <span>(sd ${text(formatted(sd, format))})</span>`;
  return `<td><span>${text(formatted(value, format))}</span>${spread}</td>`;
}

/** The run's number and the paper's, each in a cell; words that are longer stand elsewhere. */
export function valueCells(number: ClaimNumber, longest = Infinity): string {
  const { value, sd, words, paper, paperSd, paperWords } = number;
  const wordsCell = (words: string) =>
    `<td class="list"><span>${words.length > longest ? "see below" : text(words)}</span></td>`;
  return (words === undefined ? cell(value, sd, number) : wordsCell(words)) +
    (paperWords === undefined ? cell(paper, paperSd, number) : wordsCell(paperWords));
}

function row(number: ClaimNumber): string {
  const { name, verdict, note } = number;
  return `<tr><th scope="row">${text(name)}</th>${valueCells(number)}` +
    `<td>${verdictMark(verdict === "not applicable" ? "not comparable" : verdict)}</td>` +
    `<td class="note">${text(note ?? "")}</td></tr>`;
}

function answerPart({ run, numbers }: Answer): string {
  const label = `${run.model || "unnamed model"}, ${run.name}`;
  return `<p class="run">${text(run.model || "unnamed model")} <code>${text(run.name)}</code></p>
<div class="scroll" role="region" tabindex="0" aria-label="${text(label)}"><table>` +
    `<thead><tr><th scope="col">Measure</th><th scope="col">Here</th><th scope="col">Paper</th>` +
    `<th scope="col">Verdict</th><th scope="col" class="text">Note</th></tr></thead>` +
    `<tbody>${numbers.map(row).join("\n")}</tbody></table></div>
<pre><code>${text(run.command)}</code></pre>`;
}

function figurePart({ claim, answers, figure }: ClaimResult): string {
  if (figure === undefined) {
    // Nothing to draw before there is a run.
    if (claim.drawnBy === undefined || answers.length === 0) return "";
    return `<p class="source">Its figure is drawn by <code>${
      text(commandOfScript(claim.drawnBy))
    }</code>.</p>`;
  }
  if ("leftOut" in figure) return `<p class="source">${text(figure.leftOut)}</p>`;
  return `<figure><div class="drawing">${figure.svg}</div>` +
    `<figcaption>${text(figure.caption)}</figcaption></figure>`;
}

/** The claim, its runs' numbers beside the paper's, its figure, and the commands to repeat it. */
export function claimArticle(result: ClaimResult): string {
  const { claim, standing, answers } = result;
  const body = answers.length > 0
    ? answers.map(answerPart).join("\n")
    : `<p>No finished run measures this. This command makes one of the paper's model:</p>
<pre><code>${text(claim.command)}</code></pre>`;
  return `<article class="claim" id="${claim.id}" aria-labelledby="${claim.id}-words">
<header><h3 id="${claim.id}-words">${text(claim.words)}</h3>${verdictMark(standing)}</header>
<p class="source">${text(claim.source)}</p>
${body}
${figurePart(result)}
</article>`;
}
