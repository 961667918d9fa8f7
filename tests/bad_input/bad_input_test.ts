// Every bad input of the tables, given to the real command: exit code, words, and nothing touched.
import assert from "node:assert/strict";
import { join } from "node:path";
import { readText } from "../house/tree.ts";
import { type BadInput, forward, GOOD_ROWS } from "./case.ts";
import { CIRCUIT_CASES } from "./circuit_cases.ts";
import { type Ended, inPairs, run } from "./command.ts";
import { CONTRAST_CASES } from "./contrast_cases.ts";
import { CORPUS_CASES } from "./corpus_cases.ts";
import { copyModel, overwrite, writeTokens } from "./damage.ts";
import { PICKLE_CASES, SAFETENSORS_CASES } from "./file_cases.ts";
import { contents, inFolder } from "../folders.ts";
import { MODEL_CASES } from "./model_cases.ts";
import { PLACE_CASES } from "./place_cases.ts";
import { DISCOVERY_CASES, PROMPT_CASES } from "./prompt_cases.ts";
import { OPTION_CASES, SOURCE_CASES, TOKEN_CASES } from "./request_cases.ts";

const TABLES: Record<string, readonly BadInput[]> = {
  "safetensors files": SAFETENSORS_CASES,
  "PyTorch files": PICKLE_CASES,
  "model directories": MODEL_CASES,
  "model names": SOURCE_CASES,
  "options": OPTION_CASES,
  "tokens": TOKEN_CASES,
  "places": PLACE_CASES,
  "prompts": PROMPT_CASES,
  "circuit_discovery's needs": DISCOVERY_CASES,
  "prompts of one's own": CONTRAST_CASES,
  "circuits": CIRCUIT_CASES,
  "corpora": CORPUS_CASES,
};

const SENTINEL = "what was there before";

interface Trial extends Ended {
  readonly before: Record<string, string>;
  readonly after: Record<string, string>;
}

/** Runs a case over outputs that are already there; undefined when it cannot be made here. */
function tryCase({ prepare }: BadInput): Promise<Trial | undefined> {
  return inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "out.safetensors"), SENTINEL);
    await Deno.mkdir(join(folder, "out"));
    await Deno.writeTextFile(join(folder, "out/summary.json"), SENTINEL);
    const prepared = await prepare(folder);
    if (!prepared) return undefined;
    try {
      const before = await contents(folder);
      const ended = await run(prepared.command, prepared);
      const after = await contents(folder);
      const stderr = ended.stderr.replaceAll(folder, "DIR");
      return { ...ended, stderr, before, after };
    } finally {
      await prepared.release?.();
    }
  });
}

/** An error as people see it. */
interface Said {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

const SAID =
  /^error\[(E-[A-Z-]+)\] (Cannot [a-z][^"]* ".+": .+, expected .+[^.\s])\nHint: (\S.*)\n$/m;

function checkTrial(wanted: BadInput, { exit, stdout, stderr, before, after }: Trial): Said {
  const [, code, message, hint] = SAID.exec(stderr) ??
    assert.fail(`not in the grammar:\n${stderr}`);
  assert.deepEqual({ exit, code }, { exit: wanted.exit, code: wanted.code }, stderr);
  assert.match(message!, wanted.message);
  assert.doesNotMatch(stderr, /^ +at |please report/m);
  assert.equal(stderr.match(/^error/gm)?.length, 1, stderr);
  assert.equal(stdout, "");
  assert.deepEqual(after, before);
  return { code: code!, message: message!, hint: hint! };
}

/** What a message keeps when names, paths and numbers differ: its verb and the form of its parts. */
function formOf(message: string): string {
  return message
    .replace(/"[^"]*"/g, '"…"')
    .replace(/(?<!\w)(DIR|~)?\/[\w./-]+/g, "PATH")
    .replace(/\[[\d, ]+\]/g, "SHAPE")
    .replace(/\d[\d,]*/g, "N");
}

/** The sample of each code in docs/errors.md. */
function documented(): Map<string, { message: string; hint: string }> {
  const samples = new Map<string, { message: string; hint: string }>();
  for (const section of readText("docs/errors.md").split(/^## /m).slice(1)) {
    const [, message, hint] = /^(Cannot .+)\nHint: (.+)$/m.exec(section) ?? [];
    samples.set(section.split("\n")[0]!, { message: message ?? "", hint: hint ?? "" });
  }
  return samples;
}

Deno.test("the commands refuse bad input by code, in the grammar, and touch nothing", async (t) => {
  const said: Said[] = [];
  const untried = new Set<string>();
  for (const [table, cases] of Object.entries(TABLES)) {
    await t.step(`bad ${table}`, async (t) => {
      const trials = await inPairs(cases, tryCase);
      for (const [i, wanted] of cases.entries()) {
        const trial = trials[i];
        if (!trial) untried.add(wanted.code);
        await t.step({
          name: `${wanted.name}: ${wanted.code}`,
          // Neither a mount nor a folder of another user can be had there.
          ignore: trial === undefined,
          fn: () => void said.push(checkTrial(wanted, trial!)),
        });
      }
    });
  }
  await t.step("docs/errors.md has a sample that was said, by each code", () => {
    const samples = documented();
    const faults = [...Map.groupBy(said, ({ code }) => code)].flatMap(([code, found]) => {
      const sample = samples.get(code);
      const forms = found.map(({ message, hint }) => formOf(`${message}\n${hint}`));
      if (sample && forms.includes(formOf(`${sample.message}\n${sample.hint}`))) return [];
      return [{ code, sample, found }];
    });
    assert.deepEqual(faults.filter(({ code }) => !untried.has(code)), []);
  });
});

Deno.test("forward warns of weights that are NaN, by name and count, and still runs", async () => {
  await inFolder(async (folder) => {
    const model = await copyModel(folder, "gpt2-hub-style");
    const weights = join(model, "model.safetensors");
    await overwrite(weights, "wte.weight", [NaN, Infinity, -Infinity]);
    await overwrite(weights, "h.1.mlp.c_fc.bias", [NaN]);
    await writeTokens(folder, GOOD_ROWS);
    const { exit, stderr } = await run([...forward(folder, model), "--quiet"]);
    assert.equal(exit, 0, stderr);
    assert.deepEqual(stderr.match(/^warning .+$/gm), [
      'warning weight "embed.W_E" holds NaN or infinity in 3 of 9600 values; results will show it',
      'warning weight "blocks.1.mlp.b_in" holds NaN or infinity in 1 of 128 values; results will show it',
    ]);
    assert.equal(stderr.match(/\n/g)?.length, 2, stderr);
  });
});
