#!/usr/bin/env -S deno run --no-prompt --allow-read --allow-write --allow-ffi --allow-env=HF_*,HUGGINGFACE_HUB_CACHE,XDG_CACHE_HOME,TRANSFORMERS_OFFLINE,HOME,USERPROFILE
/**
 * Runs a model on token rows and writes the activations that were asked for.
 *
 * Shapes:  input_ids int32 [B, T] -> each hook under its TransformerLens name, and logits [B, T, V],
 *          loss_per_token [B, T − 1], entropy [B, T], rank [B, T − 1] when asked.
 * Command: deno task forward --model tiny-gpt2-a --tokens F.safetensors \
 *            --read blocks.3.mlp.hook_post,loss_per_token --out O.safetensors
 * Time:    seconds for the embedded models; about 1,000 tokens a second for GPT-2 small on 2 cores.
 */
import { defineOptions } from "../lib/cli/options.ts";
import { commonOptions } from "../lib/cli/common_options.ts";
import { note } from "../lib/cli/log.ts";
import { startProgress } from "../lib/cli/progress.ts";
import { runScript, type ScriptContext, type ScriptResult } from "../lib/cli/script.ts";
import { terminalTable } from "../lib/cli/terminal_table.ts";
import { allToFloat32, formatShape } from "../lib/array.ts";
import { cannot } from "../lib/errors.ts";
import { type ForwardOptions, runWithHooks } from "../lib/model/forward/forward.ts";
import { readConfig } from "../lib/model/config/read_config.ts";
import { FORWARD_OUTPUTS, hookTable } from "../lib/model/forward/hooks.ts";
import { checkRequest } from "../lib/model/forward/request.ts";
import type { Model } from "../lib/model/model.ts";
import { openSession } from "../lib/model/session.ts";
import { readTokenRows } from "../lib/model/token_file.ts";
import { checkTokens, type Tokens } from "../lib/model/tokens.ts";
import { writeAtomic } from "../lib/store/atomic.ts";
import { sha256File } from "../lib/store/hash.ts";
import { resolveModel } from "../lib/store/hub/mod.ts";
import { encodeSafetensors } from "../lib/store/format/safetensors.ts";

export const meta = {
  id: "forward",
  task: "forward",
  title: "Forward pass with hooks",
  question: "What does the model compute, at any place inside it?",
  minutes: "seconds for the embedded models",
  outputs: ["O.safetensors: each array under its name"],
  example: "deno task forward --model tiny-gpt2-a --tokens rows.safetensors " +
    "--read blocks.3.mlp.hook_post,logits --out activations.safetensors",
};

const { device, threads, memory, witness, seed, json, quiet, dryRun } = commonOptions("unused");

export const options = defineOptions({
  model: {
    type: "string",
    required: true,
    description: "Directory, embedded name (tiny-gpt2-a), alias or Hub id.",
  },
  tokens: {
    type: "path",
    description: "Safetensors with input_ids, or tokens as un:make-dataset writes, int32 [B, T].",
  },
  read: {
    type: "list",
    description: "Hooks and outputs to write: hook names, logits, loss_per_token, entropy, rank.",
  },
  columns: {
    type: "list",
    of: "integer",
    description: "Token ids of column_logits and column_log_probs.",
  },
  out: { type: "path", description: "Safetensors file to write." },
  listHooks: {
    type: "boolean",
    affects: "run",
    description: "Print the model's hook table and stop.",
  },
  device,
  threads,
  memory,
  witness,
  seed,
  json,
  quiet,
  dryRun,
});

/** The hook table of a model. */
async function describeHooks(source: string): Promise<ScriptResult> {
  const { directory } = await resolveModel(source);
  const hooks = hookTable(await readConfig(directory))
    .map(({ name, axes, definition }) => [name, `[${axes.join(", ")}]`, definition]);
  const outputs = Object.entries(FORWARD_OUTPUTS)
    .map(([name, text]) => [name, ...text.split(/(?<=\]) /)]);
  const rows = [...hooks, ...outputs];
  return {
    text: terminalTable(["name", "shape", "definition"], rows),
    data: { hooks: rows.map(([name, shape, definition]) => ({ name, shape, definition })) },
  };
}

function unusable(is: string, expected: string) {
  const hint = "deno task forward -- --help";
  return cannot("E-USAGE", { do: "run", thing: "forward", is, expected, hint });
}

/** A value that only `--list-hooks` can do without. */
function needed<T extends string | readonly string[]>(flag: string, value: T | undefined): T {
  if (value?.length) return value;
  throw unusable(`no ${flag}`, `${flag} with a value`);
}

async function main(context: ScriptContext<typeof options>): Promise<ScriptResult> {
  const given = context.options;
  if (given.listHooks) return await describeHooks(given.model);
  const path = needed("--tokens", given.tokens);
  const out = needed("--out", given.out);
  const read = needed("--read", given.read);
  if (out === path) throw unusable("--out on the file of --tokens", "a file of its own");
  const tokens = await readTokenRows(path, "input_ids", "tokens");
  note(`tokens ${path}: ${formatShape(tokens.shape)}`);
  const request = { read, memory: given.memory, columns: Int32Array.from(given.columns) };
  await using session = await openSession(given);
  // Before the weights are loaded, which takes minutes for a large model.
  const config = await readConfig(session.directory);
  checkRequest(config, checkTokens(config, tokens), request);
  if (given.dryRun) {
    return { text: `would run ${formatShape(tokens.shape)} tokens and write ${out}\n` };
  }
  const model = await session.model();
  const results = await runShown(model, tokens, { ...request, signal: context.signal });
  const { witness: count, seed } = given;
  await session.witness({ tokens, options: request, results }, { count, seed });
  const arrays = allToFloat32(results);
  const written = await writeAtomic(
    out,
    encodeSafetensors(arrays, {
      suite: "neurite",
      device: session.device.description,
      model: given.model,
      tokens_sha256: (await sha256File(path)).sha256,
    }),
  );
  const rows = Object.entries(arrays).map(([name, { shape }]) => [name, formatShape(shape)]);
  return {
    text: terminalTable(["array", "shape"], rows) + `${written.path}\n`,
    data: { file: written.path, sha256: written.sha256, arrays: Object.fromEntries(rows) },
  };
}

async function runShown(model: Model, tokens: Tokens, request: ForwardOptions) {
  using progress = startProgress({ label: "forward", total: tokens.shape[0]!, unit: "rows" });
  return await runWithHooks(model, tokens, {
    ...request,
    onProgress: (done) => progress.set(done),
  });
}

if (import.meta.main) await runScript(meta, options, main);
