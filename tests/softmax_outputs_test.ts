import assert from "node:assert/strict";
import { openReference } from "../lib/device/reference/mod.ts";
import { runWithHooks } from "../lib/model/forward/forward.ts";
import { loadModel } from "../lib/model/model.ts";
import { integers } from "./random.ts";

const CLOSE = 1e-9;

Deno.test("loss, entropy, rank and log-probabilities follow from the logits by definition", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/checkpoints/gpt2-hub-style", device);
  const [B, T, V] = [2, 5, model.config.vocabSize];
  const tokens = integers([B, T], 11, V);
  const columns = Int32Array.of(V - 1, 0, 7);
  const outputs = ["logits", "loss_per_token", "entropy", "rank", "column_log_probs"];
  const results = await runWithHooks(model, tokens, { read: outputs, columns });
  for (let n = 0; n < B * T; n++) {
    const logits = Array.from(results.logits!.data.subarray(n * V, (n + 1) * V), Number);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    const shares = logits.map((logit) => Math.exp(logit) / total);
    const near = (actual: unknown, expected: number, what: string) =>
      assert.ok(Math.abs(Number(actual) - expected) < CLOSE, `${what} ${n}: ${actual} ${expected}`);
    const entropy = -shares.reduce((sum, share) => sum + share * Math.log(share), 0);
    near(results.entropy!.data[n], entropy, "entropy");
    columns.forEach((column, i) =>
      near(results.column_log_probs!.data[n * 3 + i], Math.log(shares[column]!), "log-probability")
    );
    const [row, position] = [Math.floor(n / T), n % T];
    if (position === T - 1) continue;
    const next = tokens.data[n + 1]!;
    const at = row * (T - 1) + position;
    near(results.loss_per_token!.data[at], -Math.log(shares[next]!), "loss");
    near(results.rank!.data[at], logits.filter((logit) => logit > logits[next]!).length, "rank");
  }
});
