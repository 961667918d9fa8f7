#!/usr/bin/env -S deno run --allow-all
// deno-lint-ignore-file no-console -- a benchmark speaks to a terminal
/**
 * The entropy sweep against the original's: one hooked PyTorch forward pass a neuron and value. Both run
 * on the same tokens and weights, one after the other; a few passes of the original's way are timed and
 * multiplied.
 *
 *     deno run -A tools/make_random_model.ts DIR
 *     NEURITE_PEER_PYTHON=.venv/bin/python deno task bench:entropy --model DIR [--rows 2] [--ctx 256]
 *         [--last 12] [--before 10] [--passes 4] [--threads 2] [--runtime native] [--frozen] [--json FILE]
 *
 * `--last` neurons are of the last layer and `--before` of the one before it, 12 and 10 as in the
 * release's list for GPT-2 small, each held at the paper's eight values.
 *
 * @module
 */
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openOnnx } from "../../lib/device/onnx/mod.ts";
import { loadModel } from "../../lib/model/model.ts";
import { neuronSets } from "../../lib/neuron/intervene/neuron_sets.ts";
import { seriesOf } from "../../lib/neuron/intervene/outputs.ts";
import { runInterventions } from "../../lib/neuron/intervene/run_interventions.ts";
import { writeAtomic } from "../../lib/store/atomic.ts";
import { encodeSafetensors } from "../../lib/store/format/safetensors.ts";
import { integers } from "../random.ts";
import { machineFacts, timed } from "./machine.ts";
import { Peer } from "./peer.ts";

const VALUES = [-0.17, 0, 1, 2, 3, 4, 5, 6];

interface PeerRun {
  readonly seconds: number;
  readonly loss: number;
  readonly entropy: number;
  readonly rank: number;
  readonly scale: number;
}

function largest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({
    options: {
      model: { type: "string" },
      rows: { type: "string", default: "2" },
      ctx: { type: "string", default: "256" },
      last: { type: "string", default: "12" },
      before: { type: "string", default: "10" },
      passes: { type: "string", default: "4" },
      threads: { type: "string", default: "2" },
      runtime: { type: "string", default: "native" },
      frozen: { type: "boolean", default: false },
      json: { type: "string" },
    },
  });
  if (!given.model) throw new Error("--model DIR is needed: tools/make_random_model.ts makes one");
  const [rows, ctx, threads] = [given.rows, given.ctx, given.threads].map(Number) as [
    number,
    number,
    number,
  ];
  await using device = await openOnnx({ runtime: given.runtime as "native" | "wasm", threads });
  await using model = await loadModel(given.model, device);
  const { nLayer, vocabSize } = model.config;
  const tokens = integers([rows, ctx], 1, vocabSize);
  const ofLayer = (layer: number, count: string) =>
    Array.from({ length: Number(count) }, (_, i) => ({ layer, neuron: 7 * i }));
  const neurons = [...ofLayer(nLayer - 1, given.last), ...ofLayer(nLayer - 2, given.before)];
  const request = {
    sets: neuronSets(neurons, { role: "chosen", joint: false }),
    location: "mlp.hook_post" as const,
    changes: VALUES.map((value) => ({ kind: "fixed_activation" as const, value })),
    frozen: given.frozen,
  };
  const means: Awaited<ReturnType<typeof runInterventions>>[] = [];
  const ours = await timed(async () => {
    means.push(await runInterventions(model, tokens, request, { positions: "all" }));
  }, [process.pid]);
  const runs = neurons.length * VALUES.length;
  const perToken = (seconds: number) => (1000 * seconds / (rows * ctx)).toFixed(3);
  const say = ({ seconds, othersBusy = 0 }: typeof ours) =>
    `${seconds.toFixed(1)} s, others busy ${(100 * othersBusy).toFixed(0)} %`;
  console.log(`${device.description}; ${rows} x ${ctx} tokens, ${runs} interventions`);
  console.log(`neurite: ${say(ours)}: ${perToken(ours.seconds / runs)} ms a token and run`);
  const python = Deno.env.get("NEURITE_PEER_PYTHON");
  if (!python) return;
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "tokens.safetensors");
    await writeAtomic(file, encodeSafetensors({ tokens }));
    const script = fileURLToPath(new URL("peers/gpt2_entropy.py", import.meta.url));
    await using peer = new Peer(python, [
      script,
      "--model",
      given.model,
      "--threads",
      given.threads,
    ]);
    const facts = await peer.ask<Record<string, unknown>>("facts");
    await peer.ask(`tokens ${file}`);
    const peers: Record<string, number> = {};
    const apart: number[] = [];
    for (const rank of ["sort", "count"]) {
      const seconds: number[] = [];
      for (let i = 0; i < Number(given.passes); i++) {
        const [set, change] = [i % neurons.length, (3 * i + 7) % VALUES.length];
        const { layer, neuron } = neurons[set]!;
        const run = await peer.ask<PeerRun>(`run ${layer} ${neuron} ${VALUES[change]} ${rank}`);
        seconds.push(run.seconds);
        const own = seriesOf(means[0]!, { set, arm: "full" });
        for (const measure of ["loss", "entropy", "scale", "rank"] as const) {
          apart.push(Math.abs(own[measure][change]! / run[measure] - 1));
        }
      }
      const each = Math.min(...seconds);
      peers[rank] = each;
      console.log(
        `PyTorch, rank by ${rank}: best ${each.toFixed(2)} s a run, ${
          perToken(each)
        } ms a token; ` +
          `times ${runs} runs ${(each * runs).toFixed(0)} s, ` +
          `${(each * runs / ours.seconds).toFixed(1)} times neurite's`,
      );
    }
    console.log(`largest relative difference of a mean: ${largest(apart).toExponential(1)}`);
    if (!given.json) return;
    const record = { machine: await machineFacts(), given, runs, ours, facts, peers, apart };
    await Deno.writeTextFile(given.json, JSON.stringify(record, null, 2) + "\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
