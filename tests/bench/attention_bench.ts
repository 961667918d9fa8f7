#!/usr/bin/env -S deno run --allow-all
// deno-lint-ignore-file no-console -- a benchmark speaks to a terminal
/**
 * Path ablation of many neurons against the original's algorithm: two PyTorch forward passes a neuron
 * and batch. Both run on the same tokens and weights, one after the other; a few neurons of the slow way
 * are timed and multiplied, because all of them take days.
 *
 *     deno run -A tools/make_random_model.ts DIR
 *     NEURITE_PEER_PYTHON=.venv/bin/python deno task bench:attention --model DIR
 *         [--rows 32] [--context 256] [--ranks 3072] [--timed 3] [--threads 2] [--ffi true]
 *         [--attention-layer 8] [--head 3] [--mlp-layer 7] [--json FILE]
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openOnnx } from "../../lib/device/onnx/mod.ts";
import { loadModel } from "../../lib/model/model.ts";
import { measurePath, scorePath } from "../../lib/neuron/attention/experiment.ts";
import { writeAtomic } from "../../lib/store/atomic.ts";
import { encodeSafetensors } from "../../lib/store/format/safetensors.ts";
import { integers } from "../random.ts";
import { machineFacts } from "./machine.ts";
import { Peer } from "./peer.ts";

/** Of the original. */
const BATCH_ROWS = 32;

interface Settings {
  readonly model: string;
  readonly threads: number;
  readonly runtime: "native" | "wasm";
  readonly rows: number;
  readonly context: number;
  readonly ranks: number;
  readonly timed: number;
  readonly path: {
    readonly attentionLayer: number;
    readonly head: number;
    readonly mlpLayer: number;
  };
}

/** One neuron's results on either side. */
interface Numbers {
  readonly pearson: number;
  readonly "mean_norm_diff": number;
  readonly "mean_bos_prob_diff": number;
}

function tokensOf({ rows, context }: Settings, vocabulary: number) {
  return integers([rows, context], 1, vocabulary);
}

async function runOurs(settings: Settings) {
  const { threads, runtime, path: asked, context, ranks } = settings;
  await using device = await openOnnx({ runtime, threads });
  await using model = await loadModel(settings.model, device);
  const tokens = tokensOf(settings, model.config.vocabSize);
  const scoring = performance.now();
  const chosen = await scorePath(model, { asked, scaled: false, strongest: 20, seed: 0 });
  const start = performance.now();
  const measured = await measurePath(model, tokens, {
    ...chosen,
    range: { from: 0, to: Math.min(ranks, model.config.dMlp) },
    afterPos: Math.floor(context / 4),
    method: "exact",
    keep: ["0"],
  });
  const { pearson, mean_norm_diff: norm, mean_bos_prob_diff: bos } = measured.arrays;
  return {
    device: device.description,
    heuristicSeconds: (start - scoring) / 1000,
    seconds: (performance.now() - start) / 1000,
    neurons: chosen.ranked.neurons,
    numbers: (rank: number): Numbers => ({
      pearson: pearson!.data[rank]!,
      "mean_norm_diff": norm!.data[rank]!,
      "mean_bos_prob_diff": bos!.data[rank]!,
    }),
  };
}

/** Times some ranks the slow way. */
async function runPeer(python: string, settings: Settings, neurons: Int32Array) {
  const script = fileURLToPath(new URL("peers/attention_peer.py", import.meta.url));
  const { model, threads, path, context, timed } = settings;
  const { vocab_size: vocabulary } = JSON.parse(
    await Deno.readTextFile(join(model, "config.json")),
  );
  const folder = await Deno.makeTempDir();
  try {
    const file = join(folder, "tokens.safetensors");
    await writeAtomic(file, encodeSafetensors({ tokens: tokensOf(settings, vocabulary) }));
    await using peer = new Peer(python, [script, "--model", model, "--threads", String(threads)]);
    const facts = await peer.ask("facts");
    const { attentionLayer, head, mlpLayer } = path;
    const place = [attentionLayer, head, mlpLayer, Math.floor(context / 4), BATCH_ROWS];
    await peer.ask(`tokens ${file} ${place.join(" ")}`);
    const answers: (Numbers & { seconds: number })[] = [];
    for (let rank = 0; rank < timed; rank++) answers.push(await peer.ask(`rank ${neurons[rank]}`));
    return { facts, answers };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function settingsOf(): Settings & { json: string | undefined } {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      rows: { type: "string", default: "32" },
      context: { type: "string", default: "256" },
      ranks: { type: "string", default: "3072" },
      timed: { type: "string", default: "3" },
      threads: { type: "string", default: "2" },
      ffi: { type: "string", default: "true" },
      "attention-layer": { type: "string", default: "8" },
      head: { type: "string", default: "3" },
      "mlp-layer": { type: "string", default: "7" },
      json: { type: "string" },
    },
  });
  if (!values.model) throw new Error("--model DIR is needed: tools/make_random_model.ts makes one");
  return {
    model: values.model,
    threads: Number(values.threads),
    runtime: values.ffi === "true" ? "native" : "wasm",
    rows: Number(values.rows),
    context: Number(values.context),
    ranks: Number(values.ranks),
    timed: Number(values.timed),
    path: {
      attentionLayer: Number(values["attention-layer"]),
      head: Number(values.head),
      mlpLayer: Number(values["mlp-layer"]),
    },
    json: values.json,
  };
}

async function main(): Promise<void> {
  const { json, ...settings } = settingsOf();
  const ours = await runOurs(settings);
  const { ranks, rows, context } = settings;
  console.log(
    `neurite: ${
      ours.seconds.toFixed(1)
    } s for ${ranks} neurons over ${rows} x ${context} tokens, ` +
      `after ${ours.heuristicSeconds.toFixed(1)} s for the heuristic (${ours.device})`,
  );
  const python = Deno.env.get("NEURITE_PEER_PYTHON");
  if (!python) return;
  const { facts, answers } = await runPeer(python, settings, ours.neurons);
  const each = Math.min(...answers.map(({ seconds }) => seconds));
  const times = answers.map(({ seconds }) => seconds.toFixed(2)).join(" ");
  const all = each * ranks;
  console.log(
    `PyTorch: ${times} s a neuron; best ${each.toFixed(2)} s x ${ranks} = ${
      (all / 3600).toFixed(2)
    } h, ` +
      `${(all / ours.seconds).toFixed(1)} times neurite's`,
  );
  const gaps = answers.map((answer, rank) => {
    const own = ours.numbers(rank);
    return {
      pearson: Math.abs(answer.pearson - own.pearson),
      norm: Math.abs(answer.mean_norm_diff - own.mean_norm_diff),
      bos: Math.abs(answer.mean_bos_prob_diff - own.mean_bos_prob_diff),
    };
  });
  const worst = (name: "pearson" | "norm" | "bos") => Math.max(...gaps.map((gap) => gap[name]));
  console.log(
    `largest differences: Pearson ${worst("pearson").toExponential(1)}, mean norm difference ` +
      `${worst("norm").toExponential(1)}, mean attention difference ${
        worst("bos").toExponential(1)
      }`,
  );
  if (!json) return;
  const { device, seconds, heuristicSeconds } = ours;
  const record = {
    machine: await machineFacts(),
    settings,
    neurite: { device, seconds, heuristicSeconds },
    peer: { facts, answers },
    gaps,
  };
  await Deno.writeTextFile(json, JSON.stringify(record, null, 2) + "\n");
}

if (import.meta.main) await main();
