import assert from "node:assert/strict";
import { openReference } from "../../device/reference/mod.ts";
import { foldWeights } from "../../model/folding.ts";
import { loadModel } from "../../model/model.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import { inFolder } from "../../../tests/folders.ts";
import { writeSmallGpt2 } from "../../../tests/random_gpt2.ts";
import { bosDirections, bosToken } from "./bos_directions.ts";
import { type BosScore, scanBosScores } from "./bos_scores.ts";
import { choosePath, rankNeurons } from "./rank_neurons.ts";

const SHAPE = { layers: 3, width: 16, heads: 2, vocabulary: 30, positions: 8 };
const [L, H, K, D, F] = [3, 2, 8, 16, 64];

/** A small model, its scan and every score as written down in the spec, over the raw weights. */
async function scanSmall(options: { top: number; seed: number; scaled?: boolean }) {
  return await inFolder(async (folder) => {
    await writeSmallGpt2(folder, { ...SHAPE, seed: 4, scalesByLayer: true });
    await using device = openReference();
    await using model = await loadModel(folder, device);
    const folded = foldWeights(model.weights);
    const directions = await bosDirections(model, folded, options);
    const given = { ...options, config: model.config, directions };
    const scan = await scanBosScores(device, folded, given);
    const path = { attentionLayer: 2, head: 1, mlpLayer: 0 };
    const ranked = await rankNeurons(folded, directions, path);

    const bos = { data: Int32Array.of(bosToken(model)), shape: [1, 1] };
    const all: BosScore[] = [];
    for (let A = 1; A < L; A++) {
      const name = `blocks.${A}.attn.hook_k`;
      const key = (await runWithHooks(model, bos, { read: [name] }))[name]!.data;
      const [wq, gain] = [
        await model.weights.read(`blocks.${A}.attn.W_Q`),
        await model.weights.read(`blocks.${A}.ln1.w`),
      ];
      for (let h = 0; h < H; h++) {
        for (let Q = 0; Q < A; Q++) {
          const wOut = await model.weights.read(`blocks.${Q}.mlp.W_out`);
          for (let i = 0; i < F; i++) {
            const row = wOut.subarray(i * D, (i + 1) * D);
            const mean = row.reduce((a, b) => a + b, 0) / D;
            let [score, squares] = [0, 0];
            for (let d = 0; d < D; d++) {
              const w = row[d]! - mean;
              squares += w * w;
              for (let c = h * K; c < (h + 1) * K; c++) {
                score += w * gain[d]! * wq[d * D + c]! * Number(key[c]) / Math.sqrt(K);
              }
            }
            if (options.scaled) score /= A + 1;
            all.push({
              ...{ attentionLayer: A, head: h, mlpLayer: Q, neuron: i, score },
              unitScore: score / Math.sqrt(squares),
            });
          }
        }
      }
    }
    return { scan, ranked, all, config: model.config };
  });
}

function strongestOf(all: readonly BosScore[], holds: (score: BosScore) => boolean): BosScore {
  return all.filter(holds).reduce((a, b) => Math.abs(b.score) > Math.abs(a.score) ? b : a);
}

Deno.test("scanBosScores() keeps the strongest of every head as the definition has them", async () => {
  for (const scaled of [false, true]) {
    const { scan, all } = await scanSmall({ top: 3, seed: 1, scaled });
    assert.equal(scan.count, all.length);
    assert.equal(scan.strongest.length, 2 * H * 3);
    for (let head = 0; head < H; head++) {
      const own = scan.strongest.filter((s) => s.attentionLayer === 2 && s.head === head);
      const expected = all.filter((s) => s.attentionLayer === 2 && s.head === head)
        .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
      own.forEach((found, i) => {
        const { score, unitScore, ...place } = expected[i]!;
        const { score: foundScore, unitScore: foundUnit, ...foundPlace } = found;
        assert.deepEqual(foundPlace, place);
        assert.ok(Math.abs(foundScore - score) < 1e-6 * Math.abs(score));
        assert.ok(Math.abs(foundUnit - unitScore) < 1e-6 * Math.abs(unitScore));
      });
    }
    const least = Math.min(...all.map((s) => s.unitScore));
    assert.ok(Math.abs(scan.range.unit[0] - least) < 1e-6);
    assert.equal(scan.unit.counts(100).reduce((a, b) => a + b), all.length);
    assert.equal(scan.random.counts(100).reduce((a, b) => a + b), all.length);
  }
});

Deno.test("scanBosScores() draws the same random directions for a seed, others for another", async () => {
  const [one, same, other] = [
    (await scanSmall({ top: 1, seed: 1 })).scan.range,
    (await scanSmall({ top: 1, seed: 1 })).scan.range,
    (await scanSmall({ top: 1, seed: 2 })).scan.range,
  ];
  assert.deepEqual(one, same);
  assert.notDeepEqual(one.random, other.random);
  assert.deepEqual(one.unit, other.unit);
});

Deno.test("choosePath() finds the largest score among the paths that have what is asked", async () => {
  const { scan, all, config } = await scanSmall({ top: 1, seed: 0 });
  const asks = [{}, { attentionLayer: 1 }, { head: 0 }, { mlpLayer: 1 }, { head: 1, mlpLayer: 0 }];
  for (const asked of asks) {
    const { attentionLayer, head, mlpLayer } = strongestOf(
      all,
      (score) => Object.entries(asked).every(([part, at]) => score[part as "head"] === at),
    );
    const path = choosePath(config, scan.best, asked);
    assert.deepEqual([path.attentionLayer, path.head, path.mlpLayer], [
      attentionLayer,
      head,
      mlpLayer,
    ]);
  }
  const whole = { attentionLayer: 2, head: 0, mlpLayer: 1 };
  assert.deepEqual(choosePath(config, scan.best, whole), whole);
  assert.throws(() => choosePath(config, scan.best, { ...whole, mlpLayer: 2 }), {
    code: "E-USAGE",
  });
  assert.throws(() => choosePath(config, [], { mlpLayer: 1 }), { message: /with MLP layer 1/ });
});

Deno.test("rankNeurons() sorts one MLP's neurons by the size of their score", async () => {
  const { ranked, all } = await scanSmall({ top: 1, seed: 0 });
  const own = all.filter((s) => s.attentionLayer === 2 && s.head === 1 && s.mlpLayer === 0)
    .sort((a, b) => Math.abs(b.score) - Math.abs(a.score));
  assert.deepEqual([...ranked.neurons], own.map((s) => s.neuron));
  own.forEach(({ score }, i) => assert.ok(Math.abs(ranked.scores[i]! - score) < 1e-6));
});

Deno.test("bosToken() is the model's BOS, else its end of text, else an error", () => {
  const model = (bosTokenId: number | null, eosTokenId: number | null) => ({
    directory: "somewhere",
    config: { bosTokenId, eosTokenId, vocabSize: 10 } as never,
  });
  assert.equal(bosToken(model(3, 4)), 3);
  assert.equal(bosToken(model(null, 4)), 4);
  assert.throws(() => bosToken(model(null, null)), { code: "E-CONFIG", message: /neither/ });
  assert.throws(() => bosToken(model(10, null)), { code: "E-CONFIG", message: /token 10/ });
});
