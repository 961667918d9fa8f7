import assert from "node:assert/strict";
import { join } from "node:path";
import { writeSmallGpt2 } from "../../../tests/random_gpt2.ts";
import { openReference } from "../../device/reference/mod.ts";
import { loadModel, type Model } from "../../model/model.ts";
import { sha256 } from "../../store/hash.ts";
import { computeSummary, type PartResult } from "./compute.ts";
import { planSummary } from "./plan.ts";
import { setUpSummary } from "./setup.ts";

const SHAPE = { layers: 2, heads: 2, width: 8, vocabulary: 11, positions: 6 };
const RANK = {
  ...{ vocabTop: 4, minCount: 0, examples: 3, originalExtremes: false },
  ...{ exampleContext: 2, contextExamples: 3, subsetContextExamples: 2 },
};
const [ROWS, T] = [9, 5];

async function withModel(use: (model: Model, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeSmallGpt2(folder, { ...SHAPE, seed: 3, scalesByLayer: false });
    await using device = openReference();
    await using model = await loadModel(folder, device);
    await use(model, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Three walks over two subsets, a row a block. */
function setUp({ config }: Model) {
  const data = Int32Array.from({ length: ROWS * T }, (_, i) => (i * i + 3 * i) % config.vocabSize);
  const tokens = { data, shape: [ROWS, T] };
  const subsets = {
    names: ["a", "b"],
    ofRow: Int32Array.from({ length: ROWS }, (_, i) => i % 3 === 0 ? 1 : 0),
  };
  const setup = setUpSummary({ tokens, subsets }, RANK, config.vocabSize);
  const plan = planSummary(config, setup, { blockTokens: T });
  const slice = (layer: number, from: number, to: number) => [{ layer, from, to }];
  return { setup, plan: { ...plan, passes: [slice(0, 0, 32), slice(1, 0, 7), slice(1, 7, 32)] } };
}

async function hashes(results: readonly PartResult[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { part, arrays } of results) {
    for (const [name, { shape, chunks }] of Object.entries(arrays)) {
      const bytes: Uint8Array[] = [];
      for await (const chunk of chunks()) bytes.push(chunk);
      const whole = new Uint8Array(await new Blob(bytes as BlobPart[]).arrayBuffer());
      found[`${part?.name ?? "all"} ${name} ${shape}`] = sha256(whole);
    }
  }
  return found;
}

interface Asked {
  readonly directory: string;
  readonly key?: string;
  /** Blocks after which a signal comes. */
  readonly stopAfter?: number;
  /** Blocks after which it fails, as a killed process does: nothing more is saved. */
  readonly failAfter?: number;
}

/** The results' hashes, or undefined when it was ended before; and the blocks that were computed. */
async function compute(model: Model, { directory, key = "k", stopAfter, failAfter }: Asked) {
  const { setup, plan } = setUp(model);
  const controller = new AbortController();
  const stop = new Error("stopped");
  const killed = new Error("killed");
  let blocks = 0;
  try {
    const { results } = await computeSummary(model, setup, plan, {
      directory,
      key,
      checkpointMinutes: failAfter === undefined ? 1e9 : 0,
      signal: controller.signal,
      onProgress: () => {
        blocks++;
        if (blocks === stopAfter) controller.abort(stop);
        if (blocks === failAfter) throw killed;
      },
    });
    return { blocks, found: await hashes(results) };
  } catch (error) {
    if (error !== stop && error !== killed) throw error;
    return { blocks, found: undefined };
  }
}

const ALL_BLOCKS = 3 * ROWS;

Deno.test("computeSummary() gives the bytes of an unbroken run wherever signals stop it", () =>
  withModel(async (model, folder) => {
    const whole = await compute(model, { directory: join(folder, "whole") });
    assert.equal(whole.blocks, ALL_BLOCKS);
    assert.equal(Object.keys(whole.found!).length, 3 * 14);
    for (const stopAfter of [1, 5, 6, 7, 9]) {
      const directory = join(folder, `stopped-${stopAfter}`);
      let starts = 0;
      let blocks = 0;
      for (;; starts++) {
        const part = await compute(model, { directory, stopAfter });
        blocks += part.blocks;
        if (!part.found) continue;
        assert.deepEqual(part.found, whole.found);
        break;
      }
      assert.ok(starts >= Math.floor(ALL_BLOCKS / stopAfter) - 1, `${starts} starts`);
      // Nothing was computed twice.
      assert.equal(blocks, ALL_BLOCKS);
    }
  }));

Deno.test("computeSummary() goes on from the last checkpoint after a kill", () =>
  withModel(async (model, folder) => {
    const whole = await compute(model, { directory: join(folder, "whole") });
    const directory = join(folder, "killed");
    let computed = 0;
    for (const failAfter of [4, 8, 3, 7]) {
      const { blocks, found } = await compute(model, { directory, failAfter });
      assert.equal(found, undefined);
      computed += blocks - 1;
    }
    const last = await compute(model, { directory });
    assert.deepEqual(last.found, whole.found);
    // The block at which it was killed was not saved.
    assert.equal(computed + last.blocks, ALL_BLOCKS);
  }));

Deno.test("computeSummary() begins again from another run's sums, or damaged ones", () =>
  withModel(async (model, folder) => {
    const whole = await compute(model, { directory: join(folder, "whole") });
    const directory = join(folder, "other");
    await compute(model, { directory, key: "other", stopAfter: 5 });
    assert.deepEqual(await compute(model, { directory }), whole);
    const damaged = join(folder, "damaged");
    await compute(model, { directory: damaged, stopAfter: 11 });
    const sums = join(damaged, "unfinished", "sums.safetensors");
    const bytes = await Deno.readFile(sums);
    await Deno.writeFile(sums, bytes.subarray(0, bytes.length - 8));
    assert.deepEqual(await compute(model, { directory: damaged }), whole);
    const lost = join(folder, "lost");
    await compute(model, { directory: lost, stopAfter: 11 });
    await Deno.remove(join(lost, "unfinished", "walk-0-0.safetensors"));
    assert.deepEqual(await compute(model, { directory: lost }), whole);
  }));
