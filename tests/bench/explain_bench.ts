#!/usr/bin/env -S deno run --allow-all
// deno-lint-ignore-file no-console -- a benchmark speaks to a terminal
/**
 * Reductions in variance of all features of GPT-2's vocabulary, beside a pandas groupby a feature as
 * the release computes them. Both run on the same made-up activations, a few features of the plain way
 * at a time between runs of neurite, so that load on a shared machine falls on both.
 *
 *     NEURITE_PEER_PYTHON=.venv/bin/python deno task bench:explain
 *         [--tokens 1000000] [--neurons 8] [--turns 6] [--peer-features all] [--draws 10]
 *         [--threads 2] [--json FILE]
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  type ActivationColumns,
  explainNeurons,
} from "../../lib/neuron/explain/explain_neurons.ts";
import { groupFeatures, previousCodes } from "../../lib/neuron/labels/group_features.ts";
import type { GroupFeature } from "../../lib/neuron/labels/labelling.ts";
import { ruleFeatures, tokenCounts, withoutEmpty } from "../../lib/neuron/vocabulary/features.ts";
import { unigramCount, unigramFeatures } from "../../lib/neuron/vocabulary/unigrams.ts";
import { RandomStream } from "../../lib/random.ts";
import { writeAtomic } from "../../lib/store/atomic.ts";
import { encodeSafetensors } from "../../lib/store/format/safetensors.ts";
import { gpt2Strings } from "../gpt2_vocabulary.ts";
import { machineFacts, timed } from "./machine.ts";
import { Peer } from "./peer.ts";

const T = 500;
const KINDS = ["token", "prev_token"] as const;

/** Tokens of a vocabulary in which rank r has probability about 1 / r, and activations that follow them. */
function madeUp(count: number, neurons: number) {
  const strings = gpt2Strings();
  const V = strings.length;
  const random = new RandomStream(0, "bench/explain");
  const data = Int32Array.from({ length: count }, (_, i) => {
    const rank = Math.floor((V + 1) ** random.uniform(i)) - 1;
    // Neighbours in rank are spread over the ids.
    return (rank * 7919) % V;
  });
  const columns = Array.from({ length: neurons }, (_, n) =>
    Float32Array.from(data, (id, i) => {
      const own = Math.sin(id * (n + 1) * 12.9898);
      return 2 * own + 0.5 * Math.sin(i * (n + 2) * 0.618) - 1;
    }));
  const counts = tokenCounts(data, V);
  const features: GroupFeature[] = [
    ...unigramFeatures(strings, counts, { least: unigramCount(count) }),
    ...withoutEmpty(ruleFeatures(strings)),
  ];
  return { tokens: { data, shape: [count / T, T] }, columns, features, V };
}

type Corpus = ReturnType<typeof madeUp>;

/** All reductions of neurite: `[neuron][kind][feature]`. */
async function explainAll({ tokens, columns, features, V }: Corpus, draws: number) {
  const given: ActivationColumns = {
    neurons: columns.map((_, neuron) => ({ layer: 0, neuron })),
    location: "mlp.hook_pre",
    tokens,
    read: (place) => Promise.resolve(columns[place]!),
  };
  const labellings = KINDS.map((name) =>
    groupFeatures({
      name,
      codes: name === "token" ? tokens.data : previousCodes(tokens.data, T, V),
      groups: V + 1,
      features,
    })
  );
  const found: Float64Array[][] = [];
  for await (
    const { labellings: of } of explainNeurons(given, labellings, { gelu: "erf", draws })
  ) {
    found.push(of.map(({ reductions }) => reductions));
  }
  return found;
}

async function writeCorpus(path: string, { tokens, columns, features, V }: Corpus): Promise<void> {
  const N = tokens.data.length;
  const activations = new Float32Array(columns.length * N);
  columns.forEach((column, n) => activations.set(column, n * N));
  const bits = new Uint8Array(features.length * V);
  features.forEach(({ holds }, f) => bits.set(holds, f * V));
  await writeAtomic(
    path,
    encodeSafetensors({
      tokens,
      activations: { data: activations, shape: [columns.length, N] },
      features: { data: bits, shape: [features.length, V] },
    }),
  );
}

/** Largest distance of the two sides' reductions; where one is undefined the other must be. */
function apart(
  found: Float64Array[][],
  kind: number,
  first: number,
  peer: PlainAnswer["reductions"],
) {
  let worst = 0;
  peer.forEach((row, f) =>
    row.forEach((value, n) => {
      const ours = found[n]![kind]![first + f]!;
      if (Number.isNaN(ours) !== (value === null)) throw new Error(`feature ${first + f} differs`);
      if (value !== null) worst = Math.max(worst, Math.abs(ours - value));
    })
  );
  return worst;
}

/** What the plain way answers. */
interface PlainAnswer {
  readonly seconds: number;
  /** `[features][neurons]`, null where it is not defined. */
  readonly reductions: (number | null)[][];
}

/** The plain way in `turns` parts, with a whole run of neurite before each. */
async function compare(corpus: Corpus, peer: Peer, given: { turns: number; features: number }) {
  const ours: number[] = [];
  let peerSeconds = 0;
  const worst = { float32: 0, float64: 0 };
  let busy = 0;
  const part = Math.ceil(given.features / given.turns);
  for (let first = 0; first < given.features; first += part) {
    let found: Float64Array[][] = [];
    const job = async () => void (found = await explainAll(corpus, 0));
    const { seconds, othersBusy } = await timed(job, [peer.pid]);
    ours.push(seconds);
    busy = Math.max(busy, othersBusy ?? 0);
    const count = Math.min(part, given.features - first);
    for (const [k, kind] of KINDS.entries()) {
      const ask = async (word: string, count: number) => {
        const answer = await peer.ask<PlainAnswer>(`${word} ${kind} ${first} ${count}`);
        return { ...answer, apart: apart(found, k, first, answer.reductions) };
      };
      const plain = await ask("explain", count);
      peerSeconds += plain.seconds;
      worst.float32 = Math.max(worst.float32, plain.apart);
      worst.float64 = Math.max(worst.float64, (await ask("exact", Math.min(count, 4))).apart);
    }
  }
  return { ours, peerSeconds, worst, othersBusy: busy };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tokens: { type: "string", default: "1000000" },
      neurons: { type: "string", default: "8" },
      turns: { type: "string", default: "6" },
      "peer-features": { type: "string", default: "all" },
      draws: { type: "string", default: "10" },
      threads: { type: "string", default: "2" },
      json: { type: "string" },
    },
  });
  const neurons = Number(values.neurons);
  const corpus = madeUp(Math.floor(Number(values.tokens) / T) * T, neurons);
  const F = corpus.features.length;
  console.log(
    `${corpus.tokens.data.length} tokens of ${corpus.V}, ${neurons} neurons, ${F} features of the ` +
      "token and of the one before",
  );
  await explainAll(corpus, 0); // Compiles.
  const start = performance.now();
  await explainAll(corpus, Number(values.draws));
  const withDraws = (performance.now() - start) / 1000;
  console.log(`neurite: with ${values.draws} permutations ${withDraws.toFixed(2)} s`);
  const python = Deno.env.get("NEURITE_PEER_PYTHON");
  if (!python) return;
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "corpus.safetensors");
    await writeCorpus(path, corpus);
    const script = fileURLToPath(new URL("peers/explain_peer.py", import.meta.url));
    await using peer = new Peer(python, [script, "--threads", values.threads]);
    const facts = await peer.ask("facts");
    const gelu = await peer.ask<{ seconds: number }>(`load ${path}`);
    const asked = values["peer-features"];
    const features = asked === "all" ? F : Math.min(F, Number(asked));
    const result = await compare(corpus, peer, { turns: Number(values.turns), features });
    const ours = Math.min(...result.ours);
    const plain = gelu.seconds + result.peerSeconds * F / features;
    console.log(
      `neurite: ${result.ours.map((s) => s.toFixed(2)).join(" ")} s, best ${ours.toFixed(2)} s`,
    );
    console.log(
      `pandas:  ${result.peerSeconds.toFixed(1)} s for ${features} features, ` +
        `${plain.toFixed(1)} s for ${F}: ${(plain / ours).toFixed(0)} times neurite's`,
    );
    console.log(
      `largest difference of a reduction: ${result.worst.float32.toExponential(1)}, of pandas in ` +
        `float64 ${result.worst.float64.toExponential(1)}; others kept ` +
        `${(100 * result.othersBusy).toFixed(0)} % of the cores busy at most`,
    );
    if (!values.json) return;
    const machine = await machineFacts();
    const record = { machine, facts, values, F, features, gelu, withDraws, plain, ...result };
    await Deno.writeTextFile(values.json, JSON.stringify(record, null, 2) + "\n");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
