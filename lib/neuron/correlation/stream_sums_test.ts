import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { encodeSafetensors } from "../../store/format/safetensors.ts";
import { ExactSums } from "./exact_sums.ts";
import { planCorrelation } from "./plan.ts";
import { streamSums } from "./stream_sums.ts";
import { madeSource, mixed } from "./testing.ts";
import { TokenBlocks } from "../token_blocks.ts";

const TOKENS = { data: Int32Array.from({ length: 130 }, (_, i) => (i * 31) % 53), shape: [13, 10] };
const A = madeSource({ label: "a", layers: 2, width: 3, value: mixed });
const B = madeSource({ label: "b", layers: 1, width: 5, value: (n, id) => 7 - mixed(n + 9, id) });

/** The sums of some blocks. */
async function sumsOf(range: readonly [number, number], above?: number): Promise<ExactSums> {
  await using device = openReference();
  const blocks = new TokenBlocks(TOKENS, { blockTokens: 20, dropped: new Set([0]) });
  const { passes } = planCorrelation({
    base: A,
    partners: [B],
    streams: ["real"],
    covariance: true,
    positions: blocks.positions,
    blocks: blocks.count,
    draws: 1,
  }, 2 ** 30);
  return await streamSums({
    device,
    base: A,
    partners: [B],
    blocks,
    tiles: passes[0]!,
    covariance: true,
    seed: 0,
    identity: "run",
    range,
    above,
  });
}

function bytes(sums: ExactSums): Uint8Array {
  return Uint8Array.from([...encodeSafetensors(sums.toArrays())].flatMap((chunk) => [...chunk]));
}

Deno.test("streamSums() of any cut into shards merges into the bytes of one walk", async () => {
  for (const above of [undefined, 0.25]) {
    const whole = bytes(await sumsOf([0, 7], above));
    for (const cuts of [[0, 3, 7], [0, 1, 2, 3, 4, 5, 6, 7], [0, 0, 6, 7]]) {
      const shards: ExactSums[] = [];
      for (let i = 1; i < cuts.length; i++) {
        shards.push(await sumsOf([cuts[i - 1]!, cuts[i]!], above));
      }
      assert.deepEqual(bytes(ExactSums.merge(shards)), whole);
      assert.deepEqual(bytes(ExactSums.merge(shards.toReversed())), whole);
    }
  }
});

Deno.test("streamSums() stops between blocks when it is asked to", async () => {
  await using device = openReference();
  const blocks = new TokenBlocks(TOKENS, { blockTokens: 20, dropped: new Set([0]) });
  const { passes } = planCorrelation({
    base: A,
    partners: [B],
    streams: ["real"],
    covariance: false,
    positions: blocks.positions,
    blocks: blocks.count,
    draws: 0,
  }, 2 ** 30);
  const stop = new AbortController();
  const reason = new Error("stopped");
  let done = 0;
  const running = streamSums({
    device,
    base: A,
    partners: [B],
    blocks,
    tiles: passes[0]!,
    covariance: false,
    seed: 0,
    identity: "run",
    signal: stop.signal,
    onBlock: () => ++done === 2 && stop.abort(reason),
  });
  await assert.rejects(running, reason);
  assert.equal(done, 2);
});
