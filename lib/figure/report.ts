/**
 * A run's report: one HTML file that opens from disk, asks for nothing and runs nothing.
 *
 * @module
 */
import { cannot } from "../errors.ts";
import { escapeMarkup as text } from "./escape.ts";
import { pageHead } from "./page_head.ts";
import { REPORT_STYLE } from "./report_style.ts";
import { assertInert } from "./svg_document.ts";

/** A table of words and numbers; numbers are written as they are. */
export interface ReportTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** A figure with its caption. */
export interface ReportFigure {
  /** As `renderSvg` made it; figures of one report need different names. */
  readonly svg: string;
  readonly caption: string;
  /** The figure's numbers, folded away below it. */
  readonly table?: ReportTable;
}

/** How a number did against the paper's. */
export type Verdict = "pass" | "fail" | "not applicable";

/** One result. */
export interface ReportNumber {
  readonly name: string;
  readonly value: number;
  /** Sample standard deviation over examples. */
  readonly sd?: number;
  /** The paper's number and its standard deviation, if it gives them. */
  readonly paper?: number;
  readonly paperSd?: number;
  /** @default {"number"} */
  readonly format?: "percent" | "number";
  readonly verdict: Verdict;
  /** Why it passed, failed or cannot be judged. */
  readonly note?: string;
}

/** Everything on the page. */
export interface Report {
  readonly title: string;
  /** What the experiment asks. */
  readonly question: string;
  /** The command that made it. */
  readonly command: string;
  readonly numbers: readonly ReportNumber[];
  readonly figures: readonly ReportFigure[];
  /** `run.json`, shown as data. */
  readonly provenance: Readonly<Record<string, unknown>>;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

function formatNumber(value: number | undefined, format: ReportNumber["format"]): string {
  if (value === undefined) return "";
  if (!Number.isFinite(value)) return "not a number";
  return format === "percent" ? `${(value * 100).toFixed(1)} %` : String(+value.toPrecision(4));
}

function withSd(value: string, sd: string): string {
  if (value === "") return `<td><span title="none given">–</span></td>`;
  return `<td>${text(value)}${sd === "" ? "" : ` <span>(sd ${text(sd)})</span>`}</td>`;
}

function scrollable(label: string, table: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${
    text(label)
  }">${table}</div>`;
}

function numbersTable(numbers: readonly ReportNumber[]): string {
  const rows = numbers.map((n) => {
    const value = formatNumber(n.value, n.format);
    const judged = n.verdict === "not applicable" ? "" : ` class="${n.verdict}"`;
    return `<tr><th scope="row">${text(n.name)}</th>` +
      withSd(value, formatNumber(n.sd, n.format)) +
      withSd(formatNumber(n.paper, n.format), formatNumber(n.paperSd, n.format)) +
      `<td class="text"><span${judged}>${n.verdict}</span></td>` +
      `<td class="text">${text(n.note ?? "")}</td></tr>`;
  });
  const head = `<tr><th scope="col">Measure</th><th scope="col">Here</th>` +
    `<th scope="col">Paper</th><th scope="col" class="text">Verdict</th>` +
    `<th scope="col" class="text">Note</th></tr>`;
  return scrollable(
    "Numbers",
    `<table><caption>Numbers of this run with the paper's beside them; sd is over examples.` +
      `</caption><thead>${head}</thead><tbody>${rows.join("\n")}</tbody></table>`,
  );
}

function twinTable(table: ReportTable): string {
  const head = table.columns.map((column) => `<th scope="col">${text(column)}</th>`).join("");
  const rows = table.rows.map((row) =>
    `<tr>${row.map((cell) => `<td>${text(String(cell))}</td>`).join("")}</tr>`
  );
  const html = `<table><caption>${text(table.caption)}</caption><thead><tr>${head}</tr></thead>` +
    `<tbody>${rows.join("\n")}</tbody></table>`;
  return `<details><summary>${text(table.caption)}, as a table</summary>` +
    `${scrollable(table.caption, html)}</details>`;
}

/** Inline SVG needs no namespaces in HTML; without them the page holds no address at all. */
function inlineSvg(svg: string): string {
  return svg.trim().replace(
    /^<svg[^>]*>/,
    (tag) => tag.replace(/ (xmlns(:\w+)?|version)="[^"]*"/g, ""),
  );
}

function figureHtml(figure: ReportFigure): string {
  return `<figure><div class="drawing">${inlineSvg(figure.svg)}</div>` +
    `<figcaption>${text(figure.caption)}</figcaption>` +
    `${figure.table ? twinTable(figure.table) : ""}</figure>`;
}

function provenanceList(provenance: Report["provenance"]): string {
  const entries = Object.entries(provenance).map(([key, value]) => {
    const words = typeof value === "string" ? value : JSON.stringify(value, null, 2) ?? "";
    return `<dt>${text(key)}</dt><dd>${text(words)}</dd>`;
  });
  return `<dl>${entries.join("\n")}</dl>`;
}

function checkFigures(report: Report): void {
  const ids = new Set<string>();
  for (const { svg, caption } of report.figures) {
    assertInert(svg, caption);
    const id = /^<svg[^>]* aria-labelledby="([^" ]+)/.exec(svg)?.[1];
    if (id !== undefined && !ids.has(id)) {
      ids.add(id);
      continue;
    }
    throw cannot("E-FIGURE", {
      do: "put figure into the report",
      thing: caption,
      is: id === undefined ? "no SVG of renderSvg" : `a second figure with id "${id}"`,
      expected: "SVGs of renderSvg whose specs have different names",
      hint: "give each spec its own name",
    });
  }
}

function section(id: string, heading: string, body: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>\n${body}\n</section>`;
}

/**
 * The report as one HTML page: question, command, numbers beside the paper's, figures with their
 * tables, provenance. No script, no request; light and dark; the same report gives the same bytes.
 *
 * @throws {NeuriteError} `E-FIGURE` when a figure is not inert or two share an id.
 *
 * @example Usage
 * ```ts
 * import { renderReport } from "neurite/lib/figure/report.ts";
 *
 * const html = renderReport({
 *   title: "How does GPT-2 compute greater-than?",
 *   question: "Does the model put more probability on later years?",
 *   command: "deno task gt:circuit-discovery --model gpt2",
 *   numbers: [{ name: "prob diff", value: 0.816, paper: 0.817, format: "percent", verdict: "pass" }],
 *   figures: [],
 *   provenance: { seed: 1 },
 * });
 * if (!html.includes("81.6 %")) throw new Error("unreachable");
 * ```
 */
export function renderReport(report: Report): string {
  checkFigures(report);
  const { title, question, command, numbers, figures, provenance } = report;
  const parts = [
    section("command", "Command", `<pre><code>${text(command)}</code></pre>`),
    ...(numbers.length > 0 ? [section("numbers", "Numbers", numbersTable(numbers))] : []),
    ...(figures.length > 0
      ? [section("figures", "Figures", figures.map(figureHtml).join("\n"))]
      : []),
  ];
  return `${pageHead({ title, policy: POLICY, style: REPORT_STYLE })}
<body>
<a class="skip" href="#main">Skip to the results</a>
<header>
<h1>${text(title)}</h1>
<p class="question">${text(question)}</p>
</header>
<main id="main" tabindex="-1">
${parts.join("\n")}
</main>
<footer aria-labelledby="provenance">
<h2 id="provenance">Provenance</h2>
${provenanceList(provenance)}
</footer>
</body>
</html>
`;
}
