import assert from "node:assert/strict";
import { findModel, type FoundModel } from "../../model/find_model.ts";
import { describePlan, planActivations } from "./plan.ts";
import type { ActivationSetup } from "./setup.ts";

/** GPT-2 small's sizes; no weights are read. */
async function gpt2Small(): Promise<FoundModel> {
  const tiny = await findModel("tiny-gpt2-a");
  const config = {
    ...tiny.config,
    nLayer: 12,
    nHead: 12,
    dModel: 768,
    dHead: 64,
    dMlp: 3072,
    nPositions: 1024,
    vocabSize: 50257,
  };
  return { ...tiny, label: "gpt2-small", config, weightBytes: 4 * 124_439_808 };
}

async function setupOf(neurons: number, rows: number): Promise<ActivationSetup> {
  return {
    model: await gpt2Small(),
    // A plan reads no token.
    corpus: { tokens: { data: new Int32Array(0), shape: [rows, 512] } },
    request: {
      neurons: Array.from({ length: neurons }, (_, i) => ({ layer: i % 12, neuron: i })),
      location: "mlp.hook_pre",
      aggregation: "none",
      precision: "16",
      outputs: ["loss", "entropy", "rank"],
    },
  };
}

const DEFAULTS = { blockTokens: 2048 };

Deno.test("planActivations() takes the memory it is given, whatever the number of tokens", async () => {
  const rows = [100, 19_532, 2_000_000];
  const plans = await Promise.all(rows.map(async (B) => {
    return planActivations(await setupOf(1500, B), DEFAULTS);
  }));
  for (const { blockBytes, bufferBytes } of plans) {
    assert.ok(blockBytes + bufferBytes <= 2 ** 31);
    assert.equal(blockBytes, plans[0]!.blockBytes);
  }
  const [, ten] = plans;
  const tokens = 19_532 * 512;
  assert.ok(ten!.fileBytes - tokens * (1500 * 2 + 12) < 20_000);
  assert.match(describePlan(await setupOf(1500, 19_532), ten!), /disk {3}28\.1 GiB\n/);
});

Deno.test("planActivations() gathers whole blocks, and no more rows than there are", async () => {
  const { bufferRows, blocks } = planActivations(await setupOf(3, 10), DEFAULTS);
  assert.deepEqual([blocks.rows, blocks.count, bufferRows], [4, 3, 12]);
});

Deno.test("planActivations() refuses a memory that does not hold a block", async () => {
  const setup = await setupOf(1500, 19_532);
  const plan = () => planActivations(setup, { ...DEFAULTS, memory: 2 ** 28 });
  assert.throws(plan, { code: "E-DEVICE-MEMORY", message: /a block of 2048 tokens.*256 MiB/ });
  planActivations(setup, { blockTokens: 512, memory: 2 ** 29 });
});

Deno.test("describePlan() says what 8 bits take until they are done", async () => {
  const setup = await setupOf(1500, 19_532);
  const request = { ...setup.request, precision: "8", outputs: [] } as const;
  const asked = { ...setup, request };
  const text = describePlan(asked, planActivations(asked, DEFAULTS));
  assert.match(text, /disk {3}14\.0 GiB, and 55\.9 GiB until it is done/);
  assert.match(text, /with no outputs; 12 of 12 layers run/);
});
