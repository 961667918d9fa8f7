#!/usr/bin/env -S deno run --allow-all
// deno-lint-ignore-file no-console -- a benchmark speaks to a terminal
/**
 * Tokens a second of GPT-2 small, PyTorch and neurite in turn on one machine (A B A B), so that load
 * from elsewhere falls on both; the best of several repetitions counts.
 *
 *     deno run -A tools/make_random_model.ts DIR
 *     NEURITE_PEER_PYTHON=.venv/bin/python deno task bench:peers --model DIR [--json FILE]
 *         [--runtimes native,wasm] [--shapes 32x128,490x13] [--modes none,hook_post,last_logits]
 *         [--repeats 4] [--threads 2]
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { machineFacts, timed } from "./machine.ts";
import { type Mode, openOurs, type Ours, type Runtime } from "./ours.ts";
import { Peer } from "./peer.ts";

/** One measured forward pass. */
interface Repetition {
  who: string;
  batch: number;
  positions: number;
  mode: Mode;
  seconds: number;
  tokensPerSecond: number;
  othersBusy: number | undefined;
}

interface Contestant {
  name: string;
  run(batch: number, positions: number, mode: Mode): Promise<number | void>;
}

function peersFor(peer: Peer): Contestant[] {
  const ask = (mode: string, batch: number, positions: number) =>
    peer.ask<{ seconds: number }>(`run ${mode} ${batch} ${positions}`).then((a) => a.seconds);
  return [
    { name: "transformers", run: (batch, positions, mode) => ask(mode, batch, positions) },
    {
      name: "transformer_lens",
      run: async (batch, positions, mode) =>
        mode === "hook_post" ? await ask("tl_hook_post", batch, positions) : undefined,
    },
  ];
}

async function measure(
  contestants: readonly Contestant[],
  peerPids: readonly number[],
  plan: { batch: number; positions: number; mode: Mode; repeats: number },
): Promise<Repetition[]> {
  const { batch, positions, mode, repeats } = plan;
  const results: Repetition[] = [];
  for (let repetition = 0; repetition <= repeats; repetition++) {
    for (const { name, run } of contestants) {
      if (name === "transformer_lens" && mode !== "hook_post") continue;
      let inside: number | void = undefined;
      const { seconds: outside, othersBusy } = await timed(async () => {
        inside = await run(batch, positions, mode);
      }, peerPids);
      // The peer's own clock leaves out the pipe between the processes.
      const seconds = inside ?? outside;
      const tokensPerSecond = batch * positions / seconds;
      // The first round warms up: threads, allocators, compiled graphs.
      if (repetition === 0) continue;
      results.push({ who: name, batch, positions, mode, seconds, tokensPerSecond, othersBusy });
      console.error(
        `${name.padEnd(16)} ${mode.padEnd(11)} ${batch}x${positions} ` +
          `${tokensPerSecond.toFixed(0)} tokens/s, others ${
            ((othersBusy ?? 0) * 100).toFixed(0)
          } %`,
      );
    }
  }
  return results;
}

/** Best rates, each against transformers' best in the same cell, and how busy others were then. */
function table(results: readonly Repetition[]): string {
  const cellOf = ({ batch, positions, mode }: Repetition) => `${mode} ${batch}x${positions}`;
  const lines = ["| pass | who | best, tokens/s | times transformers | others, % |"];
  lines.push("|---|---|---|---|---|");
  for (const [cell, repetitions] of Map.groupBy(results, cellOf)) {
    const best = new Map<string, Repetition>();
    for (const repetition of repetitions) {
      const known = best.get(repetition.who);
      if (!known || repetition.seconds < known.seconds) best.set(repetition.who, repetition);
    }
    const base = best.get("transformers")?.tokensPerSecond;
    for (const [who, { tokensPerSecond: rate, othersBusy }] of best) {
      const times = base === undefined ? "" : (rate / base).toFixed(2);
      const others = othersBusy === undefined ? "" : (100 * othersBusy).toFixed(0);
      lines.push(`| ${cell} | ${who} | ${rate.toFixed(0)} | ${times} | ${others} |`);
    }
  }
  return lines.join("\n");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      json: { type: "string" },
      runtimes: { type: "string", default: "native,wasm" },
      shapes: { type: "string", default: "32x128,490x13" },
      modes: { type: "string", default: "none,hook_post,last_logits" },
      repeats: { type: "string", default: "4" },
      threads: { type: "string", default: "2" },
    },
  });
  if (!values.model) throw new Error("--model DIR is needed: tools/make_random_model.ts makes one");
  const threads = Number(values.threads);
  await using stack = new AsyncDisposableStack();
  const python = Deno.env.get("NEURITE_PEER_PYTHON");
  const script = fileURLToPath(new URL("peers/gpt2_forward.py", import.meta.url));
  const peer = python === undefined ? undefined : stack.use(
    new Peer(python, [script, "--model", values.model, "--threads", values.threads]),
  );
  const contestants: Contestant[] = peer ? peersFor(peer) : [];
  for (const runtime of values.runtimes.split(",").filter(Boolean) as Runtime[]) {
    const ours: Ours = stack.use(await openOurs(values.model, runtime, threads));
    console.error(`${runtime}: ${ours.description}`);
    contestants.push({ name: `neurite ${runtime}`, run: (...args) => ours.run(...args) });
  }
  const results: Repetition[] = [];
  for (const shape of values.shapes.split(",")) {
    const [batch, positions] = shape.split("x").map(Number) as [number, number];
    for (const mode of values.modes.split(",") as Mode[]) {
      const plan = { batch, positions, mode, repeats: Number(values.repeats) };
      results.push(...await measure(contestants, peer ? [peer.pid] : [], plan));
    }
  }
  console.log(table(results));
  if (!values.json) return;
  const facts = {
    machine: await machineFacts(),
    threads,
    peer: peer ? await peer.ask("facts") : undefined,
  };
  await Deno.writeTextFile(values.json, JSON.stringify({ ...facts, results }, null, 2) + "\n");
}

if (import.meta.main) await main();
