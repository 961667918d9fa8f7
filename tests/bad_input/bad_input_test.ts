// Every bad input of the tables, given to the real command: exit code, words, and nothing touched.
import assert from "node:assert/strict";
import { join } from "node:path";
import { sha256 } from "../../lib/store/hash.ts";
import { readText } from "../house/tree.ts";
import { type BadInput, forward, GOOD_ROWS } from "./case.ts";
import { MODEL_CASES, PICKLE_CASES, SAFETENSORS_CASES } from "./checkpoint_cases.ts";
import { type Ended, inPairs, run } from "./command.ts";
import { copyModel, overwrite, writeTokens } from "./damage.ts";
import { DISCOVERY_CASES, PROMPT_CASES } from "./prompt_cases.ts";
import { OPTION_CASES, PLACE_CASES, SOURCE_CASES, TOKEN_CASES } from "./request_cases.ts";

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
};

const SENTINEL = "what was there before";

/** Everything below a folder by its path: the sha256 of a file, "folder" for a folder. */
async function contents(folder: string, under = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(join(folder, under))) {
    const path = join(under, name);
    found[path] = isDirectory ? "folder" : sha256(await Deno.readFile(join(folder, path)));
    if (isDirectory) Object.assign(found, await contents(folder, path));
  }
  return found;
}

async function inFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = await Deno.realPath(await Deno.makeTempDir());
  try {
    return await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

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

function checkTrial(wanted: BadInput, { exit, stdout, stderr, before, after }: Trial): void {
  const said = /^error\[(E-[A-Z-]+)\] (Cannot [a-z][^"]* ".+": .+, expected .+)\nHint: \S.*\n$/m;
  const [, code, message = ""] = said.exec(stderr) ?? assert.fail(`not in the grammar:\n${stderr}`);
  assert.deepEqual({ exit, code }, { exit: wanted.exit, code: wanted.code }, stderr);
  assert.match(message, wanted.message);
  assert.doesNotMatch(message, /[.\s]$/);
  assert.doesNotMatch(stderr, /^ +at |please report/m);
  assert.equal(stderr.match(/^error/gm)?.length, 1, stderr);
  assert.equal(stdout, "");
  assert.deepEqual(after, before);
}

for (const [table, cases] of Object.entries(TABLES)) {
  Deno.test(`the commands refuse bad ${table} by code, in the grammar, and touch nothing`, async (t) => {
    const trials = await inPairs(cases, tryCase);
    for (const [i, wanted] of cases.entries()) {
      const trial = trials[i];
      await t.step({
        name: `${wanted.name}: ${wanted.code}`,
        // Neither a mount nor a folder of another user can be had there.
        ignore: trial === undefined,
        fn: () => checkTrial(wanted, trial!),
      });
    }
  });
}

Deno.test("docs/errors.md has a section with a sample for every code of the tables", () => {
  const sections = readText("docs/errors.md").split(/^## /m);
  for (const code of new Set(Object.values(TABLES).flat().map(({ code }) => code))) {
    const section = sections.find((text) => text.startsWith(`${code}\n`)) ?? "";
    assert.match(section, /^Cannot [a-z][^"]* ".+": .+, expected .+\nHint: \S/m, code);
  }
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
