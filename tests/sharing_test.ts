import assert from "node:assert/strict";
import type { HostArray } from "../lib/array.ts";
import { runBatch } from "../lib/model/forward/batch.ts";
import { type ForwardOptions, runWithHooks } from "../lib/model/forward/forward.ts";
import { hookTable } from "../lib/model/forward/hooks.ts";
import { checkRequest } from "../lib/model/forward/request.ts";
import { planBatch, sortRows } from "../lib/model/forward/sharing.ts";
import { loadModel, type Model } from "../lib/model/model.ts";
import type { Tokens } from "../lib/model/tokens.ts";
import { deviation, rowRms } from "./compare.ts";
import { TEST_DEVICES } from "./devices.ts";
import { INVARIANT_TOLERANCES } from "./tolerances.ts";

/** Absolute and rotary positions, sequential and parallel residuals. */
const FIXTURES = ["gpt2-crfm-style", "pythia-style", "neox-sequential-style"];

const [B, T] = [15, 9];

function rowsOf(tokenOf: (row: number, t: number) => number): Tokens {
  const data = Int32Array.from({ length: B * T }, (_, i) => tokenOf(Math.floor(i / T), i % T));
  return { data, shape: [B, T] };
}

/** Rows, and of how many rows the levels are that they are computed in. */
const CASES: Record<string, { tokens: Tokens; rows: number[] }> = {
  "rows that branch twice, some of them equal": {
    tokens: rowsOf((row, t) => 3 * t + (t < 3 ? 0 : t < 6 ? row * 7 % 4 : row * 7 % 12)),
    rows: [1, 4, 12],
  },
  // As the bad prompts of the tenth century, which branch a token before the others.
  "rows that branch at different positions": {
    tokens: rowsOf((row, t) => t < 6 - Number(row % 5 === 0) ? 2 * t : 40 + row + t),
    rows: [1, 4, 15],
  },
  "rows that are all equal": { tokens: rowsOf((_, t) => 5 * t), rows: [1] },
  "rows that share nothing": { tokens: rowsOf((row, t) => row + t), rows: [15] },
};

/** Runs the sorted rows in batches, however little a level gains. */
async function runShared(
  model: Model,
  tokens: Tokens,
  { options, ends }: { options: ForwardOptions; ends: readonly number[] },
): Promise<{ places: Int32Array; arrays: Record<string, HostArray> }[]> {
  const request = checkRequest(model.config, [B, T], { ...options, share: true });
  const sorted = sortRows(tokens);
  const run = { model, request, tokens, residual: undefined };
  const batches = [];
  for (const [i, end] of ends.entries()) {
    const { lookahead } = request;
    const plan = planBatch(sorted, [ends[i - 1] ?? 0, end], { T, lookahead, levelTokens: 1 });
    batches.push({ places: plan.places, arrays: await runBatch(run, plan) });
  }
  return batches;
}

function pickRows({ data, shape }: HostArray, rows: Int32Array): HostArray {
  const size = data.length / shape[0]!;
  const picked = Float64Array.from(
    { length: rows.length * size },
    (_, i) => Number(data[rows[Math.floor(i / size)]! * size + i % size]),
  );
  return { data: picked, shape: [rows.length, ...shape.slice(1)] };
}

async function checkSharing(
  model: Model,
  tokens: Tokens,
  { options, ends }: { options: ForwardOptions; ends: readonly number[] },
): Promise<void> {
  const whole = await runWithHooks(model, tokens, options);
  const seen: number[] = [];
  for (const { places, arrays } of await runShared(model, tokens, { options, ends })) {
    seen.push(...places);
    assert.deepEqual(Object.keys(arrays).sort(), options.read.toSorted());
    for (const [name, array] of Object.entries(arrays)) {
      const expected = pickRows(whole[name]!, places);
      assert.deepEqual(array.shape, expected.shape, name);
      // Masked scores are infinite, and so would be their root mean square.
      const scale = name.endsWith("attn_scores") ? undefined : rowRms(expected);
      const { worst, detail } = deviation(array, expected, scale);
      const limit = model.device.name === "reference" ? 0 : INVARIANT_TOLERANCES.otherOrder.limit;
      assert.ok(worst <= limit, `${name}: ${worst} over ${limit}: ${detail}`);
    }
  }
  assert.deepEqual(seen.sort((a, b) => a - b), Array.from({ length: B }, (_, row) => row));
}

Deno.test("the cases of sharing are computed in the levels they are made for", () => {
  for (const [name, { tokens, rows }] of Object.entries(CASES)) {
    const { levels } = planBatch(sortRows(tokens), [0, B], { T, lookahead: 0, levelTokens: 1 });
    assert.deepEqual(levels.map((level) => level.rows.length), rows, name);
  }
});

for (const { name: deviceName, absent, open } of TEST_DEVICES) {
  for (const fixture of FIXTURES) {
    Deno.test({
      name: `a shared run of ${fixture} on ${deviceName} gives what an unshared run gives`,
      ignore: absent,
      fn: async (t) => {
        await using device = await open();
        await using model = await loadModel(`tests/fixtures/checkpoints/${fixture}`, device);
        const hooks = hookTable(model.config).map(({ name }) => name);
        const everything = { read: [...hooks, "logits", "loss_per_token", "rank", "entropy"] };
        const atLast: ForwardOptions = {
          read: ["blocks.1.attn.hook_pattern", "ln_final.hook_scale", "column_log_probs"],
          positions: "last",
          columns: Int32Array.of(7, 0, 7),
        };
        for (const [name, { tokens }] of Object.entries(CASES)) {
          await t.step(name, async () => {
            await checkSharing(model, tokens, { options: everything, ends: [B] });
            // Batches that part rows which begin alike.
            await checkSharing(model, tokens, { options: atLast, ends: [4, 5, B] });
          });
        }
      },
    });
  }
}
