import assert from "node:assert/strict";
import fc from "fast-check";
import { inFolder } from "../../../tests/folders.ts";
import { integers } from "../../../tests/random.ts";
import { writeSmallGpt2 } from "../../../tests/random_gpt2.ts";
import type { HostArray } from "../../array.ts";
import { openReference } from "../../device/reference/mod.ts";
import { runWithHooks } from "../../model/forward/forward.ts";
import type { HookWrite } from "../../model/forward/writes.ts";
import { loadModel, type Model } from "../../model/model.ts";
import type { Tokens } from "../../model/tokens.ts";
import { type Location, LOCATIONS } from "../location.ts";
import { CHANGES } from "./change.ts";
import { interventions, rowsPerBlock } from "./interventions.ts";
import { neuronSets } from "./neuron_sets.ts";
import type { InterventionRequest } from "./request.ts";
import type { TokenStatistics } from "./token_statistics.ts";

const [LOSS, RANK, SCALE] = ["loss_per_token", "rank", "ln_final.hook_scale"] as const;
const READ = [LOSS, "entropy", RANK, SCALE];

/** Written out apart from the code under test. */
const WRITES: Record<typeof CHANGES[number], (value: number) => Partial<HookWrite>> = {
  "zero_ablation": () => ({ kind: "zero" }),
  "threshold_ablation": (value) => ({ kind: "clamp", range: [-Infinity, value] }),
  "relu_ablation": () => ({ kind: "clamp", range: [0, Infinity] }),
  "fixed_activation": (value) => ({ kind: "replace", value }),
  "multiply_activation": (value) => ({ kind: "scale", value }),
};

/** A row's last position has no next token, and neither loss nor rank in what the forward pass gives. */
function withoutLast(values: ArrayLike<number>, T: number): number[] {
  return Array.from(values).filter((_, i) => (i + 1) % T !== 0);
}

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number): void {
  assert.equal(actual.length, expected.length);
  for (let i = 0; i < actual.length; i++) {
    const apart = Math.abs(actual[i]! - expected[i]!);
    // Losses here reach 20, of logits that are as large: rows go to the device as float32.
    assert.ok(
      apart <= limit * Math.max(1, Math.abs(expected[i]!)),
      `${i}: ${actual[i]} against ${expected[i]}`,
    );
  }
}

function assertSame(
  actual: TokenStatistics,
  expected: Record<string, HostArray>,
  T: number,
): void {
  const numbers = (name: string) => Array.from(expected[name]!.data, Number);
  assertNear(withoutLast(actual.loss, T), numbers(LOSS), 1e-6);
  assertNear(actual.entropy, numbers("entropy"), 1e-6);
  assertNear(actual.scale, numbers(SCALE), 1e-6);
  assert.deepEqual(withoutLast(actual.rank, T), numbers(RANK));
}

/** Every outcome of a request against whole runs with the neurons written. */
async function checkAll(model: Model, tokens: Tokens, request: InterventionRequest) {
  const T = tokens.shape[1]!;
  const clean = await runWithHooks(model, tokens, { read: READ });
  const frozen: HookWrite = {
    hook: SCALE,
    kind: "replace",
    value: {
      data: Float32Array.from(clean[SCALE]!.data as Float64Array),
      shape: clean[SCALE]!.shape,
    },
  };
  let outcomes = 0;
  for await (const block of interventions(model, tokens, request)) {
    assert.deepEqual(block.tokens, tokens);
    assertSame(block.nominal, clean, T);
    for (const { set, change, arm, statistics } of block.outcomes) {
      const { kind, value } = request.changes[change]!;
      const writes = request.sets[set]!.neurons.map(({ layer, neuron }) => ({
        hook: `blocks.${layer}.${request.location}`,
        features: [neuron],
        ...WRITES[kind](value),
      } as HookWrite));
      const expected = await runWithHooks(model, tokens, {
        read: READ,
        writes: arm === "full" ? writes : [...writes, frozen],
      });
      assertSame(statistics, expected, T);
      outcomes++;
    }
  }
  assert.equal(
    outcomes,
    request.sets.length * request.changes.length * (request.frozen ? 2 : 1),
  );
}

const SHAPE = { layers: 3, width: 12, heads: 3, vocabulary: 17, positions: 8 };

const places = fc.uniqueArray(
  fc.record({ layer: fc.integer({ min: 0, max: 2 }), neuron: fc.integer({ min: 0, max: 47 }) }),
  { minLength: 1, maxLength: 3, selector: ({ layer, neuron }) => 100 * layer + neuron },
);

Deno.test("interventions() are whole runs with the neurons written, in every kind and both arms", () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1e6 }),
      places,
      fc.boolean(),
      fc.constantFrom<Location>(...LOCATIONS),
      fc.double({ min: -2, max: 6, noNaN: true }),
      (seed, neurons, joint, location, value) =>
        inFolder(async (folder) => {
          await writeSmallGpt2(folder, { ...SHAPE, seed, scalesByLayer: seed % 2 === 0 });
          await using device = openReference();
          await using model = await loadModel(folder, device);
          await checkAll(model, integers([2, 5], seed, 17), {
            sets: neuronSets(neurons, { role: "chosen", joint }),
            location,
            changes: CHANGES.map((kind) => ({ kind, value })),
            frozen: true,
          });
        }),
    ),
    { numRuns: 12 },
  ));

Deno.test("interventions() are whole runs in a model whose blocks are parallel", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/checkpoints/pythia-style", device);
  const { nLayer, vocabSize } = model.config;
  assert.ok(model.config.parallelResidual);
  const neurons = [{ layer: nLayer - 1, neuron: 3 }, { layer: nLayer - 2, neuron: 0 }];
  await checkAll(model, integers([2, 6], 5, vocabSize), {
    sets: neuronSets(neurons, { role: "chosen", joint: false }),
    location: "mlp.hook_post",
    changes: [{ kind: "fixed_activation", value: 3 }],
    frozen: true,
  });
});

Deno.test("interventions() give the same results in small blocks and pieces as in one", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  const tokens = integers([5, 4], 3, model.config.vocabSize);
  const request: InterventionRequest = {
    sets: neuronSets([{ layer: 11, neuron: 5 }, { layer: 10, neuron: 6 }], {
      role: "chosen",
      joint: false,
    }),
    location: "mlp.hook_post",
    changes: [{ kind: "fixed_activation", value: 4 }],
    frozen: true,
  };
  const collect = async (memory?: number) => {
    const found: number[][] = [];
    const starts: number[] = [];
    const done: number[] = [];
    const onProgress = (rows: number) => done.push(rows);
    for await (const block of interventions(model, tokens, { ...request, memory, onProgress })) {
      starts.push(block.start);
      block.outcomes.forEach(({ statistics: { loss, entropy, rank, scale } }, i) => {
        (found[i] ??= []).push(...loss, ...entropy, ...rank, ...scale);
      });
    }
    return { found: found.map((values) => values.toSorted()), starts, done };
  };
  const whole = await collect();
  assert.deepEqual([whole.starts, whole.done], [[0], [5]]);
  // Three positions are held: rows come one by one, each in two pieces.
  const small = await collect(4 * 4 * model.config.vocabSize * 3);
  assert.deepEqual([small.starts, small.done], [[0, 1, 2, 3, 4], [1, 2, 3, 4, 5]]);
  assert.deepEqual(small.found, whole.found);
  const held = (memory: number, sets = request.sets) =>
    rowsPerBlock(model, 4, { ...request, memory, sets });
  assert.equal(held(4 * 4 * model.config.vocabSize * 9), 2);
  // Results of 4,001 runs at 28 bytes a position: 20 positions are five rows.
  assert.equal(held(4 * 28 * 4001 * 20, Array(2000).fill(request.sets[0])), 5);
});

Deno.test("interventions() end with the signal's reason when it is raised", async () => {
  await using device = openReference();
  await using model = await loadModel("tests/fixtures/gpt2-mini", device);
  const stop = new AbortController();
  const blocks = interventions(model, integers([2, 4], 1, 4096), {
    sets: neuronSets([{ layer: 11, neuron: 5 }], { role: "chosen", joint: false }),
    location: "mlp.hook_post",
    changes: [0, 1, 2, 3].map((value) => ({ kind: "fixed_activation", value })),
    frozen: true,
    signal: stop.signal,
  });
  setTimeout(() => stop.abort(new Error("enough")));
  await assert.rejects(blocks.next(), /enough|stopped by a signal/);
});
