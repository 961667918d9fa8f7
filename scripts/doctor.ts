#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * What this machine has, lacks and gets wrong, and the command that mends each lack.
 *
 * Command: deno task doctor
 * Time:    a few seconds.
 */
import { defineOptions } from "../lib/cli/options.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../lib/cli/script.ts";
import { terminalTable } from "../lib/cli/terminal_table.ts";
import { formatBytes } from "../lib/cli/sizes.ts";
import { deviceFindings, type Finding } from "../lib/device/findings.ts";
import { installedModels } from "../lib/store/hub/installed_models.ts";

export const meta = {
  id: "doctor",
  task: "doctor",
  title: "Doctor",
  question: "Which device will neurite use here, and what would make it better?",
  minutes: "seconds",
  example: "deno task doctor",
};

export const options = defineOptions({
  json: { type: "boolean", affects: "run", description: "Print one JSON document on stdout." },
  quiet: { type: "boolean", affects: "run", description: "No notes on stderr." },
});

const MARKS = { good: "ok", lack: "lack", fault: "FAULT", fact: "" } as const;

function report(found: readonly Finding[]): string {
  const rows = found.map(({ topic, kind, text }) => [topic, MARKS[kind], text]);
  const mends = found.filter(({ mend }) => mend).map(({ topic, mend }) => `  ${topic}: ${mend}\n`);
  return terminalTable(["what", "state", "detail"], rows) +
    (mends.length > 0 ? `\nTo mend what is lacking:\n${mends.join("")}` : "");
}

async function modelFindings(): Promise<Finding[]> {
  const { cacheDir, models } = await installedModels();
  const hasPaperModel = models.some(({ name }) => name === "gpt2");
  return [
    { topic: "model cache", kind: "fact", text: cacheDir },
    ...models.map(({ name, origin, bytes }): Finding => ({
      topic: `model ${name}`,
      kind: "good",
      text: `${origin}, ${formatBytes(bytes)}`,
    })),
    ...(hasPaperModel ? [] : [{
      topic: "model gpt2",
      kind: "lack" as const,
      text: "not in the cache; the papers' experiments need it",
      mend: "deno task fetch-model gpt2",
    }]),
  ];
}

async function main(_: ScriptContext<typeof options>): Promise<ScriptResult> {
  const found = [...await deviceFindings(), ...await modelFindings()];
  return { text: report(found), data: { findings: found } };
}

if (import.meta.main) await runScript(meta, options, main);
