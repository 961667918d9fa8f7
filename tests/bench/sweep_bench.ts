#!/usr/bin/env -S deno run --allow-all
// deno-lint-ignore-file no-console -- a benchmark speaks to a terminal
/**
 * The whole of circuit_discovery against the plain way of the same sweeps: one hooked PyTorch forward
 * pass a sender. Both run on the same prompts and weights, in turn; a few senders of the plain way are
 * timed, half of them before ours and half after, and multiplied, because all of them take hours.
 *
 *     deno run -A tools/make_random_model.ts DIR
 *     NEURITE_PEER_PYTHON=.venv/bin/python deno run -A tests/bench/sweep_bench.ts --model DIR
 *         [--count 490] [--senders 10] [--threads 2] [--ffi true] [--json FILE]
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { writeAtomic } from "../../lib/store/atomic.ts";
import { encodeSafetensors, readSafetensors } from "../../lib/store/format/safetensors.ts";
import { machineFacts } from "./machine.ts";
import { Peer } from "./peer.ts";
import { yearLikePrompts } from "./year_like_prompts.ts";

/**
 * What the experiment evaluates for the paper's circuit, each one hooked forward pass the plain way: the
 * senders of every matrix (spec section 2), each edge alone, and the circuit's four tests.
 */
const EVALUATIONS = {
  "ipp_logits": 156,
  "ipp_m11": 155,
  "ipp_m10": 142,
  "ipp_m9": 129,
  "ipp_m8": 116,
  "attn_k": 117,
  "attn_v": 117,
  mlp0: 12,
  mlp1: 25,
  mlp2: 38,
  mlp3: 51,
  edges: 163,
  tests: 4,
};

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** Peak resident bytes of a process, as the kernel counts them. */
async function peakBytes(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

async function runOurs(args: readonly string[], hasFfi: boolean) {
  const permissions = hasFfi ? ["--allow-all"] : ["--allow-all", "--deny-ffi"];
  const script = here("../../scripts/greater_than/circuit_discovery.ts");
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", ...permissions, script, ...args],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  let peak = 0;
  const watch = setInterval(async () => {
    peak = Math.max(peak, await peakBytes(child.pid));
  }, 250);
  const { code } = await child.status;
  clearInterval(watch);
  if (code !== 0) throw new Error(`circuit_discovery ended with ${code}`);
  return { seconds: (performance.now() - start) / 1000, peakBytes: peak };
}

/** The plain way's timed senders. */
interface PeerTimes {
  readonly seconds: number[];
  readonly scores: Map<string, number>;
}

const RECEIVERS = ["logits", "11", "10", "9", "8"];

/** Times some senders of the plain way, spread over layers and receivers. */
async function timeSenders(peer: Peer, { seconds, scores }: PeerTimes, until: number) {
  for (let i = seconds.length; i < until; i++) {
    const receiver = RECEIVERS[i % RECEIVERS.length]!;
    const [layer, head] = [(3 * i + 1) % 8, i % 5 === 4 ? "mlp" : String((5 * i) % 12)];
    const answer = await peer.ask<{ seconds: number; prob_diff_mean: number }>(
      `sender ${receiver} ${layer} ${head}`,
    );
    seconds.push(answer.seconds);
    scores.set(`${receiver} ${layer} ${head}`, answer.prob_diff_mean);
  }
}

/** Says how often our whole run fits into the plain way's, by its best and by its mean sender. */
function report(ours: number, seconds: readonly number[]): void {
  const evaluations = Object.values(EVALUATIONS).reduce((a, b) => a + b);
  const mean = seconds.reduce((a, b) => a + b) / seconds.length;
  console.log(`PyTorch: ${seconds.map((s) => s.toFixed(2)).join(" ")} s a sender`);
  for (const [name, each] of Object.entries({ best: Math.min(...seconds), mean })) {
    const whole = each * evaluations;
    console.log(
      `${name} ${each.toFixed(2)} s × ${evaluations} evaluations = ${
        (whole / 3600).toFixed(2)
      } h, ` +
        `${(whole / ours).toFixed(1)} times neurite's whole run`,
    );
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: "string" },
      count: { type: "string", default: "490" },
      senders: { type: "string", default: "10" },
      threads: { type: "string", default: "2" },
      ffi: { type: "string", default: "true" },
      json: { type: "string" },
    },
  });
  const { model, threads } = values;
  if (!model) throw new Error("--model DIR is needed: tools/make_random_model.ts makes one");
  const folder = await Deno.makeTempDir();
  try {
    const prompts = join(folder, "prompts.safetensors");
    await writeAtomic(prompts, encodeSafetensors(yearLikePrompts(Number(values.count))));
    const out = join(folder, "run");
    const python = Deno.env.get("NEURITE_PEER_PYTHON");
    const script = here("peers/gpt2_sweep.py");
    await using peer = python
      ? new Peer(python, [script, "--model", model, "--threads", threads])
      : undefined;
    const times: PeerTimes = { seconds: [], scores: new Map() };
    const senders = Number(values.senders);
    const facts = await peer?.ask("facts");
    await peer?.ask(`cache ${prompts}`);
    if (peer) await timeSenders(peer, times, Math.floor(senders / 2));
    const ours = await runOurs([
      ...["--model", model, "--prompts", prompts, "--circuit", "paper", "--out", out],
      ...["--device", "onnx", "--threads", threads],
    ], values.ffi === "true");
    console.log(
      `neurite: ${ours.seconds.toFixed(1)} s, peak ${(ours.peakBytes / 1e9).toFixed(2)} GB`,
    );
    if (!peer) return;
    await timeSenders(peer, times, senders);
    report(ours.seconds, times.seconds);
    const apart = await compareScores(out, times.scores);
    console.log(`largest difference of a score: ${apart.toExponential(1)}`);
    if (!values.json) return;
    const record = { machine: await machineFacts(), threads, facts, ours, ...times, apart };
    await Deno.writeTextFile(values.json, JSON.stringify(record, null, 2) + "\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How far the two sides' scores of the timed senders are apart at most. */
async function compareScores(out: string, scores: ReadonlyMap<string, number>): Promise<number> {
  const arrays = await readSafetensors(join(out, "arrays.safetensors"));
  const summary = JSON.parse(await Deno.readTextFile(join(out, "summary.json")));
  const [, columns] = arrays.ipp_logits!.shape as [number, number];
  const apart = [...scores].map(([name, patched]) => {
    const [receiver, layer, head] = name.split(" ") as [string, string, string];
    const matrix = arrays[receiver === "logits" ? "ipp_logits" : `ipp_m${receiver}`]!;
    const column = head === "mlp" ? columns - 1 : Number(head);
    const ours = Number(matrix.data[Number(layer) * columns + column]);
    return Math.abs(ours - (patched - summary.baseline.prob_diff_mean));
  });
  return Math.max(...apart);
}

if (import.meta.main) await main();
