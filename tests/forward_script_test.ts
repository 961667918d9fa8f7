// What the forward command says before it loads any weights.
import assert from "node:assert/strict";
import { join } from "node:path";
import { FORWARD_OUTPUTS, hookTable } from "../lib/model/forward/hooks.ts";
import { readConfig } from "../lib/model/config/read_config.ts";
import { writeTokens } from "./bad_input/damage.ts";
import { run } from "./bad_input/command.ts";
import { inFolder } from "./folders.ts";

const MODEL = "cache/models/tiny-gpt2-a";

function forward(...args: string[]): string[] {
  return ["scripts/forward.ts", `--model=${MODEL}`, "--quiet", ...args];
}

Deno.test("forward --list-hooks --json has every hook and output with its shape", async () => {
  const { exit, stdout, stderr } = await run(forward("--list-hooks", "--json"));
  assert.equal(exit, 0, stderr);
  const { hooks } = JSON.parse(stdout) as Record<string, Record<string, string>[]>;
  const table = hookTable(await readConfig(MODEL)).map(({ name }) => name);
  assert.deepEqual(hooks!.map(({ name }) => name), [...table, ...Object.keys(FORWARD_OUTPUTS)]);
  assert.deepEqual(hooks![0], {
    name: "hook_embed",
    shape: "[B, T, D]",
    definition: "W_E[token]",
  });
  assert.deepEqual(hooks!.find(({ name }) => name === "entropy"), {
    name: "entropy",
    shape: "[B, P]",
    definition: "entropy of the next-token distribution, nats",
  });
});

Deno.test("forward --dry-run refuses what the run would refuse, and writes nothing", async () => {
  await inFolder(async (folder) => {
    await writeTokens(folder, [[1, 2, 3], [4, 5, 4095]]);
    const out = join(folder, "out.safetensors");
    const tokens = `--tokens=${join(folder, "tokens.safetensors")}`;
    const dry = (...more: string[]) =>
      run(forward(tokens, `--out=${out}`, "--dry-run", "--device=reference", ...more));
    const planned = await dry("--read=logits,column_logits", "--columns=7");
    assert.deepEqual([planned.exit, planned.stderr], [0, ""]);
    assert.equal(planned.stdout, `would run [2, 3] tokens and write ${out}\n`);
    const refused = [
      await dry("--read=blocks.9.hook_resid_pre"),
      await dry("--read=column_logits"),
      await dry("--read=column_logits", "--columns=4096"),
    ];
    assert.deepEqual(refused.map(({ exit }) => exit), [2, 2, 4]);
    assert.deepEqual(refused.map(({ stderr }) => /\[(.+?)\]/.exec(stderr)![1]), [
      "E-HOOK",
      "E-HOOK",
      "E-TOKENS",
    ]);
    await assert.rejects(Deno.stat(out), Deno.errors.NotFound);
  });
});

Deno.test("forward does not write over the tokens it reads", async () => {
  await inFolder(async (folder) => {
    await writeTokens(folder, [[1, 2, 3]]);
    const file = join(folder, "tokens.safetensors");
    const before = await Deno.readFile(file);
    const words = ["--read=entropy", "--device=reference", `--tokens=${file}`];
    const { exit, stderr } = await run(forward(...words, `--out=${folder}/./tokens.safetensors`));
    assert.equal(exit, 2);
    assert.match(
      stderr,
      /run "forward": --out on the file of --tokens, expected a file of its own/,
    );
    assert.deepEqual(await Deno.readFile(file), before);
  });
});
