#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write
/**
 * Every finished run beside the papers' claims, on one page.
 *
 * Paper:    both.
 * Shapes:   reads run folders; writes one HTML file and the same as JSON.
 * Command:  deno task report
 * Time:     seconds.
 * Expected: every claim with our number, the paper's, and a verdict, or the command that measures it.
 */
import { join } from "node:path";
import { defineOptions } from "../lib/cli/options.ts";
import { plotOptions } from "../lib/cli/plot_options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../lib/cli/script.ts";
import { terminalTable, visible } from "../lib/cli/terminal_table.ts";
import { warn, warningCount } from "../lib/cli/log.ts";
import { cannot } from "../lib/errors.ts";
import { claimsDocument } from "../lib/report/document.ts";
import { gather, type Gathered } from "../lib/report/gather.ts";
import { GREATER_THAN } from "../lib/report/greater_than_claims.ts";
import { renderPage, tally } from "../lib/report/page.ts";
import { UNIVERSAL_NEURONS } from "../lib/report/universal_neuron_claims.ts";
import { stableJson } from "../lib/store/format/json.ts";
import { openRun } from "../lib/store/run/run_folder.ts";

export const meta = {
  id: "report",
  task: "report",
  paper: "Hanna et al. 2023, Gurnee et al. 2024",
  title: "Runs beside the papers",
  question: "Which of the papers' claims do the finished runs confirm?",
  minutes: "seconds",
  outputs: [
    "report.html: per paper and claim our number, the paper's, verdict, figure, command",
    "claims.json: the same for programs; summary.json: how many claims stand how",
  ],
  example: "deno task report --runs cache/results",
};

const { out, dryRun, json, quiet } = plotOptions("cache/results/report");

export const options = defineOptions({
  runs: {
    type: "list",
    of: "path",
    default: ["cache/results"],
    description: "Folders of results; every finished run below them counts.",
  },
  check: {
    type: "boolean",
    affects: "run",
    description: "Exit 3 when a claim fails.",
  },
  ...{ out, dryRun, json, quiet },
});

const PAPERS = [GREATER_THAN, UNIVERSAL_NEURONS];

type Context = ScriptContext<typeof options>;

/** Gathers the runs and writes the page. */
export async function main(context: Context): Promise<ScriptResult> {
  const { runs, out, check, dryRun } = context.options;
  // Before the first run there is no such folder, and the page says what to run.
  const isFirst = context.sources.runs === "default" && !await exists(runs[0]!);
  const gathered = await gather(isFirst ? [] : runs, PAPERS);
  const { damaged } = gathered;
  if (dryRun) {
    const text = `would report ${gathered.runs.length} finished runs and ${damaged.length} that ` +
      `cannot be read, into ${out}\n`;
    return { text };
  }
  for (const { name, why } of damaged) warn(visible(`left out ${name}: ${why}`));
  await write(context, gathered);
  const rows = gathered.papers.flatMap(({ results }) =>
    results.map(({ claim, standing, answers }) => [
      claim.id,
      standing,
      [...new Set(answers.map(({ run }) => run.model))].join(" "),
    ])
  );
  const failed = rows.filter(([, standing]) => standing === "fail").map(([id]) => id);
  const failure = check && failed.length > 0
    ? cannot("E-CHECK", {
      do: "confirm",
      thing: failed.join(", "),
      is: `${failed.length} of ${rows.length} claims outside their tolerance`,
      expected: "none",
      hint: "the notes in report.html say by how much",
    })
    : undefined;
  return {
    text: `${terminalTable(["claim", "verdict", "models"], rows)}${join(out, "report.html")}\n`,
    data: { directory: out, ...claimsDocument(gathered) },
    ...(failure && { failure }),
  };
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

async function write(context: Context, gathered: Gathered): Promise<void> {
  const { options: { out }, recorded, resultOptions, argv } = context;
  // Drawn anew each time: to know that nothing changed is as much work.
  await using run = await openRun(out, { script: meta.id, options: resultOptions, inputs: [] });
  await run.writeText("report.html", renderPage(gathered));
  await run.writeText("claims.json", stableJson(claimsDocument(gathered), { indent: true }));
  const { runs, damaged } = gathered;
  await run.writeSummary({ runs: runs.length, damaged: damaged.length, claims: tally(gathered) });
  await run.finish({ argv, options: recorded, seeds: {}, warnings: warningCount() });
}

if (import.meta.main) await runScript(meta, options, main);
