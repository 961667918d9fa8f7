/**
 * The report over all runs: one HTML file that opens from disk, asks for nothing and runs nothing.
 *
 * @module
 */
import { escapeMarkup as text } from "../figure/escape.ts";
import { pageHead } from "../figure/page_head.ts";
import type { Standing } from "./claim.ts";
import { claimArticle, valueCells, verdictMark } from "./claim_article.ts";
import type { ClaimResult, Gathered } from "./gather.ts";
import { PAGE_STYLE } from "./page_style.ts";
import type { RunEntry } from "./run_entry.ts";

const TITLE = "Runs beside the papers";
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; " +
  "base-uri 'none'";
/** Longer words are not for a table of many rows. */
const LONGEST_WORDS = 48;
const STANDINGS: readonly Standing[] = ["pass", "fail", "not comparable", "not run"];

/** How many claims stand how. */
export function tally({ papers }: Gathered): Record<Standing, number> {
  const all = papers.flatMap(({ results }) => results.map(({ standing }) => standing));
  const count = (standing: Standing) => all.filter((one) => one === standing).length;
  return Object.fromEntries(STANDINGS.map((one) => [one, count(one)])) as Record<Standing, number>;
}

function tallyList(gathered: Gathered): string {
  const counts = tally(gathered);
  return `<ul class="tally">${
    STANDINGS.map((one) => `<li><b>${counts[one]}</b>${verdictMark(one)}</li>`).join("")
  }</ul>`;
}

function overview(id: string, results: readonly ClaimResult[]): string {
  const rows = results.map(({ claim, standing, answers }) => {
    const models = [...new Set(answers.map(({ run }) => run.model || "unnamed"))];
    const first = answers[0]?.numbers[0];
    return `<tr><th scope="row"><a href="#${claim.id}">${text(claim.words)}</a></th>` +
      `<td class="text">${text(models.join(", "))}</td>` +
      (first ? valueCells(first, LONGEST_WORDS) : "<td></td><td></td>") +
      `<td>${verdictMark(standing)}</td></tr>`;
  });
  const heads = ["Claim", "Models run", "Here", "Paper", "Verdict"].map((name, column) =>
    `<th scope="col"${column < 2 ? ' class="text"' : ""}>${name}</th>`
  );
  return `<div class="scroll overview" role="region" tabindex="0" aria-label="Claims of ${id}">` +
    `<table><caption>The first number of each claim's first run; all of them are below.</caption>` +
    `<thead><tr>${heads.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function paperSection({ paper, results }: Gathered["papers"][number]): string {
  return `<section aria-labelledby="${paper.id}"><h2 id="${paper.id}">${text(paper.title)}</h2>
<p class="authors">${text(paper.authors)}</p>
${overview(paper.id, results)}
${results.map(claimArticle).join("\n")}
</section>`;
}

function damagedSection({ damaged }: Gathered): string {
  if (damaged.length === 0) return "";
  const items = damaged.map(({ name, why }) =>
    `<dt><code>${text(name)}</code></dt><dd>${text(why)}</dd>`
  );
  return `<section aria-labelledby="damaged"><h2 id="damaged">Runs that cannot be read</h2>
<p>They are left out above. Running a script again with <code>--force</code> mends its folder.</p>
<dl>${items.join("\n")}</dl></section>`;
}

function runDetails(run: RunEntry): string {
  const facts = [
    ["script", run.script],
    ["model", run.model || "none"],
    ["version", `${run.version}, commit ${run.commit}`],
    ["device", run.device],
    ["seeds", run.seeds],
    ["identity", run.identity],
    [
      "inputs",
      run.inputs.map((one) => `${one.sha256}  ${one.name}  ${one.bytes} bytes`).join("\n"),
    ],
    ["command", run.command],
  ];
  return `<details><summary><code>${text(run.name)}</code> ${text(run.model)}</summary><dl>${
    facts.map(([name, value]) => `<dt>${name}</dt><dd>${text(value!)}</dd>`).join("")
  }</dl></details>`;
}

/**
 * The page. No script, no request; light and dark; the same runs give the same bytes.
 *
 * @example Usage
 * ```ts
 * import { GREATER_THAN } from "neurite/lib/report/greater_than_claims.ts";
 * import { gather } from "neurite/lib/report/gather.ts";
 * import { renderPage } from "neurite/lib/report/page.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const html = renderPage(await gather([folder], [GREATER_THAN]));
 * if (!html.includes("not run")) throw new Error("unreachable");
 * await Deno.remove(folder);
 * ```
 */
export function renderPage(gathered: Gathered): string {
  return `${pageHead({ title: TITLE, policy: POLICY, style: PAGE_STYLE })}
<body>
<a class="skip" href="#main">Skip to the claims</a>
<header>
<h1>${TITLE}</h1>
<p class="question">What the papers claim, what the finished runs measured, and whether they agree.</p>
${tallyList(gathered)}
<p>A claim passes or fails only on the paper's own model, circuit and amount of text, within the
tolerance that its note states. Numbers of other models stand beside the paper's and are not judged.</p>
</header>
<main id="main" tabindex="-1">
${gathered.papers.map(paperSection).join("\n")}
${damagedSection(gathered)}
</main>
<footer aria-labelledby="provenance">
<h2 id="provenance">Provenance</h2>
<p>${gathered.runs.length} finished runs. Each has its full record in its run.json.</p>
${gathered.runs.map(runDetails).join("\n")}
</footer>
</body>
</html>
`;
}
